package dev.backlight.explain.report;

/// A straight axis: numbers from `low` to `high` onto pixels from `from` to `to`.
record Axis(double low, double high, double from, double to) {

  /// The axis over the finite numbers among these; one number, or none, gets room around it.
  static Axis over(double from, double to, double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) {
      return new Axis(0, 1, from, to);
    }
    if (low == high) {
      double room = low == 0 ? 1 : Math.abs(low) / 2;
      return new Axis(low - room, high + room, from, to);
    }
    return new Axis(low, high, from, to);
  }

  /// The same axis with a share of its length added at both ends.
  Axis padded(double share) {
    double room = (high / 2 - low / 2) * 2 * share;
    return Double.isFinite(low - room) && Double.isFinite(high + room)
        ? new Axis(low - room, high + room, from, to)
        : this;
  }

  /// The same axis made longer, so that it begins and ends at a tick.
  Axis rounded(int wanted) {
    double step = Ticks.step(high / wanted - low / wanted);
    double first = Math.floor(low / step + 1e-9) * step;
    double last = Math.ceil(high / step - 1e-9) * step;
    return first < last && Double.isFinite(last - first) ? new Axis(first, last, from, to) : this;
  }

  double at(double value) {
    // In halves: the distance between two large doubles may overflow.
    double share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return from + Math.clamp(share, 0, 1) * (to - from);
  }

  Ticks ticks(int wanted) {
    return Ticks.between(low, high, wanted);
  }
}
