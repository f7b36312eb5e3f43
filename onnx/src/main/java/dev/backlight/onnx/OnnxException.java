package dev.backlight.onnx;

/// A model that cannot become a tape: what was needed, then what came, with the node's name.
public final class OnnxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OnnxException(String message) {
    super(message);
  }

  OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
