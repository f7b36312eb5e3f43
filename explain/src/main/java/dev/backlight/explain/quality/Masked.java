package dev.backlight.explain.quality;

import dev.backlight.core.Tensor;

/// Scores beside a mask of where they should lie.
final class Masked {
  private Masked() {}

  /// A number for the scores of an example and its mask.
  interface Of {
    double example(double[] scores, boolean[] inside);
  }

  /// For every example whose mask is neither empty nor full.
  static double[] each(Explained explained, Of f) {
    Tensor mask = explained.mask();
    if (mask == null) {
      throw new IllegalArgumentException(
          "localisation needs a mask of where scores should lie, got none");
    }
    double[][] where = Rows.of(mask);
    double[][] scores = explained.scores();
    double[] result = new double[scores.length];
    for (int i = 0; i < result.length; i++) {
      boolean[] inside = new boolean[where[i].length];
      int count = 0;
      for (int j = 0; j < inside.length; j++) {
        inside[j] = where[i][j] != 0;
        count += inside[j] ? 1 : 0;
      }
      boolean asked = count > 0 && count < inside.length;
      result[i] = asked ? f.example(scores[i], inside) : Double.NaN;
    }
    return result;
  }

  static int size(boolean... inside) {
    int size = 0;
    for (boolean in : inside) {
      size += in ? 1 : 0;
    }
    return size;
  }

  /// The part of the positive scores that is inside; `NaN` if none is positive.
  static double mass(double[] scores, boolean... inside) {
    double in = 0;
    double all = 0;
    for (int j = 0; j < scores.length; j++) {
      double positive = Math.max(0, scores[j]);
      all += positive;
      in += inside[j] ? positive : 0;
    }
    return in / all;
  }

  /// How many of the k highest scores are inside. Where equal scores compete for the last places,
  /// each has the same chance, and this is what is to be expected.
  static double hits(double[] scores, boolean[] inside, int k) {
    int[] order = Ranks.descending(scores);
    double last = scores[order[k - 1]] + 0.0;
    int above = 0;
    int hits = 0;
    int tied = 0;
    int tiedInside = 0;
    for (int j = 0; j < scores.length; j++) {
      if (scores[j] > last) {
        above++;
        hits += inside[j] ? 1 : 0;
      } else if (scores[j] + 0.0 == last) {
        tied++;
        tiedInside += inside[j] ? 1 : 0;
      }
    }
    return hits + (k - above) * (double) tiedInside / tied;
  }
}
