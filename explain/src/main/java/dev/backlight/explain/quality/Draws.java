package dev.backlight.explain.quality;

/// What numbers of draws and parts have to be.
final class Draws {
  private Draws() {}

  static void require(int draws) {
    if (draws < 1) {
      throw new IllegalArgumentException("a metric needs draws of at least 1, got " + draws);
    }
  }

  static void requireStep(int features) {
    if (features < 1) {
      throw new IllegalArgumentException("a step needs at least 1 feature, got " + features);
    }
  }

  static void requireShare(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share needs to be above 0 and at most 1, got " + share);
    }
  }
}
