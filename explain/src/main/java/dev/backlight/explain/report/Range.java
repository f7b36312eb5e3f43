package dev.backlight.explain.report;

import java.util.stream.DoubleStream;

/// The lowest and the highest finite number of some data; `NaN` for both when there is none.
record Range(double low, double high) {

  static Range of(DoubleStream values) {
    var finite = values.filter(Double::isFinite).summaryStatistics();
    return finite.getCount() == 0
        ? new Range(Double.NaN, Double.NaN)
        : new Range(finite.getMin() + 0.0, finite.getMax() + 0.0);
  }

  boolean isEmpty() {
    return Double.isNaN(low);
  }

  /// The largest magnitude, zero for no data.
  double reach() {
    return isEmpty() ? 0 : Math.max(Math.abs(low), Math.abs(high));
  }
}
