package dev.backlight.core.kernel;

/// A choice without a branch: processors predict random masks badly.
final class Select {
  private Select() {}

  /// `c ? a : b`, bit for bit.
  static float of(boolean c, float a, float b) {
    int keep = -(c ? 1 : 0);
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(a) & keep | Float.floatToRawIntBits(b) & ~keep);
  }

  /// `c ? a : b`, bit for bit.
  static double of(boolean c, double a, double b) {
    long keep = -(c ? 1 : 0);
    return Double.longBitsToDouble(
        Double.doubleToRawLongBits(a) & keep | Double.doubleToRawLongBits(b) & ~keep);
  }
}
