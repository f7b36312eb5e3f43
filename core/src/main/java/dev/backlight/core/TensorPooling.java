package dev.backlight.core;

import dev.backlight.core.op.AvgPool2d;
import dev.backlight.core.op.MaxPool2d;

/// Pools in one, two and three dimensions: largest, mean, Lp, adaptive and global.
///
/// Inputs are (n, c, ...) with as many further axes as dimensions. Of equal elements of a window
/// the first, row by row, is the largest one and alone has the gradient; padding is never the
/// largest.
public sealed interface TensorPooling permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- largest ----

  /// The largest element of every window of these lines (n, c, w).
  default Tensor maxPool1d(PoolOptions options) {
    Pool2dOptions flat = options.flat("maxPool1d", 1, -1, 0);
    return line("maxPool1d").maxPool2d(flat).squeeze(2);
  }

  /// The largest element of every window of these images (n, c, h, w).
  default Tensor maxPool2d(Pool2dOptions options) {
    return Tensor.applyAll(new MaxPool2d(options), self())[0];
  }

  /// As [#maxPool2d], with the place of each in its image, counted row by row.
  default Selected maxPool2dSelected(Pool2dOptions options) {
    Tensor[] both = Tensor.applyAll(new MaxPool2d(options), self());
    Shape shape = self().shape();
    int planes = shape.size(0) * shape.size(1);
    Tensor starts =
        Tensor.arange(planes, DType.I32)
            .mul(shape.size(2) * shape.size(3))
            .reshape(shape.size(0), shape.size(1), 1, 1);
    return new Selected(both[0], both[1].sub(starts));
  }

  /// The largest element of every window of these volumes (n, c, d, h, w).
  default Tensor maxPool3d(PoolOptions options) {
    Pool2dOptions flat = options.flat("maxPool3d", 3, 1, 2);
    Pool2dOptions deep = options.flat("maxPool3d", 3, 0, -1);
    Tensor y = layers("maxPool3d").maxPool2d(flat);
    return unlayered(columns(y).maxPool2d(deep), y);
  }

  // ---- mean ----

  /// The mean of every window of these lines (n, c, w).
  default Tensor avgPool1d(PoolOptions options) {
    Pool2dOptions flat = options.flat("avgPool1d", 1, -1, 0);
    return line("avgPool1d").avgPool2d(flat).squeeze(2);
  }

  /// The mean of every window of these images (n, c, h, w).
  default Tensor avgPool2d(Pool2dOptions options) {
    return Tensor.apply(new AvgPool2d(options), self());
  }

  /// The mean of every window of these volumes (n, c, d, h, w).
  default Tensor avgPool3d(PoolOptions options) {
    Pool2dOptions flat = options.flat("avgPool3d", 3, 1, 2);
    Pool2dOptions deep = options.flat("avgPool3d", 3, 0, -1);
    Tensor y = layers("avgPool3d").avgPool2d(flat);
    return unlayered(columns(y).avgPool2d(deep), y);
  }

  private Tensor line(String name) {
    return requireRank(name, 1).unsqueeze(2);
  }

  private Tensor requireRank(String name, int dimensions) {
    if (self().rank() != dimensions + 2) {
      String places = dimensions == 1 ? "w" : dimensions == 2 ? "h, w" : "d, h, w";
      throw new ShapeException(name + " needs (n, c, " + places + "), got " + self().shape());
    }
    return self();
  }

  /// Volumes with their layers as channels: (n, c·d, h, w).
  private Tensor layers(String name) {
    Shape shape = requireRank(name, 3).shape();
    return self()
        .reshape(shape.size(0), shape.size(1) * shape.size(2), shape.size(3), shape.size(4));
  }

  /// Pooled layers with all places of one as its columns: (n, c, d, h·w).
  private Tensor columns(Tensor y) {
    return y.reshape(self().size(0), self().size(1), self().size(2), y.size(2) * y.size(3));
  }

  private Tensor unlayered(Tensor pooled, Tensor y) {
    return pooled.reshape(self().size(0), self().size(1), pooled.size(2), y.size(2), y.size(3));
  }

  // ---- norms ----

  /// The norm of order `p` of every window of these lines (n, c, w), without padding; see
  /// [TensorNorms#pNorm].
  default Tensor lpPool1d(double p, int kernel, int stride) {
    return requireRank("lpPool1d", 1).windows(2, kernel, stride).pNorm(p, 3);
  }

  /// The norm of order `p` of every square window of these images (n, c, h, w), without padding;
  /// see [TensorNorms#pNorm].
  default Tensor lpPool2d(double p, int kernel, int stride) {
    return requireRank("lpPool2d", 2)
        .windows(2, kernel, stride)
        .windows(4, kernel, stride)
        .pNorm(p, 3, 5);
  }

  // ---- adaptive ----

  /// Means of `width` windows that cover these lines (n, c, w) evenly: window `i` of `m` covers the
  /// elements from `⌊i n / m⌋` to `⌈(i + 1) n / m⌉`.
  default Tensor adaptiveAvgPool1d(int width) {
    return adapted("adaptiveAvgPool1d", false, width);
  }

  /// Means of windows that cover these images (n, c, h, w) evenly; see [#adaptiveAvgPool1d].
  default Tensor adaptiveAvgPool2d(int height, int width) {
    return adapted("adaptiveAvgPool2d", false, height, width);
  }

  /// Means of windows that cover these volumes (n, c, d, h, w) evenly; see [#adaptiveAvgPool1d].
  default Tensor adaptiveAvgPool3d(int depth, int height, int width) {
    return adapted("adaptiveAvgPool3d", false, depth, height, width);
  }

  /// The largest elements of windows that cover these lines (n, c, w) evenly; see
  /// [#adaptiveAvgPool1d].
  default Tensor adaptiveMaxPool1d(int width) {
    return adapted("adaptiveMaxPool1d", true, width);
  }

  /// The largest elements of windows that cover these images (n, c, h, w) evenly; see
  /// [#adaptiveAvgPool1d].
  default Tensor adaptiveMaxPool2d(int height, int width) {
    return adapted("adaptiveMaxPool2d", true, height, width);
  }

  /// The largest elements of windows that cover these volumes (n, c, d, h, w) evenly; see
  /// [#adaptiveAvgPool1d].
  default Tensor adaptiveMaxPool3d(int depth, int height, int width) {
    return adapted("adaptiveMaxPool3d", true, depth, height, width);
  }

  /// Along one axis after the other, the last one first, so that of equal elements the first wins.
  private Tensor adapted(String name, boolean largest, int... sizes) {
    Tensor y = requireRank(name, sizes.length);
    for (int d = sizes.length - 1; d >= 0; d--) {
      int n = y.size(2 + d);
      if (sizes[d] < 1 || n == 0) {
        throw new ShapeException(
            name + " needs sizes of at least 1, got " + sizes[d] + " for " + self().shape());
      }
      y = largest ? largest(y, 2 + d, n, sizes[d]) : averages(y, 2 + d, n, sizes[d]);
    }
    return y;
  }

  private static int from(int i, int n, int m) {
    return (int) ((long) i * n / m);
  }

  private static int to(int i, int n, int m) {
    return (int) Math.ceilDiv((long) (i + 1) * n, m);
  }

  private static Tensor averages(Tensor x, int axis, int n, int m) {
    double[] covered = new double[n * m];
    double[] counts = new double[m];
    for (int i = 0; i < m; i++) {
      int from = from(i, n, m);
      int to = to(i, n, m);
      for (int k = from; k < to; k++) {
        covered[k * m + i] = 1;
      }
      counts[i] = to - from;
    }
    Tensor sums = x.moveAxis(axis, -1).matmul(Tensor.of(Shape.of(n, m), covered).to(x.dtype()));
    return sums.div(Tensor.of(counts).to(x.dtype())).moveAxis(-1, axis);
  }

  private static Tensor largest(Tensor x, int axis, int n, int m) {
    int longest = 0;
    for (int i = 0; i < m; i++) {
      longest = Math.max(longest, to(i, n, m) - from(i, n, m));
    }
    int[] places = new int[m * longest];
    for (int i = 0; i < places.length; i++) {
      int window = i / longest;
      places[i] = Math.min(from(window, n, m) + i % longest, to(window, n, m) - 1);
    }
    return x.take(axis, Tensor.of(Shape.of(m, longest), places)).max(axis + 1).values();
  }

  // ---- global ----

  /// The mean of every channel over all its places: from (n, c, ...) to (n, c).
  default Tensor globalAvgPool() {
    return places("globalAvgPool").mean(2);
  }

  /// The largest element of every channel: from (n, c, ...) to (n, c); ties share the gradient
  /// evenly.
  default Tensor globalMaxPool() {
    return places("globalMaxPool").amax(2);
  }

  private Tensor places(String name) {
    if (self().rank() < 3) {
      throw new ShapeException(name + " needs (n, c, ...) with places, got " + self().shape());
    }
    return self().flattenFrom(2);
  }
}
