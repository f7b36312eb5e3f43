package dev.backlight.cli;

import dev.backlight.nn.train.Progress;
import java.io.PrintStream;

/// Where a command writes: results to `out`, progress to `err`.
///
/// @param interactive whether a person looks at it, so that lines may be rewritten
public record Terminal(PrintStream out, PrintStream err, boolean interactive) {
  /// How training shows itself here.
  public Progress progress() {
    return interactive ? Progress.bar(err) : Progress.lines(err);
  }

  /// How an explanation or a benchmark shows itself here.
  public dev.backlight.explain.Progress progress(String what) {
    return interactive
        ? dev.backlight.explain.Progress.bar(what, err)
        : dev.backlight.explain.Progress.lines(what, err);
  }

  /// A line of the result.
  public void say(String line) {
    out.println(line);
  }

  /// A line for those who wait.
  public void note(String line) {
    err.println(line);
  }
}
