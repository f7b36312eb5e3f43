package dev.backlight.cli;

/// What the user gave cannot be used; the message is the line to show, what was needed before what
/// came.
final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadInput(String message) {
    super(message);
  }

  BadInput(String message, Throwable cause) {
    super(message, cause);
  }
}
