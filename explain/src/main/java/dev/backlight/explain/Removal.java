package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// One input turned into another, feature by feature in the order of an explanation.
final class Removal {
  private Removal() {}

  static void requireStep(int features) {
    if (features < 1) {
      throw new IllegalArgumentException("a step needs at least 1 feature, got " + features);
    }
  }

  /// The explained scalar on the way from `first` to `last`, features with the highest scores
  /// first.
  static Curve curve(
      String metric,
      Function<Tensor, Tensor> model,
      Attribution attribution,
      Tensor first,
      Tensor last,
      int featuresInStep) {
    int n = first.size(0);
    int each = first.elements() / n;
    int[] rank = ranks(attribution.scores(), n, each);
    int points = 1 + Math.ceilDiv(each, featuresInStep);
    Block fractions = Block.allocate(Spec.of(Shape.of(points), DType.F64));
    for (int k = 0; k < points; k++) {
      fractions.f64()[k] = each == 0 ? 0 : Math.min(1, (double) k * featuresInStep / each);
    }
    int most = Batches.copies(first, points);
    List<Tensor> lines = new ArrayList<>();
    for (int from = 0; from < points; from += most) {
      int m = Math.min(most, points - from);
      Block changed = Block.allocate(Spec.of(first.shape().with(0, m * n), DType.BOOL));
      for (int i = 0; i < changed.size(); i++) {
        int k = from + i / (n * each);
        changed.bool()[i] = rank[i % (n * each)] < k * featuresInStep;
      }
      Tensor between =
          Tensor.over(changed).where(Batches.repeated(last, m), Batches.repeated(first, m));
      Target target = attribution.target().repeated(m);
      lines.add(Recorded.scalars(model, between, target).reshape(m, n));
    }
    return new Curve(
        metric, attribution.method(), Tensor.over(fractions), Tensor.concat(0, lines).transpose());
  }

  /// The place of every element in the order of its example: 0 for the highest score, ties by
  /// number; the two zeros tie.
  private static int[] ranks(Tensor scores, int n, int each) {
    double[] all = scores.toDoubles();
    int[] rank = new int[n * each];
    for (int i = 0; i < n; i++) {
      int row = i * each;
      int[] order =
          IntStream.range(0, each)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer j) -> all[row + j] + 0.0).reversed())
              .mapToInt(Integer::intValue)
              .toArray();
      for (int place = 0; place < each; place++) {
        rank[row + order[place]] = place;
      }
    }
    return rank;
  }
}
