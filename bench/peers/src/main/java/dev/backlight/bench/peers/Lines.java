package dev.backlight.bench.peers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Cases by name, timed as `backlight bench` times its own, and written as JSON lines.
final class Lines {
  private static final long SHORT_NANOS = 50_000;
  private static final int MOST = 2_000;

  private final Map<String, Supplier<Runnable>> cases = new LinkedHashMap<>();

  /// A case: what makes the thing that is run again and again.
  void add(String name, Supplier<Runnable> ready) {
    cases.put(name, ready);
  }

  /// Times the cases that are named.
  ///
  /// @param args the number of threads, `quick` or `full`, and names
  void write(String[] args) {
    boolean quick = args[1].equals("quick");
    long warmUp = quick ? 1_000_000_000L : 2_500_000_000L;
    long span = quick ? 400_000_000L : 600_000_000L;
    List<String> wanted = List.of(args).subList(2, args.length);
    cases.forEach(
        (name, ready) -> {
          if (wanted.contains(name)) {
            System.out.printf(
                Locale.ROOT,
                "{\"case\": \"%s\", \"us\": %.3f}%n",
                name,
                micros(ready.get(), warmUp, span));
            System.out.flush();
          }
        });
    System.exit(0);
  }

  private static double micros(Runnable what, long warmUp, long span) {
    long begin = System.nanoTime();
    long last = 0;
    for (int i = 0; i < 3 || System.nanoTime() - begin < warmUp; i++) {
      long start = System.nanoTime();
      what.run();
      last = System.nanoTime() - start;
    }
    int inner = Math.clamp(SHORT_NANOS / Math.max(1, last), 1, 10_000);
    double[] times = new double[MOST];
    int n = 0;
    begin = System.nanoTime();
    while (n < 3 || n < MOST && System.nanoTime() - begin < span) {
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
