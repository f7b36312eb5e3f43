package dev.backlight.explain;

/// A method that draws, and whose result after any number of draws is its result, only less sure.
/// When the [Progress] that it tells says [enough][Progress#enough], it stops and labels what it
/// has: see [Attribution#partial].
public interface Anytime extends Explainer {
  /// With somebody who is told how far it has come, and may stop it.
  Anytime telling(Progress other);
}
