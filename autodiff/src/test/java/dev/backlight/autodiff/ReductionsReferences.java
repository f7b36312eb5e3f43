package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of norms, extremes and distances.
final class ReductionsReferences {
  private ReductionsReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
