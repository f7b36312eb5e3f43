package dev.backlight.core;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.IntFunction;

/// One format for a column of floating-point numbers, by NumPy's rules.
///
/// Digits are the fewest that tell a number from its neighbours, and no more than the precision:
/// beyond it the exact value is rounded, half to even. Numbers are written scientifically when the
/// largest magnitude reaches 10⁶ (`F32`) or 10⁸ (`F64`), when the smallest but zero is below 10⁻⁴,
/// or when these two are more than a factor of 1000 apart.
final class FloatFormat implements IntFunction<String> {
  private final Block block;
  private final int precision;
  private final boolean scientific;
  private int whole;
  private int decimals;
  private int exponent;

  /// The format of the elements at these indices.
  FloatFormat(Block block, int[] shown) {
    this.block = block;
    precision = block.dtype() == DType.F32 ? 4 : 8;
    scientific = rangeAsksForExponents(block, shown);
    for (int i : shown) {
      if (Double.isFinite(block.get(i))) {
        measure(text(i));
      }
    }
    for (int i : shown) {
      if (!Double.isFinite(block.get(i))) {
        whole = Math.max(whole, nonFinite(block.get(i)).length() - rest());
      }
    }
  }

  /// A single number with all of its digits.
  static String scalar(Block block, int i) {
    double x = block.get(i);
    if (!Double.isFinite(x)) {
      return nonFinite(x);
    }
    double magnitude = Math.abs(x);
    BigDecimal digits = shortest(block, i);
    if (x != 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
      return scientific(x, digits).replace(".e", "e");
    }
    String text = positional(x, digits);
    return text.endsWith(".") ? text + "0" : text;
  }

  @Override
  public String apply(int i) {
    double x = block.get(i);
    if (!Double.isFinite(x)) {
      return TensorPrinter.padded(nonFinite(x), whole + rest());
    }
    String text = text(i);
    int e = scientific ? text.indexOf('e') : text.length();
    int point = text.indexOf('.');
    String fill = (scientific ? "0" : " ").repeat(decimals - (e - point - 1));
    String head = TensorPrinter.padded(text.substring(0, point), whole);
    if (!scientific) {
      return head + text.substring(point) + fill;
    }
    String power = text.substring(e + 2);
    return head
        + text.substring(point, e)
        + fill
        + text.substring(e, e + 2)
        + "0".repeat(exponent - power.length())
        + power;
  }

  private void measure(String text) {
    int e = scientific ? text.indexOf('e') : text.length();
    int point = text.indexOf('.');
    whole = Math.max(whole, point);
    decimals = Math.max(decimals, e - point - 1);
    exponent = scientific ? Math.max(exponent, text.length() - e - 2) : 0;
  }

  // From the point to the end of the column: decimals, and with exponents "e", a sign and their
  // digits.
  private int rest() {
    return 1 + decimals + (scientific ? 2 + exponent : 0);
  }

  private String text(int i) {
    double x = block.get(i);
    BigDecimal digits = shortest(block, i);
    if (scientific) {
      return scientific(
          x,
          digits.precision() > precision + 1
              ? new BigDecimal(x).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN))
              : digits);
    }
    return positional(
        x,
        digits.scale() > precision
            ? new BigDecimal(x).setScale(precision, RoundingMode.HALF_EVEN)
            : digits);
  }

  private static String positional(double x, BigDecimal digits) {
    String text = digits.abs().stripTrailingZeros().toPlainString();
    return sign(x) + text + (text.indexOf('.') < 0 ? "." : "");
  }

  private static String scientific(double x, BigDecimal digits) {
    BigDecimal stripped = digits.abs().stripTrailingZeros();
    String all = stripped.unscaledValue().toString();
    int power = x == 0 ? 0 : all.length() - 1 - stripped.scale();
    String size = Integer.toString(Math.abs(power));
    return sign(x)
        + all.charAt(0)
        + "."
        + all.substring(1)
        + (power < 0 ? "e-" : "e+")
        + (size.length() < 2 ? "0" : "")
        + size;
  }

  private static String sign(double x) {
    return x < 0 || 1 / x < 0 ? "-" : "";
  }

  private static String nonFinite(double x) {
    return Double.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
  }

  private static BigDecimal shortest(Block block, int i) {
    return new BigDecimal(
            block.dtype() == DType.F32
                ? Float.toString(block.f32()[i])
                : Double.toString(block.f64()[i]))
        .stripTrailingZeros();
  }

  private static boolean rangeAsksForExponents(Block block, int[] shown) {
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int i : shown) {
      double magnitude = Math.abs(block.get(i));
      if (magnitude > 0 && Double.isFinite(magnitude)) {
        largest = Math.max(largest, magnitude);
        smallest = Math.min(smallest, magnitude);
      }
    }
    if (largest == 0) {
      return false;
    }
    return block.dtype() == DType.F32
        ? largest >= 1e6 || (float) smallest < 1e-4f || (float) largest / (float) smallest > 1000
        : largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
  }
}
