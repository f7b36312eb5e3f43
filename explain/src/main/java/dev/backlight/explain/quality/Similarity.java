package dev.backlight.explain.quality;

import java.util.Locale;

/// How alike two explanations of an example are, -1 to 1.
public enum Similarity {
  /// Spearman's correlation of the magnitudes of scores.
  RANKS_OF_MAGNITUDES,
  /// Spearman's correlation of the scores with their signs.
  RANKS,
  /// Pearson's correlation of the scores.
  CORRELATION,
  /// The cosine of the angle between the scores.
  COSINE;

  double of(double[] a, double[] b) {
    return switch (this) {
      case RANKS_OF_MAGNITUDES -> Ranks.spearman(Ranks.magnitudes(a), Ranks.magnitudes(b));
      case RANKS -> Ranks.spearman(a, b);
      case CORRELATION -> Ranks.pearson(a, b);
      case COSINE -> {
        double both = 0;
        for (int j = 0; j < a.length; j++) {
          both += a[j] * b[j];
        }
        yield both / (Rows.norm(a) * Rows.norm(b));
      }
    };
  }

  /// In words.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
