package dev.backlight.core.kernel;

/// Comparisons and choices over `float[]`: plain loops, one a relation.
///
/// `x < y` is `y > x`, so that pairs need four loops only. Comparing with a number keeps all six.
public final class FloatLogic {
  private FloatLogic() {}

  /// `z = x > y`.
  public static void gt(float[] x, float[] y, boolean[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] > y[i];
    }
  }

  /// `z = x ≥ y`.
  public static void ge(float[] x, float[] y, boolean[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] >= y[i];
    }
  }

  /// `z = (x = y)`.
  public static void eq(float[] x, float[] y, boolean[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] == y[i];
    }
  }

  /// `z = (x ≠ y)`.
  public static void ne(float[] x, float[] y, boolean[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] != y[i];
    }
  }

  /// `y = x > k`.
  public static void gt(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] > k;
    }
  }

  /// `y = x ≥ k`.
  public static void ge(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] >= k;
    }
  }

  /// `y = x < k`.
  public static void lt(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] < k;
    }
  }

  /// `y = x ≤ k`.
  public static void le(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] <= k;
    }
  }

  /// `y = (x = k)`.
  public static void eq(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] == k;
    }
  }

  /// `y = (x ≠ k)`.
  public static void ne(float[] x, float k, boolean[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] != k;
    }
  }

  /// `z = c ? a : b`.
  public static void where(boolean[] c, float[] a, float[] b, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Select.of(c[i], a[i], b[i]);
    }
  }
}
