package dev.backlight.bench;

import dev.backlight.core.Tensor;

/// Compares what is timed with what it should be.
final class Answers {
  private Answers() {}

  /// Stops the benchmark when an answer is off by more than `tolerance`, relative to the larger of
  /// 1 and the wanted value.
  static void require(String what, double got, double want, double tolerance) {
    if (!(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)))) {
      throw new IllegalStateException(what + " needs " + want + ", got " + got);
    }
  }

  /// As [#require(String, double, double, double)], for every element.
  static void require(String what, Tensor got, double[] want, double tolerance) {
    double[] values = got.toDoubles();
    if (values.length != want.length) {
      throw new IllegalStateException(
          what + " needs " + want.length + " elements, got " + values.length);
    }
    for (int i = 0; i < want.length; i++) {
      require(what + " at " + i, values[i], want[i], tolerance);
    }
  }
}
