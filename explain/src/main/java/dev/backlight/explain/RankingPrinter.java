package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution.Ranked;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An attribution as text: aligned, signed, in the units of the answer.
final class RankingPrinter {
  private static final int EXAMPLES = 3;
  private static final int FEATURES = 10;

  private RankingPrinter() {}

  static String print(Attribution a) {
    StringBuilder text = new StringBuilder(a.method()).append(" of ").append(a.target());
    for (Map.Entry<String, Object> parameter : a.parameters().entrySet()) {
      text.append(", ").append(parameter.getKey()).append(' ').append(parameter.getValue());
    }
    text.append(", ").append(a.evaluations());
    text.append(a.evaluations() == 1 ? " evaluation\n" : " evaluations\n");
    int shown = Math.min(EXAMPLES, a.examples());
    double[] residual = a.residual().toDoubles();
    for (int i = 0; i < shown; i++) {
      if (a.examples() > 1) {
        text.append("example ").append(i).append(": ");
      }
      text.append("f(x) = ").append(number(a.output().get(i).item()));
      if (a.baselineOutput() != null) {
        text.append(", f(baseline) = ").append(number(a.baselineOutput().get(i).item()));
      }
      text.append(a.completeness() == Completeness.NONE ? ", unexplained = " : ", residual = ");
      double noise = rounding(a.output().get(i), a.scores().get(i));
      text.append(number(Math.abs(residual[i]) <= noise ? 0.0 : residual[i])).append('\n');
      ranking(a.ranking(i), text);
    }
    if (a.examples() > shown) {
      text.append("and ").append(a.examples() - shown).append(" more examples\n");
    }
    return text.toString();
  }

  private static void ranking(List<Ranked> ranking, StringBuilder text) {
    List<Ranked> first = ranking.subList(0, Math.min(FEATURES, ranking.size()));
    String format = aligned(first.isEmpty() ? 0 : Math.abs(first.getFirst().score()));
    int width = 0;
    int wide = 0;
    for (Ranked r : first) {
      wide = Math.max(wide, String.format(Locale.ROOT, format, r.score()).length());
      width = Math.max(width, r.name().length());
    }
    for (Ranked r : first) {
      String score = String.format(Locale.ROOT, format, r.score());
      text.append("  ").append(" ".repeat(wide - score.length())).append(score);
      if (!Double.isNaN(r.spread())) {
        text.append(" ±").append(String.format(Locale.ROOT, format.replace("+", ""), r.spread()));
      }
      text.append("  ").append(r.name()).append(" ".repeat(width - r.name().length()));
      text.append(" = ").append(number(r.value())).append('\n');
    }
    if (ranking.size() > first.size()) {
      List<Ranked> rest = ranking.subList(first.size(), ranking.size());
      double together = rest.stream().mapToDouble(Ranked::score).sum();
      text.append("  ").append(String.format(Locale.ROOT, format, together));
      text.append("  in ").append(rest.size()).append(" more\n");
    }
  }

  /// Four digits of the largest, and as many decimals for all, so that they stand below each other.
  private static String aligned(double largest) {
    if (largest == 0 || !Double.isFinite(largest)) {
      return "%+.4f";
    }
    int magnitude = (int) Math.floor(Math.log10(largest));
    return magnitude < -5 || magnitude > 8 ? "%+.3e" : "%+." + Math.max(0, 3 - magnitude) + "f";
  }

  /// How far the rounding of an answer and of terms that add up to it reaches: less is printed as
  /// 0.
  static double rounding(Tensor output, Tensor terms) {
    double ulp = output.dtype() == DType.F32 ? 0x1p-23 : 0x1p-52;
    return 8 * ulp * (Math.abs(output.item()) + terms.to(DType.F64).abs().sum().item());
  }

  /// Five digits at most.
  static String number(@Nullable Double value) {
    if (value == null) {
      return "-";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return String.format(Locale.ROOT, "%.0f", value + 0.0);
    }
    double size = Math.abs(value);
    if (size < 1e-4 || size >= 1e6) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.max(0, 4 - (int) Math.floor(Math.log10(size)));
    String digits = String.format(Locale.ROOT, "%." + Math.min(6, decimals) + "f", value);
    return digits.contains(".") ? digits.replaceAll("0+$", "").replaceAll("\\.$", "") : digits;
  }
}
