package dev.backlight.onnx.op;

/// An input that decides over shapes or paths is not known at import.
public final class NotConstant extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String value;

  NotConstant(String value, int input) {
    super(
        "needs input "
            + input
            + " ('"
            + value
            + "') to be known at import, got one that depends on the inputs of the model");
    this.value = value;
  }

  /// The name of the value.
  public String value() {
    return value;
  }
}
