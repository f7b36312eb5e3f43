package dev.backlight.core.op;

import dev.backlight.core.ShapeException;
import java.util.ArrayList;
import java.util.List;

/// Which indices of one axis a slice picks: `from`, `from + step`, …, `count` of them.
///
/// A step that is never taken is 1, so that equal picks are equal spans.
public record Span(int from, int count, int step) {
  public Span {
    if (from < 0 || count < 0 || step < 1) {
      throw new ShapeException(
          "a span needs from >= 0, count >= 0 and step >= 1, got "
              + from
              + ", "
              + count
              + " and "
              + step);
    }
    step = count <= 1 ? 1 : step;
  }

  /// All indices of an axis of this size.
  public static Span all(int size) {
    return new Span(0, size, 1);
  }

  /// Spans behind one for all of a new first axis.
  static List<Span> behind(int size, List<Span> spans) {
    List<Span> all = new ArrayList<>(List.of(all(size)));
    all.addAll(spans);
    return all;
  }

  /// The least size of an axis that has these indices.
  int needs() {
    return count == 0 ? from : from + (count - 1) * step + 1;
  }
}
