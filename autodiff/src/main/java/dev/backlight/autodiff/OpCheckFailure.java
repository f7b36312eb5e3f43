package dev.backlight.autodiff;

/// An op that does not keep what ops promise. The message names the op and the question, then what
/// was needed and what came.
public final class OpCheckFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  OpCheckFailure(String message) {
    super(message);
  }
}
