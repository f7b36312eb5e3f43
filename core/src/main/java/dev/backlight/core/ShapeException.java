package dev.backlight.core;

/// Shapes that do not fit an operation. The message says what was needed, then what came.
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public ShapeException(String message) {
    super(message);
  }
}
