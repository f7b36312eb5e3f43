package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;

/// Comparisons, truth values, bits, and the choice between two tensors.
final class Logic {
  private Logic() {}

  static void addTo(Operators all) {
    all.one("Equal", node -> node.x(0).eq(Arithmetic.second(node)));
    compare(all, "Greater", Tensor::gt);
    compare(all, "Less", Tensor::lt);
    compare(all, "GreaterOrEqual", Tensor::ge);
    compare(all, "LessOrEqual", Tensor::le);
    all.one("And", node -> node.x(0).and(Arithmetic.second(node)));
    all.one("Or", node -> node.x(0).or(Arithmetic.second(node)));
    all.one("Xor", node -> node.x(0).ne(Arithmetic.second(node)));
    all.one("Not", node -> node.x(0).not());
    bits(all, "BitwiseAnd", Bits.How.AND);
    bits(all, "BitwiseOr", Bits.How.OR);
    bits(all, "BitwiseXor", Bits.How.XOR);
    all.one(
        "BitwiseNot",
        node -> {
          Tensor x = node.x(0);
          return x.neg().sub(1);
        });
    all.one(
        "BitShift",
        node -> {
          String way = NodeCall.oneOf("direction", node.text("direction", ""), "LEFT", "RIGHT");
          return shift(node, way.equals("LEFT"));
        });
    all.add(
        "Where", node -> List.of(new Value(choose(node.x(0), node.x(1), node.x(2)), node.type(1))));
  }

  private static Tensor shift(NodeCall node, boolean left) {
    Tensor x = node.x(0);
    Tensor by = node.x(1);
    Bits.How right = node.type(0).isUnsigned() ? Bits.How.SHIFT_RIGHT : Bits.How.SHIFT_RIGHT_SIGNED;
    return Arithmetic.pair(left ? Bits.How.SHIFT_LEFT : right, x, by);
  }

  private static Tensor choose(Tensor mask, Tensor a, Tensor b) {
    if (mask.dtype() != DType.BOOL) {
      throw new Refusal("needs truth values as input 0, got " + mask.dtype());
    }
    if (a.dtype() == DType.BOOL) {
      Shape all = Shape.broadcast(mask.shape(), Shape.broadcast(a.shape(), b.shape()));
      return mask.and(a.expand(all)).or(mask.not().and(b));
    }
    return mask.where(a, b);
  }

  private static void compare(Operators all, String name, BinaryOperator<Tensor> pair) {
    all.one(
        name,
        node -> {
          Tensor x = Numbers.ordered(node.value(0));
          Tensor y = Numbers.ordered(new Value(Arithmetic.second(node), node.type(1)));
          return pair.apply(x, y);
        });
  }

  private static void bits(Operators all, String name, Bits.How how) {
    all.one(name, node -> Arithmetic.pair(how, node.x(0), node.x(1)));
  }
}
