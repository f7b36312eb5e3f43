package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of pools.
final class PoolingReferences {
  private PoolingReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
