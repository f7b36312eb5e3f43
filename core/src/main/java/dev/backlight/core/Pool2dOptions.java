package dev.backlight.core;

/// The window of a two-dimensional pooling and how it moves.
///
/// `Pool2dOptions.of(2)` has windows of 2 x 2 side by side. The outermost windows must begin inside
/// the padded image and end inside it. `countPadding` says whether the padding counts in the
/// divisor of an average.
public record Pool2dOptions(
    int kernelH, int kernelW, int strideH, int strideW, int padH, int padW, boolean countPadding) {
  public Pool2dOptions {
    if (kernelH < 1 || kernelW < 1 || strideH < 1 || strideW < 1) {
      throw new ShapeException(
          "a pooling needs windows and strides of at least 1, got windows ("
              + kernelH
              + ", "
              + kernelW
              + ") and strides ("
              + strideH
              + ", "
              + strideW
              + ")");
    }
    if (padH < 0 || padW < 0 || 2 * padH > kernelH || 2 * padW > kernelW) {
      throw new ShapeException(
          "a pooling needs padding of at most half its window ("
              + kernelH
              + ", "
              + kernelW
              + "), got ("
              + padH
              + ", "
              + padW
              + ")");
    }
  }

  /// Square windows side by side, without padding.
  public static Pool2dOptions of(int kernel) {
    return of(kernel, kernel);
  }

  /// Windows of this height and width side by side, without padding.
  public static Pool2dOptions of(int kernelH, int kernelW) {
    return new Pool2dOptions(kernelH, kernelW, kernelH, kernelW, 0, 0, true);
  }

  /// With one stride for both directions.
  public Pool2dOptions stride(int both) {
    return stride(both, both);
  }

  /// With these strides down and across.
  public Pool2dOptions stride(int down, int across) {
    return new Pool2dOptions(kernelH, kernelW, down, across, padH, padW, countPadding);
  }

  /// With this much padding on all four sides.
  public Pool2dOptions padding(int both) {
    return padding(both, both);
  }

  /// With this much padding above and below, and left and right.
  public Pool2dOptions padding(int down, int across) {
    return new Pool2dOptions(kernelH, kernelW, strideH, strideW, down, across, countPadding);
  }

  /// With the padding counted in the divisor of an average, or not.
  public Pool2dOptions countPadding(boolean counted) {
    return new Pool2dOptions(kernelH, kernelW, strideH, strideW, padH, padW, counted);
  }

  /// The shape of the pooled images, for images (n, c, h, w).
  public Shape output(Shape x) {
    if (x.rank() != 4
        || x.size(2) == 0
        || x.size(3) == 0
        || x.size(2) + 2 * padH < kernelH
        || x.size(3) + 2 * padW < kernelW) {
      throw new ShapeException(
          "a pooling needs (n, c, h, w) with a padded image of at least ("
              + kernelH
              + ", "
              + kernelW
              + "), got "
              + x);
    }
    return x.with(2, (x.size(2) + 2 * padH - kernelH) / strideH + 1)
        .with(3, (x.size(3) + 2 * padW - kernelW) / strideW + 1);
  }
}
