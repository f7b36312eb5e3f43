package dev.backlight.cli.bench;

import java.util.Arrays;

/// Times something that repeats: the median of many short runs, after so long a warm-up that the
/// compiler is done.
final class Clock {
  private static final long SHORT_NANOS = 50_000;
  private static final int MOST = 2_000;

  private final long warmUpNanos;
  private final long nanos;

  private Clock(long warmUpNanos, long nanos) {
    this.warmUpNanos = warmUpNanos;
    this.nanos = nanos;
  }

  static Clock of(boolean quick) {
    return quick
        ? new Clock(2_500_000_000L, 400_000_000L)
        : new Clock(4_000_000_000L, 600_000_000L);
  }

  /// For many cases one after the other, on loops that are warm after the first.
  static Clock brisk() {
    return new Clock(1_200_000_000L, 200_000_000L);
  }

  /// The median time of one run in microseconds.
  double micros(Runnable what) {
    long begin = System.nanoTime();
    long last = 0;
    int warm = 0;
    while (warm < 3 || System.nanoTime() - begin < warmUpNanos) {
      long start = System.nanoTime();
      what.run();
      last = System.nanoTime() - start;
      warm++;
    }
    int inner = Math.clamp(SHORT_NANOS / Math.max(1, last), 1, 10_000);
    double[] times = new double[MOST];
    int n = 0;
    begin = System.nanoTime();
    while (n < 3 || n < MOST && System.nanoTime() - begin < nanos) {
      long start = System.nanoTime();
      for (int i = 0; i < inner; i++) {
        what.run();
      }
      times[n++] = (System.nanoTime() - start) / 1e3 / inner;
    }
    Arrays.sort(times, 0, n);
    return times[n / 2];
  }
}
