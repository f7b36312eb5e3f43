package dev.backlight.autodiff;

import java.util.List;

/// Places to check the convolutions, pools and resizing at, away from kinks and poles.
final class ImageSamples {
  private ImageSamples() {}

  static List<OpSamples.Sample> all() {
    return List.of();
  }
}
