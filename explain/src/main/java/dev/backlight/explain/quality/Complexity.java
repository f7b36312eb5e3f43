package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import java.util.Arrays;

/// Whether few features carry an explanation. Says nothing about whether they are the right ones.
public final class Complexity {
  private Complexity() {}

  /// The Gini index of absolute scores: 0 if all are equal, near 1 if one has all. P. Chalasani et
  /// al., "Concise explanations of neural networks using adversarial training" (2020). NaN if all
  /// are 0.
  public static double[] sparseness(Attribution explanation) {
    return each(
        explanation,
        shares -> {
          Arrays.sort(shares);
          int n = shares.length;
          double sum = 0;
          for (int i = 0; i < n; i++) {
            sum += (2.0 * (i + 1) - n - 1) * shares[i];
          }
          return sum / n;
        });
  }

  /// The entropy of the shares of absolute scores, `−Σ p ln p`: 0 if one has all, ln d if all are
  /// equal. U. Bhatt, A. Weller, J. Moura, "Evaluating and aggregating feature-based model
  /// explanations" (2020). NaN if all are 0.
  public static double[] entropy(Attribution explanation) {
    return each(
        explanation,
        shares -> {
          double sum = 0;
          for (double p : shares) {
            // A NaN stays one; nothing adds nothing.
            sum -= p == 0 ? 0 : p * Math.log(p);
          }
          return sum;
        });
  }

  private interface Of {
    double shares(double[] shares);
  }

  /// From the shares of absolute scores that each example's features have.
  private static double[] each(Attribution explanation, Of f) {
    Tensor scores = explanation.scores().to(DType.F64);
    int n = scores.size(0);
    int d = scores.elements() / n;
    double[] all = scores.toDoubles();
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      double[] shares = Arrays.copyOfRange(all, i * d, (i + 1) * d);
      double sum = 0;
      for (double s : shares) {
        sum += Math.abs(s);
      }
      for (int j = 0; j < d; j++) {
        shares[j] = Math.abs(shares[j]) / sum;
      }
      result[i] = f.shares(shares);
    }
    return result;
  }
}
