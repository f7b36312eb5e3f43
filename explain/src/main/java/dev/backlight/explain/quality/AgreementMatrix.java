package dev.backlight.explain.quality;

import dev.backlight.explain.Attribution;
import dev.backlight.explain.report.HeatMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/// How far explanations agree, each with each, on average over the examples.
///
/// ```java
/// AgreementMatrix.of("shared top 5", explanations, (a, b) -> Disagreement.topK(a, b, 5));
/// ```
///
/// @param measure what is compared, in words
/// @param methods names of the explanations
/// @param values as `[one][other]`; `NaN` where no example has a number
public record AgreementMatrix(String measure, List<String> methods, double[][] values) {
  public AgreementMatrix {
    methods = List.copyOf(methods);
    values = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
  }

  /// Of explanations by name, by a measure of [Disagreement].
  public static AgreementMatrix of(
      String measure,
      Map<String, Attribution> explanations,
      BiFunction<Attribution, Attribution, double[]> agreement) {
    List<Attribution> all = new ArrayList<>(explanations.values());
    double[][] values = new double[all.size()][all.size()];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j <= i; j++) {
        values[i][j] =
            Arrays.stream(agreement.apply(all.get(i), all.get(j)))
                .filter(v -> !Double.isNaN(v))
                .average()
                .orElse(Double.NaN);
        values[j][i] = values[i][j];
      }
    }
    return new AgreementMatrix(measure, List.copyOf(explanations.keySet()), values);
  }

  /// A copy of the values, as `[one][other]`.
  @Override
  public double[][] values() {
    return Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
  }

  /// Drawn.
  public HeatMap figure(String title) {
    return HeatMap.of(title, values).labels(methods, methods).unit(measure).reach(1);
  }

  /// A table, aligned.
  @Override
  public String toString() {
    int wide = methods.stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder(measure).append('\n');
    for (int i = 0; i < values.length; i++) {
      text.append(methods.get(i)).append(" ".repeat(wide - methods.get(i).length()));
      for (double value : values[i]) {
        text.append(
            Double.isNaN(value) ? "      -" : String.format(Locale.ROOT, "%7.2f", value + 0.0));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
