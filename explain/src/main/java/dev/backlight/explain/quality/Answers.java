package dev.backlight.explain.quality;

import dev.backlight.core.Tensor;
import java.util.function.IntFunction;

/// What a model answers at many variants of every example.
final class Answers {
  /// So many rows at once keep the vector units busy and fit the caches.
  private static final int ROWS = 256;

  private Answers() {}

  /// The explained scalar `[variant][example]`, asked about several variants at once.
  ///
  /// @param variant the k-th variant of the batch, of the shape of x
  static double[][] at(Explained explained, int variants, IntFunction<Tensor> variant) {
    int n = explained.examples();
    int most = Math.max(1, ROWS / n);
    double[][] answers = new double[variants][n];
    for (int from = 0; from < variants; from += most) {
      int m = Math.min(most, variants - from);
      Tensor[] some = new Tensor[m];
      for (int k = 0; k < m; k++) {
        some[k] = variant.apply(from + k);
      }
      Tensor wide = m == 1 ? some[0] : Tensor.concat(0, some);
      Tensor outputs = explained.model().apply(wide);
      double[] all = explained.target().repeated(m).scalars(outputs).toDoubles();
      for (int k = 0; k < m; k++) {
        System.arraycopy(all, k * n, answers[from + k], 0, n);
      }
    }
    return answers;
  }
}
