package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Locale;

/// A mean over examples, and between which numbers it would be for other examples of the kind.
///
/// The interval holds the middle 95 % of the means of 1000 samples of the examples, drawn with
/// replacement (the percentile bootstrap; B. Efron, R. Tibshirani, "An introduction to the
/// bootstrap", 1993). With less than about twenty examples it is too narrow.
///
/// @param mean over the examples that have a number
/// @param low the lower end
/// @param high the upper end
/// @param defined how many examples have a number
/// @param examples how many there are
public record Interval(double mean, double low, double high, int defined, int examples) {
  /// Of numbers, of which `NaN` are none.
  public static Interval of(double[] values, Key key) {
    return Bootstrap.of(values.length, key).interval(values);
  }

  /// Whether a number is within.
  public boolean holds(double value) {
    return low <= value && value <= high;
  }

  /// As in `0.831 (0.79 to 0.868), 2 of 50 without`.
  @Override
  public String toString() {
    String text =
        defined == 0 ? "none" : digits(mean) + " (" + digits(low) + " to " + digits(high) + ")";
    return defined == examples
        ? text
        : text + ", " + (examples - defined) + " of " + examples + " without";
  }

  /// Three digits.
  static String digits(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size < 1e-3 || size >= 1e5) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int decimals = Math.clamp(2 - (int) Math.floor(Math.log10(size)), 0, 3);
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
