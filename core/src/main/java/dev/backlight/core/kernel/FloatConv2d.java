package dev.backlight.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Chooses how a 2-D convolution or one of its transposes is computed, by its sizes for one image
/// alone: so that an image's result does not depend on its batch.
final class FloatConv2d {
  private FloatConv2d() {}

  static FloatConvolution forward(FloatScalarLoops loops, Conv2dShape s) {
    if (FloatPointwise.fits(s)) {
      return new FloatPointwise(loops, s, false);
    }
    // F32 only
    if (WinogradF32.fits(s, s.oh(), s.ow())) {
      return WinogradImagesF32.forward(loops, s);
    }
    // end F32 only
    return convolution(loops, s, List.of(outputs(s)));
  }

  /// The sums that averages are of: convolutions of one plane each with ones.
  static FloatWindows sums(
      FloatScalarLoops loops, Pool2dShape p, FloatMeans means, boolean transposed) {
    int planes = p.n() * p.c();
    Conv2dShape s =
        new Conv2dShape(
            planes, 1, p.h(), p.w(), 1, p.kh(), p.kw(), p.sh(), p.sw(), p.ph(), p.pw(), 1, 1, 1,
            p.oh(), p.ow());
    return transposed
        ? new FloatWindows(loops, planes, 1, residues(s), means, true)
        : new FloatWindows(loops, planes, 1, List.of(outputs(s)), means, false);
  }

  private static FloatWindows.Part outputs(Conv2dShape s) {
    int[] du = IntStream.range(0, s.kh()).map(u -> u * s.dh()).toArray();
    int[] dv = IntStream.range(0, s.kw()).map(v -> v * s.dw()).toArray();
    FloatPlanes from =
        new FloatPlanes(
            s.channels(),
            s.h(),
            s.w(),
            s.sh(),
            s.sw(),
            s.ph(),
            s.pw(),
            residues(du, s.sh()),
            residues(dv, s.sw()),
            farthest(du) / s.sh(),
            s.ow() + farthest(dv) / s.sw());
    FloatTaps taps =
        new FloatTaps(
            IntStream.range(0, s.kh()).toArray(),
            IntStream.range(0, s.kw()).toArray(),
            du,
            dv,
            s.kh(),
            s.kw(),
            s.filters() * s.taps(),
            s.taps(),
            s.kh() * s.kw());
    FloatPlaces to = new FloatPlaces(s.filters(), s.oh(), s.ow(), s.oh(), s.ow(), 0, 0, 1, 1);
    return new FloatWindows.Part(from, taps, to);
  }

  private static FloatConvolution convolution(
      FloatScalarLoops loops, Conv2dShape s, List<FloatWindows.Part> parts) {
    if (!parts.isEmpty() && parts.stream().allMatch(FloatWindows.Part::fits)) {
      return new FloatWindows(loops, s.n(), s.groups(), parts);
    }
    List<FloatConvolution> all = new ArrayList<>();
    for (FloatWindows.Part part : parts) {
      all.add(new FloatCorrelation(loops, s.n(), s.groups(), part.from(), part.taps(), part.to()));
    }
    return all.size() == 1 ? all.getFirst() : new FloatConvolutions(loops, all);
  }

  private static int[] residues(int[] distances, int stride) {
    return distances.length == 0
        ? new int[] {0}
        : IntStream.of(distances).map(d -> d % stride).distinct().toArray();
  }

  /// The last of them; none at all lie at 0, and there is nothing to add up.
  private static int farthest(int[] distances) {
    return distances.length == 0 ? 0 : distances[distances.length - 1];
  }

  /// The transpose in the images. The rows and columns of an image that are of one residue of the
  /// stride meet the same taps, so each residue is a correlation of the cotangent.
  static FloatConvolution input(FloatScalarLoops loops, Conv2dShape s) {
    if (FloatPointwise.fits(s)) {
      return new FloatPointwise(loops, s, true);
    }
    // F32 only
    if (WinogradF32.fits(s, s.h(), s.w())) {
      return WinogradImagesF32.input(loops, s);
    }
    // end F32 only
    return convolution(loops, s, residues(s));
  }

  private static List<FloatWindows.Part> residues(Conv2dShape s) {
    List<FloatWindows.Part> parts = new ArrayList<>();
    for (int a = 0; a < Math.min(s.sh(), s.h()); a++) {
      for (int b = 0; b < Math.min(s.sw(), s.w()); b++) {
        parts.add(residue(s, a, b));
      }
    }
    return parts;
  }

  /// That for the rows `y0, y0 + sh, …` and the columns `x0, x0 + sw, …`.
  private static FloatWindows.Part residue(Conv2dShape s, int y0, int x0) {
    int[] us = met(s.kh(), s.dh(), s.sh(), y0 + s.ph());
    int[] vs = met(s.kw(), s.dw(), s.sw(), x0 + s.pw());
    int farU = farthest(us) * s.dh() / s.sh();
    int farV = farthest(vs) * s.dw() / s.sw();
    int[] du = IntStream.of(us).map(u -> farU - u * s.dh() / s.sh()).toArray();
    int[] dv = IntStream.of(vs).map(v -> farV - v * s.dw() / s.sw()).toArray();
    int rows = Math.ceilDiv(s.h() - y0, s.sh());
    int columns = Math.ceilDiv(s.w() - x0, s.sw());
    int[] none = {0};
    FloatPlanes from =
        new FloatPlanes(
            s.filters(),
            s.oh(),
            s.ow(),
            1,
            1,
            farU - (y0 + s.ph()) / s.sh(),
            farV - (x0 + s.pw()) / s.sw(),
            none,
            none,
            us.length == 0 ? 0 : du[0],
            columns + (vs.length == 0 ? 0 : dv[0]));
    FloatTaps taps =
        new FloatTaps(
            us, vs, du, dv, s.kh(), s.kw(), s.filters() * s.taps(), s.kh() * s.kw(), s.taps());
    FloatPlaces to =
        new FloatPlaces(s.channels(), rows, columns, s.h(), s.w(), y0, x0, s.sh(), s.sw());
    return new FloatWindows.Part(from, taps, to);
  }

  /// The taps of one axis that meet places whose distance from the padding's edge has a residue.
  private static int[] met(int taps, int dilation, int stride, int distance) {
    return IntStream.range(0, taps)
        .filter(u -> u * dilation % stride == distance % stride)
        .toArray();
  }

  static FloatConvolution weight(FloatScalarLoops loops, Conv2dShape s) {
    // F32 only
    if (WinogradF32.fits(s, s.oh(), s.ow())) {
      return new WinogradWeightF32(loops, s);
    }
    // end F32 only
    return FloatNineTapWeight.fits(s)
        ? new FloatNineTapWeight(loops, s)
        : new FloatConv2dWeight(loops, s);
  }
}
