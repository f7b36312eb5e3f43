package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// What the answer loses when one feature alone is replaced.
final class SingleFeatures {
  private SingleFeatures() {}

  /// `f(x) − f(x without feature)` as `[draw][feature][example]`.
  static double[][][] drops(Explained explained, Replacement replacement, int draws, Key key) {
    int d = explained.features();
    double[] here = explained.output();
    double[][][] drops = new double[draws][][];
    for (int k = 0; k < draws; k++) {
      Key draw = key.fold(k);
      drops[k] =
          Answers.at(
              explained,
              d,
              j -> {
                boolean[] alone = new boolean[d];
                alone[j] = true;
                return replacement.of(explained.x(), Subsets.mask(explained.x(), alone), draw);
              });
      for (double[] feature : drops[k]) {
        for (int i = 0; i < here.length; i++) {
          feature[i] = here[i] - feature[i];
        }
      }
    }
    return drops;
  }
}
