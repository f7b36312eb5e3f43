package dev.backlight.core.kernel;

/// All sizes of a 2-D convolution of images `(n, c, h, w)` with filters `(o, c/groups, kh, kw)`
/// into `(n, o, oh, ow)`.
///
/// `sh, sw` are the strides, `ph, pw` the zero rows above and the zero columns to the left, `dh,
/// dw` the dilations. The padding below and to the right is whatever the output size implies.
public record Conv2dShape(
    int n,
    int c,
    int h,
    int w,
    int o,
    int kh,
    int kw,
    int sh,
    int sw,
    int ph,
    int pw,
    int dh,
    int dw,
    int groups,
    int oh,
    int ow) {
  /// Input channels that one filter sees.
  int channels() {
    return c / groups;
  }

  /// Output channels of one group.
  int filters() {
    return o / groups;
  }

  /// Weights of one filter.
  int taps() {
    return channels() * kh * kw;
  }

  /// Multiplications that the definition asks for.
  long products() {
    return (long) n * o * oh * ow * taps();
  }
}
