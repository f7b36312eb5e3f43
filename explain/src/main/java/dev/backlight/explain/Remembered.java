package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A model that remembers what it answered, for methods that ask about the same points for one
/// target after the other. It knows a point by its values, and remembers a bounded number of
/// elements. For one thread.
final class Remembered implements Function<Tensor, Tensor> {
  private static final int ELEMENTS = 1 << 24;

  private record Answer(Tensor x, Tensor y) {}

  private final Function<Tensor, Tensor> model;
  private final List<Answer> answers = new ArrayList<>();
  private int elements;
  private int next;

  Remembered(Function<Tensor, Tensor> model) {
    this.model = model;
  }

  /// From here on the same questions are expected again, in the same order.
  void again() {
    next = 0;
  }

  @Override
  public Tensor apply(Tensor x) {
    if (x.recording() != null) {
      return model.apply(x);
    }
    for (int k = 0; k < answers.size(); k++) {
      // The next one most likely.
      Answer known = answers.get((next + k) % answers.size());
      if (known.x.spec().equals(x.spec()) && known.x.sameAs(x)) {
        next = (next + k + 1) % answers.size();
        return known.y;
      }
      if (k > 2) {
        break;
      }
    }
    Tensor y = model.apply(x);
    if (elements + x.elements() + y.elements() <= ELEMENTS) {
      elements += x.elements() + y.elements();
      answers.add(Math.min(next, answers.size()), new Answer(x, y));
      next++;
    }
    return y;
  }
}
