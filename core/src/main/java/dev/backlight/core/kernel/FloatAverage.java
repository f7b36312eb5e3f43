package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The average of each window of an image, or its transpose: sums of one chain each are those of a
/// convolution with ones. Few windows, or large ones, are added up one by one, as all are by the
/// plain loops.
///
/// There is no second factor: what is given for it is not looked at.
final class FloatAverage extends FloatConvolution {
  /// Planes that are not worth to be shared.
  private static final int PLANES = 16;

  private final Pool2dShape s;
  private final boolean transposed;
  private final FloatMeans means;
  private final @Nullable FloatWindows sums;
  private final float[] ones;
  private final Threads.Task planes = this::planes;
  private float[] x = {};
  private float[] y = {};

  FloatAverage(FloatScalarLoops loops, Pool2dShape s, boolean transposed) {
    super(loops, (long) s.n() * s.c() * s.oh() * s.ow() * s.kh() * s.kw());
    this.s = s;
    this.transposed = transposed;
    means = FloatMeans.of(s);
    boolean fits = s.kh() * s.kw() <= BLOCK && 4 * s.ow() >= FloatTileLoops.LANES && s.oh() > 1;
    sums = fits ? FloatConv2d.sums(loops, s, means, transposed) : null;
    ones = new float[fits ? s.kh() * s.kw() : 0];
    Arrays.fill(ones, 1f);
  }

  @Override
  void compute(float[] x, float[] none, float[] y) {
    if (sums != null && tiles() != FloatScalarTiles.LOOPS) {
      sums.run(x, ones, y);
      return;
    }
    this.x = x;
    this.y = y;
    share(Math.ceilDiv(s.n() * s.c(), PLANES), planes);
    this.x = ones;
    this.y = ones;
  }

  private void planes(int part, int worker) {
    int from = part * PLANES;
    int to = Math.min(from + PLANES, s.n() * s.c());
    if (transposed) {
      FloatPooling.averageInput(x, y, s, means, from, to);
    } else {
      FloatPooling.average(x, y, s, means, from, to);
    }
  }
}
