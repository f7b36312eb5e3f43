package dev.backlight.core.kernel;

/// A matrix that a kernel cannot work on; the op that runs it says where in the batch it is.
public final class Unfit extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unfit(String message) {
    super(message);
  }
}
