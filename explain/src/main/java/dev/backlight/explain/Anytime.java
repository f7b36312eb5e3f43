package dev.backlight.explain;

/// A method that draws, and whose result after any number of draws is its result, only less sure.
///
/// How sure it is stands in [Attribution#spread]: the standard error of every score. It may be told
/// [when that is small enough][#until]. When the [Progress] that it tells says
/// [enough][Progress#enough], it stops, too, and labels what it has: see [Attribution#partial].
public interface Anytime extends Telling {
  /// Asking each example until the largest standard error of its scores is as small as requested,
  /// or the draws are used up. Examples then are asked one after the other, so that a batch gives
  /// what its examples give alone; draws depend on the seed as ever.
  ///
  /// @param standardError what is small enough, in units of the scores; 0 asks for all draws
  Anytime until(double standardError);

  @Override
  Anytime telling(Progress other);
}
