package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of sorting and selecting.
final class OrderReferences {
  private OrderReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
