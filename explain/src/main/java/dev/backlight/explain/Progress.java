package dev.backlight.explain;

import java.io.PrintStream;

/// Who is told how far a long explanation has come, and may say that it is far enough.
///
/// It is called on the thread that explains, after each batch of runs. What it throws ends the
/// explanation, which is how one is cancelled. A [Budget] is one.
@FunctionalInterface
public interface Progress {
  /// Tells nobody.
  Progress NONE = (_, _) -> {};

  /// A bar, rewritten as it grows, for people at a terminal.
  ///
  /// @param what is being done, as in `judging`
  static Progress bar(String what, PrintStream out) {
    return new ProgressPrinter(what, out, true);
  }

  /// A line at every quarter, for logs.
  ///
  /// @param what is being done, as in `judging`
  static Progress lines(String what, PrintStream out) {
    return new ProgressPrinter(what, out, false);
  }

  /// So many runs of the model are done, of at most so many.
  void at(long done, long most);

  /// Whether a method that can do with fewer runs shall stop here, and say so in its result; asked
  /// after [#at]. Others go on.
  default boolean enough() {
    return false;
  }
}
