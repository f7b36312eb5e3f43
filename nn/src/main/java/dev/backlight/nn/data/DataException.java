package dev.backlight.nn.data;

/// Data that cannot be used as they are. The message names the file, the line and the column as far
/// as there are such, then what was needed and what came: ``people.csv, line 7, column age: a
/// number is needed, got 'abc'``.
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// A message as it stands.
  public DataException(String message) {
    super(message);
  }

  /// A message as it stands, with what brought it about.
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
