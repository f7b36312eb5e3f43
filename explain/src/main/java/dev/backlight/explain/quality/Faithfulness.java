package dev.backlight.explain.quality;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Whether scores say what the model does when inputs change.
public final class Faithfulness {
  private Faithfulness() {}

  /// Infidelity: the mean of `(β ΣI·score − (f(x) − f(x − I)))²` over perturbations I, for every
  /// example. 0 is perfect; an exact explanation of an additive model has it for any I. Its size is
  /// that of f squared. C.-K. Yeh et al., "On the (in)fidelity and sensitivity of explanations"
  /// (2019).
  ///
  /// @param perturbations each of the shape of x
  /// @param scaled whether scores are first brought to the scale that fits best, `β = mean(ab) /
  ///   mean(a²)` with a the predicted and b the real change; otherwise β is 1
  public static double[] infidelity(
      Function<Tensor, Tensor> model,
      Attribution explanation,
      List<Tensor> perturbations,
      boolean scaled) {
    Tensor x = explanation.x();
    int n = x.size(0);
    if (perturbations.isEmpty()) {
      throw new IllegalArgumentException("infidelity needs perturbations, got none");
    }
    double[][] predicted = new double[perturbations.size()][];
    double[][] real = new double[perturbations.size()][];
    for (int k = 0; k < predicted.length; k++) {
      Tensor by = perturbations.get(k);
      if (!by.shape().equals(x.shape())) {
        throw new ShapeException(
            "infidelity needs perturbations like x " + x.shape() + ", got " + by.shape());
      }
      predicted[k] = sums(explanation.scores().mul(by));
      Tensor there = explanation.target().scalars(model.apply(x.sub(by)));
      real[k] = explanation.output().sub(there).toDoubles();
    }
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      double products = 0;
      double squares = 0;
      for (int k = 0; k < real.length; k++) {
        products += predicted[k][i] * real[k][i];
        squares += predicted[k][i] * predicted[k][i];
      }
      double scale = scaled && squares > 0 ? products / squares : 1;
      for (int k = 0; k < real.length; k++) {
        double off = scale * predicted[k][i] - real[k][i];
        result[i] += off * off / real.length;
      }
    }
    return result;
  }

  /// The faithfulness estimate: Pearson's correlation, over steps of features from the highest
  /// score down, of the step's sum of scores with what the answer loses when the step alone is
  /// replaced. 1 is perfect, 0 is what random scores have; NaN if either is the same for all steps.
  /// D. Alvarez-Melis, T. Jaakkola, "Towards robust interpretability with self-explaining neural
  /// networks" (2018).
  public static double[] estimate(
      Function<Tensor, Tensor> model,
      Attribution explanation,
      Baseline replacement,
      int featuresInStep) {
    if (featuresInStep < 1) {
      throw new IllegalArgumentException("a step needs at least 1 feature, got " + featuresInStep);
    }
    Tensor x = explanation.x();
    int n = x.size(0);
    int d = x.elements() / n;
    Tensor base = replacement.like(x);
    double[] scores = explanation.scores().toDoubles();
    int[][] order = new int[n][];
    for (int i = 0; i < n; i++) {
      int row = i * d;
      order[i] =
          IntStream.range(0, d)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer j) -> scores[row + j] + 0.0).reversed())
              .mapToInt(Integer::intValue)
              .toArray();
    }
    int steps = Math.ceilDiv(d, featuresInStep);
    double[][] sums = new double[n][steps];
    double[][] drops = new double[n][steps];
    for (int s = 0; s < steps; s++) {
      Block gone = Block.allocate(Spec.of(x.shape(), DType.BOOL));
      for (int i = 0; i < n; i++) {
        for (int k = s * featuresInStep; k < Math.min(d, (s + 1) * featuresInStep); k++) {
          gone.bool()[i * d + order[i][k]] = true;
          sums[i][s] += scores[i * d + order[i][k]];
        }
      }
      Tensor there = explanation.target().scalars(model.apply(Tensor.over(gone).where(base, x)));
      double[] drop = explanation.output().sub(there).toDoubles();
      for (int i = 0; i < n; i++) {
        drops[i][s] = drop[i];
      }
    }
    double[] result = new double[n];
    Arrays.setAll(result, i -> correlation(sums[i], drops[i]));
    return result;
  }

  static double correlation(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double both = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - meanA) * (b[i] - meanB);
      ofA += (a[i] - meanA) * (a[i] - meanA);
      ofB += (b[i] - meanB) * (b[i] - meanB);
    }
    return both / Math.sqrt(ofA * ofB);
  }

  private static double[] sums(Tensor x) {
    return x.to(DType.F64).reshape(x.size(0), x.elements() / x.size(0)).sum(1).toDoubles();
  }
}
