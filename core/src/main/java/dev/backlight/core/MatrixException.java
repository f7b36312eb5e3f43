package dev.backlight.core;

/// A matrix that a factorisation cannot work on: singular, not positive definite, not finite. The
/// message says what was needed, then what came and where in the batch.
public final class MatrixException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public MatrixException(String message) {
    super(message);
  }
}
