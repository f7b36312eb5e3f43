package dev.backlight.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers and names as people read them, in reports and on the terminal.
public final class Words {
  private Words() {}

  public static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  public static String count(int n, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", n, thing, n == 1 ? "" : "s");
  }

  /// A share in percent with one decimal, rounded down so that 99.96 % is not called 100 %.
  public static String percent(int part, int whole) {
    return String.format(Locale.ROOT, "%.1f %%", Math.floor(1000.0 * part / whole) / 10);
  }

  /// Two significant digits: `0.013`, `3.1e−7`.
  public static String magnitude(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    String digits =
        size >= 1e-3 && size < 1e4
            ? new BigDecimal(value).round(new MathContext(2)).toPlainString()
            : String.format(Locale.ROOT, "%.1e", value).replaceAll("e([+-])0*(\\d)", "e$1$2");
    return digits.replace("e+", "e").replace('-', '−');
  }

  /// A measured value in at most four significant digits.
  public static String value(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    return rounded.toPlainString().replace('-', '−');
  }

  /// With a sign and two decimals.
  public static String signed(double value) {
    return String.format(Locale.ROOT, "%+.2f", value).replace('-', '−');
  }
}
