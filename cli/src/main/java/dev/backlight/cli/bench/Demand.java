package dev.backlight.cli.bench;

/// What is asked of a case: to be so many times as fast as a peer.
///
/// @param peer its name, or [#PEAK] or [#LIMIT]
/// @param threads the number of threads at which it is asked; 0 for any
/// @param ratio the peer's time over ours, at least
/// @param micros the time of a [#LIMIT], in microseconds (or megabytes where the case counts those)
record Demand(String peer, int threads, double ratio, double micros) {
  /// The time that the multiplications and additions of a case would take if nothing but fused
  /// multiply-adds ran, one after the other on every core: what the processor could do.
  static final String PEAK = "peak";

  /// A number that was set beforehand.
  static final String LIMIT = "limit";

  static Demand of(String peer, double ratio) {
    return new Demand(peer, 0, ratio, Double.NaN);
  }

  static Demand onOneThread(String peer, double ratio) {
    return new Demand(peer, 1, ratio, Double.NaN);
  }

  static Demand onTwoThreads(String peer, double ratio) {
    return new Demand(peer, 2, ratio, Double.NaN);
  }

  /// At most so many microseconds on one thread.
  static Demand within(double micros) {
    return new Demand(LIMIT, 1, 1, micros);
  }

  boolean isAskedOf(int number) {
    return threads == 0 || threads == number;
  }
}
