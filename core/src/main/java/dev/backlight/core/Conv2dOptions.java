package dev.backlight.core;

/// How a two-dimensional convolution moves: stride, zero padding on both sides, dilation, and
/// groups of channels that do not see each other.
///
/// `Conv2dOptions.of().stride(2).padding(1)`; what is not said is stride 1, no padding, dilation 1,
/// one group.
public record Conv2dOptions(
    int strideH, int strideW, int padH, int padW, int dilationH, int dilationW, int groups) {
  private static final Conv2dOptions PLAIN = new Conv2dOptions(1, 1, 0, 0, 1, 1, 1);

  public Conv2dOptions {
    if (strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 || groups < 1) {
      throw new ShapeException(
          "a convolution needs strides, dilations and groups of at least 1, got strides ("
              + strideH
              + ", "
              + strideW
              + "), dilations ("
              + dilationH
              + ", "
              + dilationW
              + ") and groups "
              + groups);
    }
    if (padH < 0 || padW < 0) {
      throw new ShapeException(
          "a convolution needs padding of at least 0, got (" + padH + ", " + padW + ")");
    }
  }

  /// Stride 1, no padding, dilation 1, one group.
  public static Conv2dOptions of() {
    return PLAIN;
  }

  /// With one stride for both directions.
  public Conv2dOptions stride(int both) {
    return stride(both, both);
  }

  /// With these strides down and across.
  public Conv2dOptions stride(int down, int across) {
    return new Conv2dOptions(down, across, padH, padW, dilationH, dilationW, groups);
  }

  /// With this many zeros on all four sides.
  public Conv2dOptions padding(int both) {
    return padding(both, both);
  }

  /// With this many zeros above and below, and left and right.
  public Conv2dOptions padding(int down, int across) {
    return new Conv2dOptions(strideH, strideW, down, across, dilationH, dilationW, groups);
  }

  /// With the elements of the window this far apart.
  public Conv2dOptions dilation(int both) {
    return dilation(both, both);
  }

  /// With the elements of the window this far apart down and across.
  public Conv2dOptions dilation(int down, int across) {
    return new Conv2dOptions(strideH, strideW, padH, padW, down, across, groups);
  }

  /// With the channels in so many groups that do not see each other.
  public Conv2dOptions groups(int count) {
    return new Conv2dOptions(strideH, strideW, padH, padW, dilationH, dilationW, count);
  }

  /// The height of the output for a height of the input and of the window; not positive if it does
  /// not fit.
  public int height(int h, int kh) {
    return Math.floorDiv(h + 2 * padH - dilationH * (kh - 1) - 1, strideH) + 1;
  }

  /// The width of the output for a width of the input and of the window; not positive if it does
  /// not fit.
  public int width(int w, int kw) {
    return Math.floorDiv(w + 2 * padW - dilationW * (kw - 1) - 1, strideW) + 1;
  }
}
