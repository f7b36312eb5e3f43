package dev.backlight.testkit;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/// Arbitrary tensors. They shrink to smaller shapes and to simple numbers.
public final class Tensors {
  private Tensors() {}

  /// Tensors of finite values from `low` to `high`, of any shape that `shapes` gives.
  public static Arbitrary<Tensor> between(
      double low, double high, Arbitrary<Shape> shapes, DType dtype) {
    return shapes.flatMap(shape -> between(low, high, shape, dtype));
  }

  /// Tensors of one shape, of finite values from `low` to `high`; whole numbers for integer dtypes.
  public static Arbitrary<Tensor> between(double low, double high, Shape shape, DType dtype) {
    return filled(
        shape,
        dtype,
        switch (dtype) {
          case F32, F64 -> Arbitraries.doubles().between(low, high).ofScale(4);
          case I32, I64 ->
              Arbitraries.integers().between((int) low, (int) high).map(Integer::doubleValue);
          case BOOL -> Arbitraries.of(0.0, 1.0);
        });
  }

  /// Tensors in which every value may be special: ±0, the smallest and the largest numbers, ±∞ and
  /// NaN among ordinary ones.
  public static Arbitrary<Tensor> special(Arbitrary<Shape> shapes, DType dtype) {
    double tiny = dtype == DType.F32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    double huge = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    Arbitrary<Double> values =
        Arbitraries.oneOf(
            Arbitraries.doubles().between(-10, 10).ofScale(4),
            Arbitraries.of(
                List.of(
                    0.0,
                    -0.0,
                    1.0,
                    -1.0,
                    tiny,
                    -tiny,
                    huge,
                    -huge,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    Double.NaN)));
    return shapes.flatMap(shape -> filled(shape, dtype, values));
  }

  /// Pairs of tensors that broadcast together.
  public static Arbitrary<Pair> broadcastable(double low, double high, DType dtype) {
    return Shapes.broadcastable()
        .flatMap(shapes ->
            between(low, high, shapes.left(), dtype)
                .flatMap(left ->
                    between(low, high, shapes.right(), dtype).map(right -> new Pair(left, right))));
  }

  /// Two tensors that broadcast together.
  ///
  /// @param left the first operand
  /// @param right the second operand
  public record Pair(Tensor left, Tensor right) {}

  private static Arbitrary<Tensor> filled(Shape shape, DType dtype, Arbitrary<Double> values) {
    Function<List<Double>, Tensor> fill =
        list -> {
          Block block = Block.allocate(Spec.of(shape, dtype));
          for (int i = 0; i < block.size(); i++) {
            block.set(i, list.get(i));
          }
          return Tensor.over(block);
        };
    return values.list().ofSize(shape.elements()).map(fill);
  }
}
