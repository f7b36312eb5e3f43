package dev.backlight.nn.train;

/// Training that cannot go on, since the loss is no finite number any more.
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// A message as it stands.
  public TrainingException(String message) {
    super(message);
  }
}
