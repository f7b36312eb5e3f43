package dev.backlight.explain.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers as people read them (`−0.0231`, `1.2e−7`), and as SVG wants them (`12.5`).
final class Numbers {

  private static final char MINUS = '\u2212';

  private Numbers() {}

  /// At most four significant digits with a proper minus sign; whole numbers below ten million in
  /// full.
  static String plain(double value) {
    return digits(value, 4);
  }

  static String digits(double value, int significant) {
    if (Double.isNaN(value)) {
      return "not a number";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : MINUS + "∞";
    }
    double size = Math.abs(value);
    String text;
    if (size == 0) {
      return "0";
    } else if (size == Math.rint(size) && size < 1e7) {
      text = String.format(Locale.ROOT, size < 1e4 ? "%d" : "%,d", (long) size);
    } else {
      text = rounded(BigDecimal.valueOf(size).round(new MathContext(significant)));
    }
    return value < 0 ? MINUS + text : text;
  }

  private static String rounded(BigDecimal value) {
    BigDecimal brief = value.stripTrailingZeros();
    int exponent = brief.precision() - brief.scale() - 1;
    if (exponent < -4 || exponent >= 7) {
      return brief.movePointLeft(exponent).toPlainString()
          + "e"
          + (exponent < 0 ? MINUS + "" + -exponent : exponent);
    }
    return exponent < 4 ? brief.toPlainString() : String.format(Locale.ROOT, "%,.0f", brief);
  }

  /// As [#plain(double)], with a plus sign where the number is positive.
  static String signed(double value) {
    return value > 0 ? "+" + plain(value) : plain(value);
  }

  /// Exactly so many decimals; a zero that was rounded has no sign.
  static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return plain(value);
    }
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", Math.abs(value));
    boolean zero = text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return value < 0 && !zero ? MINUS + text : text;
  }

  /// A coordinate: at most two decimals, no exponent, whatever the locale.
  static String coordinate(double value) {
    long hundredths = Math.round(value * 100);
    long whole = Math.abs(hundredths) / 100;
    long rest = Math.abs(hundredths) % 100;
    StringBuilder text = new StringBuilder(hundredths < 0 ? "-" : "").append(whole);
    if (rest != 0) {
      text.append(rest < 10 ? ".0" : ".").append(rest % 10 == 0 ? rest / 10 : rest);
    }
    return text.toString();
  }
}
