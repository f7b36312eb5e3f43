package dev.backlight.explain.quality;

import java.util.Locale;

/// Which numbers a metric can give, and which way is better.
///
/// @param low the lowest number
/// @param high the highest number
/// @param higherIsBetter the direction
public record Scale(double low, double high, boolean higherIsBetter) {
  public Scale {
    if (!(low < high)) {
      throw new IllegalArgumentException("a scale needs low < high, got " + low + " and " + high);
    }
  }

  /// Between two numbers, the more the better.
  public static Scale higher(double low, double high) {
    return new Scale(low, high, true);
  }

  /// Between two numbers, the less the better.
  public static Scale lower(double low, double high) {
    return new Scale(low, high, false);
  }

  /// The best number there can be; infinite if there is none.
  public double best() {
    return higherIsBetter ? high : low;
  }

  /// Whether one number is better than another; one that is not a number is better than nothing.
  public boolean better(double one, double other) {
    return higherIsBetter ? one > other : one < other;
  }

  /// As in `0 … 1, higher`.
  @Override
  public String toString() {
    return end(low) + " … " + end(high) + (higherIsBetter ? ", higher" : ", lower");
  }

  private static String end(double value) {
    return Double.isInfinite(value)
        ? value > 0 ? "∞" : "-∞"
        : String.format(Locale.ROOT, "%.0f", value);
  }
}
