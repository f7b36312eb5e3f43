package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import java.util.Arrays;

/// Samples of the examples, drawn with replacement, from which intervals are read: the same ones
/// for all that is compared.
final class Bootstrap {
  private static final int SAMPLES = 1000;
  private static final double LEVEL = 0.95;

  private final int[][] samples;

  private Bootstrap(int[][] samples) {
    this.samples = samples;
  }

  static Bootstrap of(int examples, Key key) {
    int[] all = key.integers(Shape.of(SAMPLES * examples), 0, Math.max(1, examples)).toInts();
    int[][] samples = new int[SAMPLES][];
    Arrays.setAll(samples, s -> Arrays.copyOfRange(all, s * examples, (s + 1) * examples));
    return new Bootstrap(samples);
  }

  /// The mean of the numbers there are, with the middle of the means of the samples.
  Interval interval(double... values) {
    if (values.length == 0) {
      return new Interval(Double.NaN, Double.NaN, Double.NaN, 0, 0);
    }
    int defined = (int) Arrays.stream(values).filter(v -> !Double.isNaN(v)).count();
    double[] means =
        Arrays.stream(samples)
            .mapToDouble(sample -> mean(values, sample))
            .filter(m -> !Double.isNaN(m))
            .sorted()
            .toArray();
    double mean = Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
    return new Interval(
        mean, at(means, (1 - LEVEL) / 2), at(means, (1 + LEVEL) / 2), defined, values.length);
  }

  private static double mean(double[] values, int[] sample) {
    double sum = 0;
    int count = 0;
    for (int i : sample) {
      if (!Double.isNaN(values[i])) {
        sum += values[i];
        count++;
      }
    }
    return sum / count;
  }

  private static double at(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
