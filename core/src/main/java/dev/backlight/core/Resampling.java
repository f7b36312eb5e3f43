package dev.backlight.core;

import java.util.Arrays;
import java.util.Objects;

/// Resizing along one axis: every new element is a weighted sum of a few old ones.
final class Resampling {
  private static final double SLOPE = -0.75;

  private Resampling() {}

  static Tensor along(Tensor x, int axis, int size, Interpolation how, boolean corners) {
    int n = x.size(axis);
    if (n == size && how != Interpolation.CUBIC) {
      return x;
    }
    int taps =
        switch (how) {
          case NEAREST -> 1;
          case LINEAR -> 2;
          case CUBIC -> 4;
        };
    int[][] places = new int[taps][size];
    double[][] weights = new double[taps][size];
    for (int i = 0; i < size; i++) {
      double at = place(i, n, size, how, corners);
      int below = (int) Math.floor(at);
      double part = at - below;
      for (int k = 0; k < taps; k++) {
        int first = how == Interpolation.CUBIC ? below - 1 : below;
        places[k][i] = Math.clamp(first + k, 0, n - 1);
        weights[k][i] =
            switch (how) {
              case NEAREST -> 1;
              case LINEAR -> k == 0 ? 1 - part : part;
              case CUBIC -> cubic(part + 1 - k);
            };
      }
    }
    int[] broadcast = new int[x.rank() - x.shape().axis(axis)];
    Arrays.fill(broadcast, 1);
    broadcast[0] = size;
    Tensor y = null;
    for (int k = 0; k < taps; k++) {
      Tensor taken = x.take(axis, Tensor.of(places[k]));
      if (taps == 1) {
        return taken;
      }
      Tensor weight = Tensor.of(Shape.of(broadcast), weights[k]).to(x.dtype());
      y = y == null ? taken.mul(weight) : y.add(taken.mul(weight));
    }
    return Objects.requireNonNull(y);
  }

  private static double place(int i, int n, int m, Interpolation how, boolean corners) {
    if (how == Interpolation.NEAREST) {
      long below = (long) i * n / m;
      return below;
    } else if (corners) {
      return m == 1 ? 0 : (double) i * (n - 1) / (m - 1);
    }
    double at = (i + 0.5) * n / m - 0.5;
    return how == Interpolation.LINEAR ? Math.max(0, at) : at;
  }

  /// The weight of a neighbour at this distance.
  private static double cubic(double distance) {
    double d = Math.abs(distance);
    return d <= 1
        ? ((SLOPE + 2) * d - (SLOPE + 3)) * d * d + 1
        : ((SLOPE * d - 5 * SLOPE) * d + 8 * SLOPE) * d - 4 * SLOPE;
  }
}
