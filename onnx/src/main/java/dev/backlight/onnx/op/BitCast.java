package dev.backlight.onnx.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.List;
import java.util.Objects;

/// The bits of numbers of 32 or 64 bits, read as numbers of another type of the same width.
///
/// @param to the dtype of the result
record BitCast(DType to) implements Op.Discrete {
  static List<Value> of(NodeCall node) {
    ElementType from = node.type(0);
    ElementType to = NodeCall.elementType(node.integer("to"));
    if (from.bits() != to.bits()) {
      throw new Refusal("needs a type of " + from.bits() + " bits, got " + to);
    }
    if (from == to) {
      return List.of(node.value(0));
    }
    boolean truth = from == ElementType.BOOL && to.isInteger();
    if (truth || (from.isInteger() && to.isInteger())) {
      return List.of(Numbers.cast(node.value(0), to, false));
    }
    if (from.isNarrow() || to.isNarrow() || from == ElementType.BOOL || to == ElementType.BOOL) {
      throw new Refusal("needs types of 32 or 64 bits, got " + from + " and " + to);
    }
    DType dtype = Objects.requireNonNull(to.dtype());
    return List.of(new Value(Tensor.apply(new BitCast(dtype), node.x(0)), to));
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    return new Spec[] {in[0].with(to)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    for (int i = 0; i < in[0].size(); i++) {
      switch (to) {
        case F32 -> out[0].f32()[i] = Float.intBitsToFloat(in[0].i32()[i]);
        case F64 -> out[0].f64()[i] = Double.longBitsToDouble(in[0].i64()[i]);
        case I32 -> out[0].i32()[i] = Float.floatToRawIntBits(in[0].f32()[i]);
        default -> out[0].i64()[i] = Double.doubleToRawLongBits(in[0].f64()[i]);
      }
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
