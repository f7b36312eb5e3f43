package dev.backlight.autodiff;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Tells right elements from wrong ones by a value: above and below, or inside and outside.
final class Threshold {
  private Threshold() {}

  /// As in `right where it is >= 0.4, wrong where it is <= -1.2`, or `null`.
  static @Nullable String beyond(boolean[] right, double[] value) {
    if (pick(right, value, true).findAny().isEmpty()
        || pick(right, value, false).findAny().isEmpty()) {
      return null;
    }
    double lowRight = pick(right, value, true).min().orElseThrow();
    double highRight = pick(right, value, true).max().orElseThrow();
    double lowWrong = pick(right, value, false).min().orElseThrow();
    double highWrong = pick(right, value, false).max().orElseThrow();
    if (lowRight > highWrong) {
      return "right where it is >= " + n(lowRight) + ", wrong where it is <= " + n(highWrong);
    }
    if (highRight < lowWrong) {
      return "right where it is <= " + n(highRight) + ", wrong where it is >= " + n(lowWrong);
    }
    return null;
  }

  /// As in `wrong where it is between -0.3 and 0.9, right outside`, or `null`.
  static @Nullable String inside(boolean[] right, double[] value) {
    if (pick(right, value, true).findAny().isEmpty()
        || pick(right, value, false).findAny().isEmpty()) {
      return null;
    }
    double lowRight = pick(right, value, true).min().orElseThrow();
    double highRight = pick(right, value, true).max().orElseThrow();
    double lowWrong = pick(right, value, false).min().orElseThrow();
    double highWrong = pick(right, value, false).max().orElseThrow();
    if (pick(right, value, false).noneMatch(v -> v >= lowRight && v <= highRight)) {
      return "right where it is between "
          + n(lowRight)
          + " and "
          + n(highRight)
          + ", wrong outside";
    }
    if (pick(right, value, true).noneMatch(v -> v >= lowWrong && v <= highWrong)) {
      return "wrong where it is between "
          + n(lowWrong)
          + " and "
          + n(highWrong)
          + ", right outside";
    }
    return null;
  }

  /// The same by which of two inputs is the larger, or `null`.
  static @Nullable String sign(boolean[] right, double[] ahead, String one, String other) {
    boolean above =
        IntStream.range(0, right.length).allMatch(k -> ahead[k] != 0 && right[k] == ahead[k] > 0);
    boolean below =
        IntStream.range(0, right.length).allMatch(k -> ahead[k] != 0 && right[k] == ahead[k] < 0);
    boolean both =
        IntStream.range(0, right.length).anyMatch(k -> right[k])
            && IntStream.range(0, right.length).anyMatch(k -> !right[k]);
    if (!both || !(above || below)) {
      return null;
    }
    return "right where "
        + (above ? one : other)
        + " is the larger, wrong where "
        + (above ? other : one)
        + " is";
  }

  private static DoubleStream pick(boolean[] right, double[] value, boolean wanted) {
    return IntStream.range(0, right.length)
        .filter(k -> right[k] == wanted)
        .mapToDouble(k -> value[k]);
  }

  private static String n(double value) {
    return Mistake.number(value);
  }
}
