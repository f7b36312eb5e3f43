package dev.backlight.core.kernel;

/// All sizes of a 2-D pooling of images `(n, c, h, w)` by windows `(kh, kw)` into `(n, c, oh, ow)`.
///
/// `sh, sw` are the strides, `ph, pw` the padding above and to the left. With `countPadding` an
/// average divides by `kh·kw`, otherwise by the elements of the window that really exist.
public record Pool2dShape(
    int n,
    int c,
    int h,
    int w,
    int kh,
    int kw,
    int sh,
    int sw,
    int ph,
    int pw,
    int oh,
    int ow,
    boolean countPadding) {
  /// Whether every window has two by two elements of its own, all of them in the image.
  boolean isTwoByTwo() {
    return kh == 2
        && kw == 2
        && sh == 2
        && sw == 2
        && ph == 0
        && pw == 0
        && 2 * oh <= h
        && 2 * ow <= w;
  }

  boolean isThreeByThree() {
    return kh == 3 && kw == 3;
  }
}
