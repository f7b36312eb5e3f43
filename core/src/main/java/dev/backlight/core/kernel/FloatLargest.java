package dev.backlight.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The largest elements of windows of any size in vectors: a lane is a window, and four rows of
/// windows are done at once.
///
/// A plane is copied with -∞ around it, and with a stride across, the columns of each residue move
/// into a plane of their own. What a window has chosen is counted as a distance from its first
/// element, in lanes as wide as the numbers.
final class FloatLargest {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final int ROWS = 4;

  /// Distances up to here are floats without error.
  private static final int FARTHEST = 1 << 24;

  private static final float NONE = Float.NEGATIVE_INFINITY;

  private FloatLargest() {}

  /// Whether rows of windows fill some lanes of a vector.
  static boolean fits(Pool2dShape s) {
    return 4 * s.ow() >= L && s.oh() > 1 && (long) s.kh() * s.w() < FARTHEST;
  }

  /// As [FloatPooling#max].
  static void max(float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to) {
    int high = (s.oh() - 1) * s.sh() + s.kh();
    int wide = (s.ow() - 1) * s.sw() + s.kw();
    int step = L % s.sw() == 0 ? L : L * s.sw();
    int width = Math.ceilDiv(Math.max(wide, s.pw() + s.w()), step) * step;
    int across = width / s.sw();
    int down = s.sh() * across;
    int residues = Math.min(s.sw(), s.kw());
    // A block may look so much too far.
    int size = (Math.max(high, s.ph() + s.h()) + ROWS * s.sh()) * width + L * s.sw();
    int plane = size / s.sw();
    int ys = Math.ceilDiv(s.ow(), L) * L;
    FloatScratch memory = FloatScratch.take();
    float[] image = memory.array(0, size);
    float[] seen = s.sw() == 1 ? image : memory.array(1, residues * plane);
    float[] values = memory.array(2, (s.oh() + ROWS) * ys);
    float[] places = memory.array(3, (s.oh() + ROWS) * ys);
    Arrays.fill(image, 0, size, 0f);
    for (int i = 0; i < high; i++) {
      Arrays.fill(image, i * width, i * width + wide, NONE);
    }
    for (int p = from; p < to; p++) {
      for (int i = 0; i < s.h(); i++) {
        int k = ((p - held) * s.h() + i) * s.w();
        System.arraycopy(x, k, image, (s.ph() + i) * width + s.pw(), s.w());
      }
      for (int r = 0; r < residues && s.sw() > 1; r++) {
        residue(image, r, s.sw(), plane, seen, r * plane);
      }
      boolean some = false;
      for (int i = 0; i < s.oh(); i += ROWS) {
        int row = Math.max(0, Math.min(i, s.oh() - ROWS));
        for (int j = 0; j < s.ow(); j += L) {
          int k = row * down + j;
          some |= block(seen, k, down, across, plane, s, values, places, row * ys + j, ys);
        }
      }
      store(values, places, ys, x, held, y, index, s, p, some);
    }
    FloatScratch.give(memory);
  }

  private static void residue(float[] image, int r, int sw, int n, float[] seen, int to) {
    if (sw == 2) {
      FloatVectorTiles.LOOPS.everySecond(image, r, n, seen, to, 0);
      return;
    }
    for (int j = 0, k = r; j < n; j++, k += sw) {
      seen[to + j] = image[k];
    }
  }

  /// Four rows of windows; the answer is whether the largest of one of them is -∞.
  private static boolean block(
      float[] x,
      int xo,
      int down,
      int across,
      int plane,
      Pool2dShape s,
      float[] values,
      float[] places,
      int yo,
      int ys) {
    int kw = s.kw();
    int sw = s.sw();
    int rows = s.kh() * across;
    FloatVector a0 = FloatVector.fromArray(S, x, xo);
    FloatVector a1 = FloatVector.fromArray(S, x, xo + down);
    FloatVector a2 = FloatVector.fromArray(S, x, xo + 2 * down);
    FloatVector a3 = FloatVector.fromArray(S, x, xo + 3 * down);
    FloatVector p0 = FloatVector.zero(S);
    FloatVector p1 = FloatVector.zero(S);
    FloatVector p2 = FloatVector.zero(S);
    FloatVector p3 = FloatVector.zero(S);
    float first = 0;
    for (int u = 0; u < rows; u += across, first += s.w()) {
      int residue = 0;
      int k = xo + u;
      for (int v = 0; v < kw; v++) {
        FloatVector place = FloatVector.broadcast(S, first + v);
        FloatVector b = FloatVector.fromArray(S, x, k + residue);
        VectorMask<Float> larger = a0.eq(a0).andNot(b.compare(VectorOperators.LE, a0));
        a0 = a0.blend(b, larger);
        p0 = p0.blend(place, larger);
        b = FloatVector.fromArray(S, x, k + residue + down);
        larger = a1.eq(a1).andNot(b.compare(VectorOperators.LE, a1));
        a1 = a1.blend(b, larger);
        p1 = p1.blend(place, larger);
        b = FloatVector.fromArray(S, x, k + residue + 2 * down);
        larger = a2.eq(a2).andNot(b.compare(VectorOperators.LE, a2));
        a2 = a2.blend(b, larger);
        p2 = p2.blend(place, larger);
        b = FloatVector.fromArray(S, x, k + residue + 3 * down);
        larger = a3.eq(a3).andNot(b.compare(VectorOperators.LE, a3));
        a3 = a3.blend(b, larger);
        p3 = p3.blend(place, larger);
        residue += plane;
        if (residue == sw * plane) {
          residue = 0;
          k++;
        }
      }
    }
    a0.intoArray(values, yo);
    a1.intoArray(values, yo + ys);
    a2.intoArray(values, yo + 2 * ys);
    a3.intoArray(values, yo + 3 * ys);
    p0.intoArray(places, yo);
    p1.intoArray(places, yo + ys);
    p2.intoArray(places, yo + 2 * ys);
    p3.intoArray(places, yo + 3 * ys);
    return a0.eq(NONE).or(a1.eq(NONE)).or(a2.eq(NONE)).or(a3.eq(NONE)).anyTrue();
  }

  /// Brings a plane of values and places to where they belong. A window of -∞ may have chosen what
  /// is no element: if there are `some`, they choose again.
  private static void store(
      float[] values,
      float[] places,
      int ys,
      float[] x,
      int held,
      float[] y,
      int[] index,
      Pool2dShape s,
      int plane,
      boolean some) {
    int n = s.ow();
    for (int i = 0; i < s.oh(); i++) {
      int at = (plane * s.oh() + i) * n;
      int top = i * s.sh() - s.ph();
      System.arraycopy(values, i * ys, y, at, n);
      places(places, i * ys, (plane * s.h() + top) * s.w() - s.pw(), s.sw(), index, at, n);
      for (int j = 0; j < n && some; j++) {
        if (y[at + j] == NONE) {
          FloatPooling.window(x, held, y, index, s, plane, i, j);
        }
      }
    }
  }

  private static void places(
      float[] places, int from, int first, int sw, int[] index, int at, int n) {
    for (int j = 0; j < n; j++) {
      index[at + j] = first + j * sw + (int) places[from + j];
    }
  }
}
