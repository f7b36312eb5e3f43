package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Explanations of single examples as one.
final class Examples {
  private Examples() {}

  /// The explanations of the first examples of `x`, one below the other: as partial as the one that
  /// was made with the fewest runs.
  static Attribution joined(List<Attribution> each, Tensor x, Target decided) {
    Attribution first = each.getFirst();
    int n = each.size();
    Tensor rows = n == x.size(0) ? x : x.slice(0, 0, n);
    Target target =
        decided
            .perExample()
            .map(different -> decided.forExamples(different.slice(0, 0, n)))
            .orElse(decided);
    return new Attribution(
        first.method(),
        parameters(each),
        first.completeness(),
        target,
        rows,
        stacked(each, Attribution::scores),
        first.spread() == null ? null : stacked(each, Attribution::spread),
        stacked(each, Attribution::output),
        first.baseline() == null ? null : stacked(each, Attribution::baseline),
        first.baselineOutput() == null ? null : stacked(each, Attribution::baselineOutput),
        each.stream().mapToLong(Attribution::evaluations).max().orElse(0),
        first.seed(),
        first.features());
  }

  private static Map<String, Object> parameters(List<Attribution> each) {
    Map<String, Object> all = new LinkedHashMap<>(each.getFirst().parameters());
    all.remove("partial");
    each.stream()
        .filter(Attribution::isPartial)
        .min(Comparator.comparingLong(Attribution::evaluations))
        .map(least -> Objects.requireNonNull(least.parameters().get("partial")))
        .ifPresent(label -> all.put("partial", label));
    return all;
  }

  private static Tensor stacked(
      List<Attribution> each, Function<Attribution, @Nullable Tensor> part) {
    return Tensor.concat(0, each.stream().map(part).map(Objects::requireNonNull).toList());
  }
}
