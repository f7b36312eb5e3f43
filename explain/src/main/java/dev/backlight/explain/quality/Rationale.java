package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Regions;
import java.util.Arrays;

/// The strongest part of every example, in several sizes.
final class Rationale {
  /// Of ERASER.
  private static final double[] SIZES = {0.01, 0.05, 0.1, 0.2, 0.5};

  private Rationale() {}

  /// What every answer loses, on average over the sizes, without the part or with nothing else.
  static double[] losses(Explained explained, Replacement replacement, boolean alone, Key key) {
    RemovalPath path = new RemovalPath(explained, Regions.each(), replacement, false, key);
    int d = path.regions();
    int[] gone =
        Arrays.stream(SIZES)
            .mapToInt(share -> Math.clamp(Math.round(share * d), 1, d))
            .map(part -> alone ? d - part : part)
            .toArray();
    double[][] answers = path.answers(gone, alone);
    double[] losses = explained.output();
    for (double[] size : answers) {
      for (int i = 0; i < losses.length; i++) {
        losses[i] -= size[i] / SIZES.length;
      }
    }
    return losses;
  }
}
