package dev.backlight.onnx.op;

/// What an operator says when it cannot be imported: what was needed, then what came. The graph
/// adds the node's name.
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Refusal(String message) {
    super(message);
  }

  public Refusal(String message, Throwable cause) {
    super(message, cause);
  }
}
