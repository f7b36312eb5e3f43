package dev.backlight.explain.quality;

/// Whether one example is explained like another.
@FunctionalInterface
interface Alike {
  boolean to(int example, int other);

  /// For every example the share of those explained like it that get the same class; `NaN` where
  /// there are none. The class is the greatest output, or the sign of the only one.
  static double[] answeredAlike(Explained explained, Alike alike) {
    int[] classes = Rows.classes(explained.model().apply(explained.x()));
    double[] shares = new double[classes.length];
    for (int i = 0; i < shares.length; i++) {
      int found = 0;
      int agree = 0;
      for (int other = 0; other < shares.length; other++) {
        if (other != i && alike.to(i, other)) {
          found++;
          agree += classes[other] == classes[i] ? 1 : 0;
        }
      }
      shares[i] = (double) agree / found;
    }
    return shares;
  }
}
