package dev.backlight.explain.report;

/// An axis: numbers from `low` to `high` onto pixels from `from` to `to`; on a logarithmic one
/// equal factors are equal lengths.
record Axis(double low, double high, double from, double to, boolean logarithmic) {
  /// A straight axis.
  Axis(double low, double high, double from, double to) {
    this(low, high, from, to, false);
  }

  /// A logarithmic axis over the positive finite numbers among these, from a power of ten to a
  /// power of ten.
  static Axis powers(double from, double to, double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double value : values) {
      if (value > 0 && Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) {
      return new Axis(1, 10, from, to, true);
    }
    double first = Math.floor(Math.log10(low) + 1e-9);
    double last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
    return new Axis(Math.pow(10, first), Math.pow(10, last), from, to, true);
  }

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

  /// Whether it has a place for a number.
  boolean has(double value) {
    return Double.isFinite(value) && !(logarithmic && value <= 0);
  }

  double at(double value) {
    if (logarithmic) {
      double share = Math.log(value / low) / Math.log(high / low);
      return from + Math.clamp(share, 0, 1) * (to - from);
    }
    // In halves: the distance between two large doubles may overflow.
    double share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return from + Math.clamp(share, 0, 1) * (to - from);
  }

  Ticks ticks(int wanted) {
    return logarithmic ? Ticks.powers(low, high) : Ticks.between(low, high, wanted);
  }
}
