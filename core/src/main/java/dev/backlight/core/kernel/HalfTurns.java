package dev.backlight.core.kernel;

/// Sine and cosine of half turns, `sin(πx)` and `cos(πx)`: exactly 0 and ±1 where they should be.
///
/// The argument is reduced before it is multiplied by π, so nothing is lost however large it is.
public final class HalfTurns {
  private HalfTurns() {}

  /// `sin(πx)`.
  public static double sin(double x) {
    double r = Math.IEEEremainder(x, 2);
    double a = Math.abs(r);
    double size = a > 0.25 && a < 0.75 ? middle(0.5 - a) : Trigonometry.sin(Math.PI * fold(a));
    return Math.copySign(size, r);
  }

  /// `cos(πx)`.
  public static double cos(double x) {
    double a = Math.abs(Math.IEEEremainder(x, 2));
    if (a > 0.25 && a < 0.75) {
      return Trigonometry.sin(Math.PI * (0.5 - a));
    }
    return a <= 0.25 ? middle(a) : -middle(1 - a);
  }

  private static double fold(double a) {
    return a > 0.5 ? 1 - a : a;
  }

  private static double middle(double a) {
    return Trigonometry.cos(Math.PI * a);
  }
}
