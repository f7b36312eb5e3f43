package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tensors that do not depend on the values of inputs: constants, shapes, ranges, identities.
final class Constants {
  private Constants() {}

  static void addTo(Operators all) {
    all.add("Constant", Constants::constant);
    all.add("ConstantOfShape", Constants::filled);
    all.one("Shape", Constants::shape);
    all.add(
        "Size", node -> List.of(Value.of(Tensor.of(Shape.SCALAR, (long) node.x(0).elements()))));
    all.one("Range", Constants::range);
    all.add("EyeLike", Constants::eye);
  }

  private static List<Value> constant(NodeCall node) {
    @Nullable Value value = node.tensor("value");
    if (value != null) {
      return List.of(value);
    }
    if (node.given("value_float")) {
      return List.of(Value.of(Tensor.scalar((float) node.real("value_float", 0))));
    }
    float[] floats = node.reals("value_floats");
    if (floats != null) {
      return List.of(Value.of(Tensor.of(floats)));
    }
    if (node.given("value_int")) {
      return List.of(Value.of(Tensor.of(Shape.SCALAR, node.integer("value_int"))));
    }
    long[] ints = node.integers("value_ints");
    if (ints != null) {
      return List.of(Value.of(Tensor.of(Shape.of(ints.length), ints)));
    }
    throw new Refusal("needs a constant of numbers or truth values, got none");
  }

  private static List<Value> filled(NodeCall node) {
    Shape shape = Library.room(NodeCall.shape(node.numbers(0)));
    Value value = node.tensor("value");
    if (value == null) {
      return List.of(Value.of(Tensor.zeros(shape, DType.F32)));
    }
    if (value.tensor().elements() != 1) {
      throw new Refusal("needs a value of one element, got " + value.tensor().shape());
    }
    return List.of(new Value(value.tensor().reshape(Shape.SCALAR).expand(shape), value.type()));
  }

  private static Tensor shape(NodeCall node) {
    Tensor x = node.x(0);
    int rank = x.rank();
    long start = node.integer("start", 0);
    long end = node.integer("end", rank);
    int from = Math.clamp(start < 0 ? start + rank : start, 0, rank);
    int to = Math.clamp(end < 0 ? end + rank : end, from, rank);
    long[] sizes = new long[to - from];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = x.size(from + i);
    }
    return Tensor.of(Shape.of(sizes.length), sizes);
  }

  private static Tensor range(NodeCall node) {
    Tensor start = node.constant(0);
    if (start.dtype().isFloat()) {
      double from = node.number(0);
      double step = node.number(2);
      double count = Math.max(0, Math.ceil((node.number(1) - from) / step));
      Shape shape = room(count);
      Tensor steps = Tensor.arange(shape.elements(), start.dtype());
      return steps.mul(step).add(from);
    }
    long from = node.whole(0);
    long to = node.whole(1);
    long step = node.whole(2);
    if (step == 0) {
      throw new Refusal("needs a step other than 0, got 0");
    }
    double count = Math.max(0, Math.ceil(((double) to - from) / step));
    long[] numbers = new long[room(count).elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = from + i * step;
    }
    return Tensor.of(Shape.of(numbers.length), numbers).to(start.dtype());
  }

  private static Shape room(double count) {
    if (!(count <= Library.MOST_ELEMENTS)) {
      throw new Refusal(
          "needs a range of at most " + Library.MOST_ELEMENTS + " elements, got " + count);
    }
    return Shape.of((int) count);
  }

  private static List<Value> eye(NodeCall node) {
    Tensor x = node.x(0);
    if (x.rank() != 2) {
      throw new Refusal("needs a matrix, got " + x.shape());
    }
    ElementType type = node.elementType("dtype", node.type(0));
    long k = node.integer("k", 0);
    boolean[] on = new boolean[x.elements()];
    for (int i = 0; i < x.size(0); i++) {
      if (i + k >= 0 && i + k < x.size(1)) {
        on[(int) (i * (long) x.size(1) + i + k)] = true;
      }
    }
    Tensor ones = Tensor.of(x.shape(), on);
    DType dtype = Objects.requireNonNull(type.dtype());
    return List.of(new Value(ones.to(dtype), type));
  }

  /// All axes from a number on.
  static int[] from(int first, int rank) {
    int[] axes = new int[Math.max(0, rank - first)];
    Arrays.setAll(axes, i -> first + i);
    return axes;
  }
}
