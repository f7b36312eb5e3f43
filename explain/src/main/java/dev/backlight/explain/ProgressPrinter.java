package dev.backlight.explain;

import java.io.PrintStream;

/// Progress as people read it: a bar that is rewritten, or a line at every quarter.
final class ProgressPrinter implements Progress {
  private static final int WIDTH = 20;
  private static final int QUARTERS = 4;

  private final String what;
  private final PrintStream out;
  private final boolean bar;
  private int shown;

  ProgressPrinter(String what, PrintStream out, boolean bar) {
    this.what = what;
    this.out = out;
    this.bar = bar;
  }

  @Override
  public synchronized void at(long done, long most) {
    int part = (int) ((bar ? WIDTH : QUARTERS) * done / Math.max(1, most));
    if (part < shown) {
      // A new round has begun.
      shown = 0;
    }
    if (part == shown) {
      return;
    }
    shown = part;
    String text = what + ", " + done + " of " + most;
    if (!bar) {
      out.println(text);
      return;
    }
    out.print("\r[" + "#".repeat(part) + "-".repeat(WIDTH - part) + "] " + text);
    if (done == most) {
      out.println();
    }
    out.flush();
  }
}
