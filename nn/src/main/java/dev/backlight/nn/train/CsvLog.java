package dev.backlight.nn.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a line of a CSV file after every epoch: its number, loss and metric in training, loss and
/// metric held out.
///
/// The header is `epoch,loss,accuracy,held_loss,held_accuracy`, by the name of the metric. Numbers
/// have all their digits; what there is not is an empty cell. Training that goes on from a
/// checkpoint writes the epochs before it again. For one training at a time.
public final class CsvLog implements Listener {
  private final Path file;
  private @Nullable Writer out;

  private CsvLog(Path file) {
    this.file = file;
  }

  /// A log in this file, which is written anew by each training.
  public static CsvLog to(Path file) {
    return new CsvLog(file);
  }

  @Override
  public void begin(Plan plan) {
    String metric = plan.metric() == null ? "metric" : plan.metric().name();
    try {
      out = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw failure(e);
    }
    line("epoch,loss,%s,held_loss,%s".formatted(cell(metric), cell("held_" + metric)));
  }

  private static String cell(String name) {
    return name.matches("[^,\"\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void resumed(List<Epoch> history) {
    history.forEach(this::epoch);
  }

  @Override
  public void epoch(Epoch epoch) {
    line(epoch.number() + "," + numbers(epoch.train()) + "," + numbers(epoch.held()));
  }

  private static String numbers(@Nullable Score score) {
    return score == null ? "," : number(score.loss()) + "," + number(score.metric());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }

  @Override
  public void end(@Nullable Epoch kept) {
    Writer open = out;
    out = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void line(String text) {
    Writer open = out;
    if (open == null) {
      throw new IllegalStateException("a log needs to begin before it is told of an epoch");
    }
    try {
      open.write(text + "\n");
      open.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException("the log " + file + " could not be written: " + e, e);
  }
}
