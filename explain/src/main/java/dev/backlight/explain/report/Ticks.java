package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.List;

/// Round numbers to mark on an axis: multiples of 1, 2 or 5 times a power of ten, or those powers.
record Ticks(List<Double> at, List<String> labels) {

  /// About `wanted` round numbers from `low` to `high`, both included.
  static Ticks between(double low, double high, int wanted) {
    double step = step(high / wanted - low / wanted);
    if (!(step > 0) || !Double.isFinite(step)) {
      return new Ticks(List.of(low), List.of(Numbers.plain(low)));
    }
    List<Double> at = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    double slack = step * 1e-9;
    double first = Math.ceil((low - slack) / step);
    for (int i = 0; i < 100 && (first + i) * step <= high + slack; i++) {
      double value = (first + i) * step;
      at.add(value);
      labels.add(label(value, step));
    }
    return new Ticks(List.copyOf(at), List.copyOf(labels));
  }

  /// The powers of ten from `low` to `high`.
  static Ticks powers(double low, double high) {
    List<Double> at = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    long last = Math.round(Math.log10(high));
    for (long power = Math.round(Math.log10(low)); power <= last; power++) {
      double value = Math.pow(10, (double) power);
      at.add(value);
      labels.add(
          power < 0 && power > -6 ? Numbers.fixed(value, (int) -power) : Numbers.plain(value));
    }
    return new Ticks(List.copyOf(at), List.copyOf(labels));
  }

  /// The round number nearest to a rough step.
  static double step(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  }

  /// All labels of one axis have the same decimals: those that its step needs.
  private static String label(double value, double step) {
    if (step < 1e-5 || Math.abs(value) >= 1e7) {
      return Math.abs(value) < step / 2 ? "0" : Numbers.plain(value);
    }
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return Numbers.fixed(value, decimals);
  }
}
