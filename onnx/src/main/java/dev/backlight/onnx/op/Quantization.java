package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Numbers as small integers or floats with a scale, and back.
final class Quantization {
  private Quantization() {}

  static void addTo(Operators all) {
    all.add("DequantizeLinear", Quantization::back);
    all.add("QuantizeLinear", Quantization::forth);
    all.add("DynamicQuantizeLinear", Quantization::dynamic);
  }

  private static List<Value> back(NodeCall node) {
    Tensor x = node.x(0);
    Tensor scale = node.x(1);
    ElementType type = node.elementType("output_dtype", node.type(1));
    Tensor factor = spread(node, scale, x);
    Tensor number = x.to(factor.dtype());
    if (node.has(2)) {
      number = number.sub(spread(node, node.x(2), x).to(factor.dtype()));
    }
    Value result = new Value(number.mul(factor), node.type(1));
    return List.of(Numbers.cast(result, type, true));
  }

  private static List<Value> forth(NodeCall node) {
    Tensor x = node.x(0);
    if (!node.type(0).isFloat()) {
      x = x.to(node.x(1).dtype());
    }
    ElementType standard = node.has(2) ? node.type(2) : ElementType.UINT8;
    ElementType type =
        node.given("output_dtype") && node.integer("output_dtype") != 0
            ? NodeCall.elementType(node.integer("output_dtype"))
            : standard;
    Tensor quotient = x.div(spread(node, node.x(1), x).to(x.dtype()));
    Tensor zero = node.has(2) ? spread(node, node.x(2), x).to(x.dtype()) : null;
    if (type.isFloat()) {
      Tensor moved = zero == null ? quotient : quotient.add(zero);
      boolean saturate = node.integer("saturate", 1) != 0;
      return List.of(Numbers.cast(Value.of(moved), type, saturate));
    }
    return List.of(whole(quotient.round(), zero, type));
  }

  static Value whole(Tensor rounded, @Nullable Tensor zero, ElementType type) {
    if (type.bits() > 16) {
      throw new Refusal("needs integers of at most 16 bits, got " + type);
    }
    double least = type.isUnsigned() ? 0 : -Math.scalb(1.0, type.bits() - 1);
    double most = least + Math.scalb(1.0, type.bits()) - 1;
    Tensor moved = zero == null ? rounded : rounded.add(zero);
    DType dtype = Objects.requireNonNull(type.dtype());
    return new Value(moved.clamp(least, most).to(dtype), type);
  }

  /// A scale for the whole, for slices along an axis, or for blocks of them, as the elements of
  /// `x`.
  private static Tensor spread(NodeCall node, Tensor scale, Tensor x) {
    if (scale.elements() == 1) {
      return scale.reshape(Shape.SCALAR);
    }
    int axis = NodeCall.axis(node.integer("axis", 1), x);
    int block = node.size("block_size", 0);
    if (block > 0 || scale.rank() == x.rank()) {
      int n = Math.max(1, block > 0 ? block : x.size(axis) / Math.max(1, scale.size(axis)));
      Tensor repeated = scale.repeatInterleave(n, axis);
      return repeated.size(axis) > x.size(axis) ? repeated.slice(axis, 0, x.size(axis)) : repeated;
    }
    if (scale.rank() != 1 || scale.size(0) != x.size(axis)) {
      throw new Refusal(
          "needs a scale for each slice of axis "
              + axis
              + " of "
              + x.shape()
              + ", got "
              + scale.shape());
    }
    int[] sizes = new int[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[axis] = scale.size(0);
    return scale.reshape(Shape.of(sizes));
  }

  private static List<Value> dynamic(NodeCall node) {
    Tensor x = node.floats(0);
    Tensor least = x.amin().minimum(0);
    Tensor most = x.amax().maximum(0);
    Tensor scale = most.sub(least).div(255);
    Tensor zero = least.neg().div(scale).clamp(0, 255).round();
    Value y = whole(x.div(scale).round(), zero, ElementType.UINT8);
    return List.of(y, Value.of(scale), new Value(zero.to(DType.I32), ElementType.UINT8));
  }
}
