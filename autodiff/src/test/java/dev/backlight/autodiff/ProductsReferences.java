package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of Einstein sums and other products.
final class ProductsReferences {
  private ProductsReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
