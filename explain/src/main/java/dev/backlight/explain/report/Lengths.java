package dev.backlight.explain.report;

/// The checks on sizes that figures share, with the sentence each gives.
final class Lengths {

  private Lengths() {}

  static void need(String what, int needed, int got) {
    if (needed != got) {
      throw new IllegalArgumentException("needed %s %s, got %s".formatted(needed, what, got));
    }
  }

  static int atLeastOne(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "needed at least 1 of the %s, got %s".formatted(what, count));
    }
    return count;
  }
}
