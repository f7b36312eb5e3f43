package dev.backlight.nn.data;

import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Data that cannot be used as they are. The message names the file, the line and the column as far
/// as there are such, then what was needed and what came: ``people.csv, line 7, column age: a
/// number is needed, got 'abc'``.
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// A message as it stands.
  public DataException(String message) {
    super(message);
  }

  /// What kept a file from being read.
  static DataException of(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new DataException(file + ": a file is needed, got none of this name", e);
    }
    return e instanceof FormatException
        ? new DataException(String.valueOf(e.getMessage()), e)
        : new DataException(file + ": a readable file is needed, got " + e, e);
  }

  /// A message as it stands, with what brought it about.
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
