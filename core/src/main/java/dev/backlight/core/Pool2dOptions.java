package dev.backlight.core;

/// The window of a two-dimensional pooling and how it moves.
///
/// `Pool2dOptions.of(2)` has windows of 2 x 2 side by side. The outermost windows begin inside the
/// padded image and end inside it, or with `ceil` may end beyond it: what they do not cover does
/// not count. `countPadding` says whether the padding counts in the divisor of an average.
public record Pool2dOptions(
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    boolean countPadding,
    boolean ceil) {
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
    return new Pool2dOptions(kernelH, kernelW, kernelH, kernelW, 0, 0, true, false);
  }

  /// With one stride for both directions.
  public Pool2dOptions stride(int both) {
    return stride(both, both);
  }

  /// With these strides down and across.
  public Pool2dOptions stride(int down, int across) {
    return new Pool2dOptions(kernelH, kernelW, down, across, padH, padW, countPadding, ceil);
  }

  /// With this much padding on all four sides.
  public Pool2dOptions padding(int both) {
    return padding(both, both);
  }

  /// With this much padding above and below, and left and right.
  public Pool2dOptions padding(int down, int across) {
    return new Pool2dOptions(kernelH, kernelW, strideH, strideW, down, across, countPadding, ceil);
  }

  /// With the padding counted in the divisor of an average, or not.
  public Pool2dOptions countPadding(boolean counted) {
    return new Pool2dOptions(kernelH, kernelW, strideH, strideW, padH, padW, counted, ceil);
  }

  /// With a last window that may, or may not, end beyond the padded image.
  public Pool2dOptions ceil(boolean beyond) {
    return new Pool2dOptions(kernelH, kernelW, strideH, strideW, padH, padW, countPadding, beyond);
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
    return x.with(2, windows(x.size(2), kernelH, strideH, padH))
        .with(3, windows(x.size(3), kernelW, strideW, padW));
  }

  private int windows(int size, int kernel, int stride, int pad) {
    int room = size + 2 * pad - kernel;
    int count = (ceil ? Math.ceilDiv(room, stride) : room / stride) + 1;
    // A window that begins in the padding behind the image would see nothing of it.
    return (count - 1) * stride < size + pad ? count : count - 1;
  }
}
