package dev.backlight.autodiff;

/// A derivative that finite differences contradict. The message names the op, the user's line, the
/// input and the order, and says what kind of mistake it looks like.
public final class GradCheckFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  GradCheckFailure(String message) {
    super(message);
  }
}
