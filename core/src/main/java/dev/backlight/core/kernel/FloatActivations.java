package dev.backlight.core.kernel;

/// Piecewise linear functions over `float[]`, written without branches, which C2 turns into vectors
/// by itself.
public final class FloatActivations {
  private FloatActivations() {}

  /// `y = min(max(x, lo), hi)`; NaN stays.
  public static void clamp(float[] x, float lo, float hi, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(Math.max(x[i], lo), hi);
    }
  }

  /// `y = x` above 0 and `leak · x` below; NaN stays.
  public static void leakyRelu(float[] x, float leak, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(x[i], 0f) + leak * Math.min(x[i], 0f);
    }
  }
}
