package dev.backlight.core.kernel;

/// The place of the largest of a few elements, in doubles: as in [LargestF32], whose ranks would
/// not fit a number.
final class LargestF64 {
  private LargestF64() {}

  /// Of `x[k]`, `x[k + 1]`, `x[m]` and `x[m + 1]`.
  static int ofFour(double[] x, int k, int m) {
    int upper = isLarger(x[k], x[k + 1]) ? k + 1 : k;
    int lower = isLarger(x[m], x[m + 1]) ? m + 1 : m;
    return isLarger(x[upper], x[lower]) ? lower : upper;
  }

  /// Of three from `x[k]`, three from `x[m]` and three from `x[n]`.
  static int ofNine(double[] x, int k, int m, int n) {
    int one = ofThree(x, k);
    int two = ofThree(x, m);
    int three = ofThree(x, n);
    int best = isLarger(x[one], x[two]) ? two : one;
    return isLarger(x[best], x[three]) ? three : best;
  }

  private static int ofThree(double[] x, int k) {
    int best = isLarger(x[k], x[k + 1]) ? k + 1 : k;
    return isLarger(x[best], x[k + 2]) ? k + 2 : best;
  }

  /// Whether b takes the place of a: a NaN beats what is not one and is beaten by nothing.
  static boolean isLarger(double a, double b) {
    return b > a | (Double.isNaN(b) & !Double.isNaN(a));
  }
}
