package dev.backlight.core.io;

import java.io.IOException;

/// Contents that do not follow their file format. The message names the file, says what was needed,
/// then what came: ``x.npy: an .npy file begins with 93 4e 55 4d 50 59, got 50 4b 03 04``.
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  /// A message as it stands.
  public FormatException(String message) {
    super(message);
  }

  /// A problem of the file, stream or entry of this name.
  public FormatException(String name, String problem) {
    super(name + ": " + problem);
  }

  /// The same problem, told of the file, stream or entry of this name.
  FormatException in(String name) {
    return new FormatException(name + ": " + getMessage());
  }
}
