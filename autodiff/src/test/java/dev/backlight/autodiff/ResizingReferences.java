package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import java.util.Map;

/// The cases of resizing.
final class ResizingReferences {
  private ResizingReferences() {}

  static void addTo(Map<String, Fn> all) {}
}
