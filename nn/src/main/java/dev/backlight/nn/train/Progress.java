package dev.backlight.nn.train;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A listener that tells people how training goes: epoch, loss, metric and the time it will still
/// take.
///
///     epoch  3/20  loss 0.1234  accuracy 97.2 %  ETA 4 s
///
/// On a terminal one short line with a bar is rewritten; elsewhere plain lines are printed, of long
/// trainings about fifty of them.
public final class Progress implements Listener {
  private static final int WIDTH = 10;
  private static final int COLUMNS = 79;
  private static final int LINES = 50;
  private static final long REDRAW = 100_000_000;

  private final @Nullable PrintStream out;
  private final boolean bar;
  private final LongSupplier clock;
  private Plan plan = new Plan(0, 0, null);
  private long began;
  private long drawn;
  private int shown;
  private String last = "";
  private @Nullable Epoch latest;

  Progress(@Nullable PrintStream out, boolean bar, LongSupplier clock) {
    this.out = out;
    this.bar = bar;
    this.clock = clock;
  }

  /// A bar on the standard error output if the program runs on a terminal, otherwise lines there.
  @SuppressWarnings("SystemConsoleNull")
  public static Progress auto() {
    // Without a terminal it is null again from Java 25 on (it was not in 22 to 24).
    Console console = System.console();
    return console != null && console.isTerminal() ? bar(System.err) : lines(System.err);
  }

  /// One line with a bar, rewritten at most ten times a second.
  public static Progress bar(PrintStream out) {
    return new Progress(out, true, System::nanoTime);
  }

  /// Plain lines.
  public static Progress lines(PrintStream out) {
    return new Progress(out, false, System::nanoTime);
  }

  /// Nothing.
  public static Progress silent() {
    return new Progress(null, false, System::nanoTime);
  }

  @Override
  public void begin(Plan plan) {
    this.plan = plan;
    began = clock.getAsLong();
    drawn = began - REDRAW;
    last = "";
    latest = null;
    shown = 0;
  }

  @Override
  public void batch(int epoch, int batch) {
    if (bar && out != null && clock.getAsLong() - drawn >= REDRAW) {
      draw(out, epoch - 1 + (double) batch / plan.batches(), epoch);
    }
  }

  @Override
  public void epoch(Epoch epoch) {
    latest = epoch;
    if (out == null) {
      return;
    }
    if (bar) {
      if (clock.getAsLong() - drawn >= REDRAW) {
        draw(out, epoch.number(), epoch.number());
      }
      return;
    }
    int every = (plan.epochs() + LINES - 1) / LINES;
    if (epoch.number() == 1 || epoch.number() % every == 0 || epoch.number() == plan.epochs()) {
      out.println(text(epoch.number(), epoch.number(), false));
      shown = epoch.number();
    }
  }

  @Override
  public void end(@Nullable Epoch kept) {
    Epoch end = latest;
    if (out == null || end == null) {
      return;
    }
    if (bar) {
      draw(out, end.number(), end.number());
      out.println();
    } else if (shown != end.number()) {
      out.println(text(end.number(), end.number(), false));
    }
    if (kept != null && kept.number() != end.number()) {
      out.println("kept epoch " + kept.number() + ", which was the best");
    }
  }

  private void draw(PrintStream to, double done, int epoch) {
    drawn = clock.getAsLong();
    int full = (int) Math.round(WIDTH * done / plan.epochs());
    String line =
        "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + text(done, epoch, true);
    // A line that wraps cannot be rewritten.
    line = line.substring(0, Math.min(line.length(), COLUMNS));
    to.print("\r" + line + " ".repeat(Math.max(0, last.length() - line.length())));
    to.flush();
    last = line;
  }

  private String text(double done, int epoch, boolean brief) {
    int digits = String.valueOf(plan.epochs()).length();
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "epoch %" + digits + "d/%d", epoch, plan.epochs()));
    Epoch measured = latest;
    if (measured != null) {
      Score held = measured.held();
      if (held == null || !brief) {
        line.append("  ").append(score(measured.train()));
      }
      if (held != null) {
        line.append("  held out: ").append(score(held));
      }
    }
    double seconds = (clock.getAsLong() - began) * 1e-9;
    line.append("  ETA ").append(duration(seconds * (plan.epochs() - done) / done));
    return line.toString();
  }

  private String score(Score score) {
    String loss = String.format(Locale.ROOT, "loss %.4g", score.loss());
    Metric metric = plan.metric();
    if (metric == null) {
      return loss;
    }
    String format = metric.percent() ? "  %s %.1f %%" : "  %s %.4g";
    double value = metric.percent() ? 100 * score.metric() : score.metric();
    return loss + String.format(Locale.ROOT, format, metric.name(), value);
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 120 ? s + " s" : s < 7200 ? (s + 30) / 60 + " min" : (s + 1800) / 3600 + " h";
  }
}
