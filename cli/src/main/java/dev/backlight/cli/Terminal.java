package dev.backlight.cli;

import java.io.PrintStream;

/// Where a command writes: results to `out`, progress to `err`.
///
/// @param interactive whether a person looks at it, so that lines may be rewritten
record Terminal(PrintStream out, PrintStream err, boolean interactive) {
  /// A line of the result.
  void say(String line) {
    out.println(line);
  }

  /// A line for those who wait.
  void note(String line) {
    err.println(line);
  }
}
