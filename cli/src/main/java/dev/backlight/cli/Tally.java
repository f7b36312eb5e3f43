package dev.backlight.cli;

import java.util.Locale;

/// How many cases passed, failed and are unsupported; names those that did not pass as they come.
final class Tally {
  private final Action action;
  private final boolean unsupported;
  private int passed;
  private int failed;
  private int refused;
  private double largest = -1;
  private String where = "";

  /// How a case ended.
  enum End {
    PASSED,
    FAILED,
    UNSUPPORTED
  }

  /// @param unsupported whether unsupported cases are named
  Tally(Action action, boolean unsupported) {
    this.action = action;
    this.unsupported = unsupported;
  }

  /// Counts a case.
  ///
  /// @param reason why it did not pass
  /// @param error the largest difference of a number of one that passed
  void add(String name, End end, String reason, double error) {
    switch (end) {
      case PASSED -> {
        passed++;
        if (error > largest) {
          largest = error;
          where = name;
        }
      }
      case FAILED -> failed++;
      case UNSUPPORTED -> refused++;
    }
    if (end == End.FAILED || end == End.UNSUPPORTED && unsupported) {
      action.terminal.say(
          "%-13s%s: %s".formatted(end.name().toLowerCase(Locale.ROOT), name, oneLine(reason)));
    }
  }

  private static String oneLine(String reason) {
    String flat = reason.strip().replaceAll("\\s+", " ");
    return flat.length() <= 300 ? flat : flat.substring(0, 300) + " ...";
  }

  /// Says the numbers.
  void say() {
    action.line("passed", "" + passed);
    action.line("failed", "" + failed);
    action.line("unsupported", "" + refused);
    if (passed > 0) {
      action.line("largest", Words.magnitude(largest) + " of error, in " + where);
    }
  }

  /// How the process ends: with 1 if a case failed.
  int code() {
    return failed > 0 ? Main.BUG : Main.OK;
  }
}
