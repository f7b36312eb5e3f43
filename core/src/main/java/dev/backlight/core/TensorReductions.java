package dev.backlight.core;

import dev.backlight.core.op.Sum;
import java.util.List;
import java.util.stream.IntStream;

/// Operations that gather many elements into one: sums, means, maxima, softmax.
///
/// Axes may be negative and then count from the end. No axes mean all of them.
public sealed interface TensorReductions permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  private List<Integer> all(int... axes) {
    Shape shape = self().shape();
    shape.keeping(axes);
    return (axes.length == 0
            ? IntStream.range(0, shape.rank())
            : IntStream.of(axes).map(shape::axis).sorted())
        .boxed()
        .toList();
  }

  // ---- sums ----

  /// The sum over the given axes, which are dropped, or over all. The sum of nothing is 0.
  default Tensor sum(int... axes) {
    return sum(all(axes), false);
  }

  /// The sum over the given axes, which keep size 1, or over all.
  default Tensor sumKeep(int... axes) {
    return sum(all(axes), true);
  }

  private Tensor sum(List<Integer> axes, boolean keep) {
    return axes.isEmpty() ? self() : Tensor.apply(new Sum(axes, keep), self());
  }

  /// The sum over whatever [TensorShaping#expand] to this shape repeats: its transpose.
  default Tensor sumTo(Shape narrow) {
    Shape wide = self().shape();
    if (!narrow.expandsTo(wide)) {
      throw new ShapeException(
          "sumTo needs a shape that expands to " + wide + ", got " + narrow);
    }
    int more = wide.rank() - narrow.rank();
    List<Integer> repeated =
        IntStream.range(0, wide.rank())
            .filter(a -> a < more || (narrow.size(a - more) == 1 && wide.size(a) != 1))
            .boxed()
            .toList();
    return sum(repeated, false).reshape(narrow);
  }
}
