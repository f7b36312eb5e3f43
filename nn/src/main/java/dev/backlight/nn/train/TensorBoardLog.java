package dev.backlight.nn.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes an event file that TensorBoard shows: after every epoch `train/loss`, `held/loss` and the
/// same of the metric, as in `train/accuracy`.
///
/// The folder gets a new file for each training; TensorBoard joins those of a folder, so training
/// that goes on from a checkpoint continues its curves. For one training at a time.
///
/// ```text
/// tensorboard --logdir runs
/// ```
public final class TensorBoardLog implements Listener {
  private final Path folder;
  private final InstantSource clock;
  private String metric = "metric";
  private @Nullable OutputStream out;

  TensorBoardLog(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /// A log in this folder, which is made if it is not there.
  public static TensorBoardLog to(Path folder) {
    return new TensorBoardLog(folder, InstantSource.system());
  }

  @Override
  public void begin(Plan plan) {
    metric = plan.metric() == null ? "metric" : plan.metric().name();
    try {
      Files.createDirectories(folder);
      out = Files.newOutputStream(unused(), StandardOpenOption.CREATE_NEW);
      write(EventRecords.version(now()));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Path unused() {
    long second = clock.instant().getEpochSecond();
    for (int number = 0; ; number++) {
      Path file =
          folder.resolve(
              String.format(Locale.ROOT, "events.out.tfevents.%010d.backlight.%d", second, number));
      if (Files.notExists(file)) {
        return file;
      }
    }
  }

  @Override
  public void epoch(Epoch epoch) {
    score(epoch.number(), "train/", epoch.train());
    if (epoch.held() != null) {
      score(epoch.number(), "held/", epoch.held());
    }
  }

  private void score(int epoch, String part, Score score) {
    try {
      write(EventRecords.scalar(now(), epoch, part + "loss", score.loss()));
      if (!Double.isNaN(score.metric())) {
        write(EventRecords.scalar(now(), epoch, part + metric, score.metric()));
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void end(@Nullable Epoch kept) {
    OutputStream open = out;
    out = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void write(byte[] record) throws IOException {
    OutputStream open = out;
    if (open == null) {
      throw new IllegalStateException("a log needs to begin before it is told of an epoch");
    }
    open.write(record);
  }

  private double now() {
    Instant instant = clock.instant();
    return instant.getEpochSecond() + instant.getNano() * 1e-9;
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException("the events in " + folder + " could not be written: " + e, e);
  }
}
