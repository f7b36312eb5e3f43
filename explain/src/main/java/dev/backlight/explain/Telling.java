package dev.backlight.explain;

/// A method that runs the model many times and tells a [Progress] how far it has come.
public interface Telling extends Explainer {
  /// With somebody who is told how far it has come, and may end it.
  Telling telling(Progress other);
}
