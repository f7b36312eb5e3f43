package dev.backlight.explain.quality;

/// The part that each feature has in the magnitudes of an example's scores.
final class Shares {
  private Shares() {}

  /// `NaN` if all scores are 0.
  static double[] of(double... scores) {
    double[] shares = Ranks.magnitudes(scores);
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int j = 0; j < shares.length; j++) {
      shares[j] /= sum;
    }
    return shares;
  }

  /// The entropy, `−Σ p ln p`. A `NaN` stays one; nothing adds nothing.
  static double entropy(double... shares) {
    double sum = 0;
    for (double p : shares) {
      sum -= p == 0 ? 0 : p * Math.log(p);
    }
    return sum;
  }
}
