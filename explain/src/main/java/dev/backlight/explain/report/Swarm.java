package dev.backlight.explain.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Where the dots of one beeswarm row go: every dot keeps its x and moves up or down.
///
/// There is no random number in it. From left to right, each dot takes the free place nearest to
/// the middle line. A row too full for that is stacked instead: dots of about one x stand above
/// each other, closer than they are tall, so that the outline still shows where most of them are.
final class Swarm {

  private Swarm() {}

  /// The dots' distances from the middle line.
  ///
  /// @param xs pixels along the row; `NaN` for a dot that is not drawn
  /// @param room how far a dot's middle may move up or down
  static double[] of(double[] xs, double diameter, double room) {
    int[] order =
        IntStream.range(0, xs.length)
            .boxed()
            .filter(i -> !Double.isNaN(xs[i]))
            .sorted(Comparator.comparingDouble(i -> xs[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] offsets = new double[xs.length];
    return spread(xs, order, offsets, diameter, room)
        ? offsets
        : stacked(xs, order, diameter, room);
  }

  /// Puts every dot where it touches no other, or answers that too many have no such place.
  private static boolean spread(
      double[] xs, int[] order, double[] offsets, double diameter, double room) {
    double[] places = places(diameter / 4, room);
    int crowded = 0;
    for (int k = 0; k < order.length; k++) {
      int at = k;
      var free =
          Arrays.stream(places)
              .filter(place -> isFree(xs, offsets, order, at, place, diameter))
              .findFirst();
      crowded += free.isPresent() ? 0 : 1;
      offsets[order[k]] = free.orElse(places[k % places.length]);
    }
    return crowded <= 0.05 * order.length;
  }

  /// 0, up, down, further up, …
  private static double[] places(double step, double room) {
    int each = (int) Math.floor(room / step);
    return IntStream.rangeClosed(0, 2 * each).mapToDouble(i -> side(i) * step).toArray();
  }

  /// The i-th place counted from the middle: 0, −1, 1, −2, 2, ….
  private static int side(int i) {
    return i % 2 == 0 ? i / 2 : -(i + 1) / 2;
  }

  private static boolean isFree(
      double[] xs, double[] offsets, int[] order, int k, double place, double diameter) {
    double x = xs[order[k]];
    for (int j = k - 1; j >= 0 && x - xs[order[j]] < diameter; j--) {
      double dy = place - offsets[order[j]];
      double dx = x - xs[order[j]];
      // A hair's breadth of overlap cannot be seen.
      if (dx * dx + dy * dy < 0.85 * diameter * diameter) {
        return false;
      }
    }
    return true;
  }

  private static double[] stacked(double[] xs, int[] order, double diameter, double room) {
    double[] offsets = new double[xs.length];
    int highest = 1;
    int level = 0;
    double start = Double.NEGATIVE_INFINITY;
    for (int i : order) {
      if (xs[i] - start >= diameter / 2) {
        start = xs[i];
        level = 0;
      }
      offsets[i] = side(level++);
      highest = Math.max(highest, level / 2);
    }
    double step = Math.min(diameter, room / highest);
    return Arrays.stream(offsets).map(offset -> offset * step).toArray();
  }
}
