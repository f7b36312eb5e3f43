package dev.backlight.cli;

/// Checks of option values, in one manner of speaking.
final class Options {
  private Options() {}

  static void atLeastOne(String option, int value) {
    require(value >= 1, option + " needs a whole number of at least 1", value);
  }

  static void require(boolean holds, String needed, Object came) {
    if (!holds) {
      throw new BadInput(needed + ", got " + came);
    }
  }
}
