package dev.backlight.autodiff;

/// For which inputs a tape is still the function that it was recorded from.
public enum Validity {
  /// For all inputs of the recorded shapes.
  REPLAYABLE,
  /// As long as its guards answer as they did; checked on every play.
  GUARDED,
  /// Only for the recorded inputs, because a value was read.
  PINNED
}
