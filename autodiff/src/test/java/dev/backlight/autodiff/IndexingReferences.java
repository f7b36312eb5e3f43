package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of gathering, scattering and rearranging.
final class IndexingReferences {
  private IndexingReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
