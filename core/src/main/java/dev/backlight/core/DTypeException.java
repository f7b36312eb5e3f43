package dev.backlight.core;

/// Element types that do not fit an operation. The message says what was needed, then what came.
public final class DTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public DTypeException(String message) {
    super(message);
  }
}
