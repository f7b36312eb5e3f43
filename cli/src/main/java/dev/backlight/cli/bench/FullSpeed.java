package dev.backlight.cli.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A program that trains the perceptron for some seconds and says when, since its process began,
/// steps were as fast as in the end.
public final class FullSpeed {
  /// The property with the time of the process's start. What the system says of it is a second off.
  static final String STARTED = "dev.backlight.started";

  private static final long SPAN_NANOS = 8_000_000_000L;
  private static final long WINDOW_NANOS = 50_000_000L;

  /// As fast as in the end means at most so many times the time.
  private static final double SLACK = 1.2;

  private FullSpeed() {}

  /// Writes a JSON line.
  public static void main(String[] args) {
    Instant now = Instant.now();
    long origin = System.nanoTime();
    Instant start = Instant.ofEpochMilli(Long.getLong(STARTED, now.toEpochMilli()));
    Runnable step = ModelCases.step(Models.MLP);
    List<double[]> windows = new ArrayList<>();
    long begin = System.nanoTime();
    while (begin - origin < SPAN_NANOS) {
      List<Long> times = new ArrayList<>();
      long last = begin;
      do {
        step.run();
        long here = System.nanoTime();
        times.add(here - last);
        last = here;
      } while (last - begin < WINDOW_NANOS);
      windows.add(new double[] {begin - origin, median(times.stream().mapToDouble(t -> t))});
      begin = last;
    }
    List<double[]> end = windows.subList(windows.size() * 3 / 4, windows.size());
    double steady = median(end.stream().mapToDouble(w -> w[1]));
    // A noisy machine has slow moments: what counts is the first of four fast windows in a row.
    int first = 0;
    while (first + 4 < windows.size()
        && windows.subList(first, first + 4).stream().anyMatch(w -> w[1] > SLACK * steady)) {
      first++;
    }
    double micros = Duration.between(start, now).toNanos() / 1e3 + windows.get(first)[0] / 1e3;
    System.out.printf(
        Locale.ROOT,
        "{\"case\": \"full_speed\", \"us\": %.0f, \"step_us\": %.1f}%n",
        micros,
        steady / 1e3);
    System.out.flush();
    System.exit(0);
  }

  private static double median(java.util.stream.DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
