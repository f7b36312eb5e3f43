package dev.backlight.explain.quality;

import java.util.List;

/// What scores predict that perturbations do, and what they do: the two sides that [Infidelity] and
/// its kin compare.
///
/// @param predicted `Σ weight · score` as `[perturbation][example]`
/// @param real `f(x) − f(x − I)`
public record Changes(double[][] predicted, double[][] real) {
  /// Of an explanation, at points around its inputs.
  public static Changes of(Explained explained, List<Perturbations.Move> moves) {
    double[] here = explained.output();
    double[][] scores = explained.scores();
    double[][] real =
        Answers.at(explained, moves.size(), k -> explained.x().sub(moves.get(k).by()));
    double[][] predicted = new double[real.length][here.length];
    for (int k = 0; k < real.length; k++) {
      double[][] weights = Rows.of(moves.get(k).weight());
      for (int i = 0; i < here.length; i++) {
        real[k][i] = here[i] - real[k][i];
        for (int j = 0; j < scores[i].length; j++) {
          predicted[k][i] += weights[i][j] * scores[i][j];
        }
      }
    }
    return new Changes(predicted, real);
  }

  /// The scale of the scores of an example that fits best, 1 if nothing is predicted.
  double scale(int i) {
    double products = 0;
    double squares = 0;
    for (int k = 0; k < real.length; k++) {
      products += predicted[k][i] * real[k][i];
      squares += predicted[k][i] * predicted[k][i];
    }
    return squares > 0 ? products / squares : 1;
  }

  /// Pearson's correlation of prediction and truth, of an example.
  double correlation(int i) {
    double[] a = new double[real.length];
    double[] b = new double[real.length];
    for (int k = 0; k < real.length; k++) {
      a[k] = predicted[k][i];
      b[k] = real[k][i];
    }
    return Ranks.pearson(a, b);
  }
}
