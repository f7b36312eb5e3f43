package dev.backlight.autodiff;

import java.util.List;

/// Places to check the linear algebra at, away from kinks and poles.
final class LinalgSamples {
  private LinalgSamples() {}

  static List<OpSamples.Sample> all() {
    return List.of();
  }
}
