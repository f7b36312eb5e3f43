package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/// Functions of pairs of elements that broadcast: sums, quotients, powers, extremes.
final class Arithmetic {
  private Arithmetic() {}

  static void addTo(Operators all) {
    all.one("Add", node -> node.x(0).add(second(node)));
    all.one("Sub", node -> node.x(0).sub(second(node)));
    all.one("Mul", node -> node.x(0).mul(second(node)));
    all.one("Div", node -> divide(node.value(0), second(node)));
    all.one("Pow", node -> power(node.value(0), node.value(1), second(node)));
    all.one("Mod", Arithmetic::modulo);
    all.one("Sum", node -> fold(node, Tensor::add));
    all.one("Mean", node -> mean(node));
    all.add("Max", node -> extreme(node, Tensor::maximum));
    all.add("Min", node -> extreme(node, Tensor::minimum));
  }

  /// The second operand. Before opset 7 it lay along the axes of the first from an attribute on.
  static Tensor second(NodeCall node) {
    Tensor y = node.x(1);
    if (!node.flag("broadcast") || node.opset() >= 7) {
      return y;
    }
    Tensor x = node.x(0);
    int axis = node.given("axis") ? NodeCall.axis(node.integer("axis"), x) : x.rank() - y.rank();
    int[] sizes = new int[Math.max(0, x.rank() - axis)];
    Arrays.fill(sizes, 1);
    if (axis < 0 || y.rank() > sizes.length) {
      throw new Refusal("needs to broadcast within " + x.shape() + ", got " + y.shape());
    }
    System.arraycopy(y.shape().sizes(), 0, sizes, 0, y.rank());
    return y.reshape(Shape.of(sizes));
  }

  private static Tensor divide(Value x, Tensor y) {
    if (x.type().isFloat()) {
      return x.tensor().div(y);
    }
    if (x.type() == ElementType.UINT64) {
      return pair(Bits.How.DIVIDE, x.tensor(), y);
    }
    return x.tensor().truncDiv(y);
  }

  private static Tensor modulo(NodeCall node) {
    Tensor x = node.x(0);
    Tensor y = node.x(1);
    if (node.type(0) == ElementType.UINT64) {
      return pair(Bits.How.REMAINDER, x, y);
    }
    if (node.flag("fmod")) {
      return x.fmod(y);
    }
    return x.remainder(y);
  }

  /// An operation on bits, broadcast.
  static Tensor pair(Bits.How how, Tensor x, Tensor y) {
    Shape both = Shape.broadcast(x.shape(), y.shape());
    return Tensor.apply(new Bits(how), x.expand(both), y.expand(both));
  }

  private static Tensor power(Value base, Value exponent, Tensor y) {
    Tensor x = base.tensor();
    if (x.dtype().isFloat()) {
      Tensor power = exponent.type() == ElementType.UINT64 ? Numbers.unsigned(y) : y;
      // A number as exponent is an op of its own, whose derivative needs no logarithm.
      if (power.recording() == null && power.elements() == 1 && power.rank() <= x.rank()) {
        return x.pow(power.item());
      }
      return x.pow(power.to(x.dtype()));
    }
    if (y.dtype().isFloat()) {
      Tensor wide = x.to(DType.F64).pow(y.to(DType.F64));
      return Numbers.cast(Value.of(wide), base.type(), false).tensor();
    }
    return whole(
        x,
        y.dtype() == x.dtype()
            ? y
            : Numbers.cast(exponent, ElementType.of(x.dtype()), false).tensor());
  }

  /// Powers of integers by squaring, exact modulo the range of the dtype.
  private static Tensor whole(Tensor x, Tensor y) {
    if (y.recording() != null) {
      throw new NotConstant("exponent", 1);
    }
    long most = 0;
    for (long e : NodeCall.longs(y)) {
      if (e < 0) {
        throw new Refusal("needs exponents of at least 0 for integers, got " + e);
      }
      most = Math.max(most, e);
    }
    Tensor one = NodeCall.scalar(1, x.dtype());
    Tensor result = one.expand(Shape.broadcast(x.shape(), y.shape()));
    Tensor square = x;
    for (long bit = 1; bit > 0 && bit <= most; bit <<= 1) {
      Tensor set = y.floorDiv((double) bit).remainder(2).ne(0);
      result = result.mul(set.where(square, one));
      square = square.mul(square);
    }
    return result;
  }

  private static Tensor fold(NodeCall node, BinaryOperator<Tensor> pair) {
    Tensor all = node.x(0);
    for (int i = 1; i < node.inputs(); i++) {
      all = pair.apply(all, node.x(i));
    }
    return all;
  }

  private static Tensor mean(NodeCall node) {
    node.floats(0);
    return fold(node, Tensor::add).div(node.inputs());
  }

  private static List<Value> extreme(NodeCall node, BinaryOperator<Tensor> pair) {
    ElementType type = node.type(0);
    Tensor all = Numbers.ordered(node.value(0));
    for (int i = 1; i < node.inputs(); i++) {
      all = pair.apply(all, Numbers.ordered(node.value(i)));
    }
    return List.of(new Value(Numbers.unordered(all, type), type));
  }
}
