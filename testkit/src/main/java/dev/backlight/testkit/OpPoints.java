package dev.backlight.testkit;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary points at which an op is checked, in `F64` and of few elements, because finite
/// differences of order 3 ask for many runs.
///
/// ```java
/// @Property(tries = 20)
/// void softsignPassesTheBattery(@ForAll("softsign") OpPoint point) {
///   point.check();
/// }
///
/// @Provide
/// Arbitrary<OpPoint> softsign() {
///   return OpPoints.elementwise(new Softsign(), -3, 3);
/// }
/// ```
public final class OpPoints {
  private OpPoints() {}

  /// Shapes of at most `elements` elements: scalars, empty axes, axes of size 1.
  public static Arbitrary<Shape> shapes(int elements) {
    return Shapes.any().filter(shape -> shape.elements() <= elements);
  }

  /// Points of a function of one number: tensors of any small shape, with values from `low` to
  /// `high`. Choose the range free of kinks and poles, or [#away] from them.
  public static Arbitrary<OpPoint> elementwise(Op.Elementwise op, double low, double high) {
    return shapes(6)
        .flatMap(shape -> Tensors.between(low, high, shape, DType.F64))
        .map(x -> new OpPoint(op, List.of(x)));
  }

  /// Points of a function of two numbers: pairs of tensors of one small shape, with values from
  /// `low` to `high`.
  public static Arbitrary<OpPoint> pairwise(Op.Pairwise op, double low, double high) {
    return shapes(4)
        .flatMap(shape -> {
          Arbitrary<Tensor> values = Tensors.between(low, high, shape, DType.F64);
          return Combinators.combine(values, values).as((x, y) -> new OpPoint(op, List.of(x, y)));
        });
  }

  /// Points of any op whose inputs have given shapes, with values from `low` to `high`.
  public static Arbitrary<OpPoint> of(Op op, double low, double high, Shape... inputs) {
    Arbitrary<List<Tensor>> all = Arbitraries.just(List.of());
    for (Shape shape : inputs) {
      Arbitrary<Tensor> next = Tensors.between(low, high, shape, DType.F64);
      all =
          Combinators.combine(all, next)
              .as((before, x) -> {
                List<Tensor> longer = new java.util.ArrayList<>(before);
                longer.add(x);
                return List.copyOf(longer);
              });
    }
    return all.map(list -> new OpPoint(op, list));
  }

  /// The points at which no element of an input is nearer than `distance` to one of the places,
  /// such as kinks.
  public static Arbitrary<OpPoint> away(
      Arbitrary<OpPoint> points, double distance, double... places) {
    return points.filter(point -> isAway(point, distance, places));
  }

  private static boolean isAway(OpPoint point, double distance, double... places) {
    for (Tensor x : point.inputs()) {
      for (double value : x.toDoubles()) {
        for (double place : places) {
          if (Math.abs(value - place) < distance) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
