package dev.backlight.autodiff;

/// A tape that no longer is the program it was recorded from: a guard answers otherwise, or a value
/// that was read pins it to other inputs. The message names the line; recording again is the cure.
public final class StaleTape extends IllegalStateException {
  private static final long serialVersionUID = 1;

  StaleTape(String message) {
    super(message);
  }
}
