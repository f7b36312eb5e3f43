package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// Products and convolutions of quantised numbers. Small integers are multiplied and added up in
/// doubles, which is exact.
final class QuantizedProducts {
  private QuantizedProducts() {}

  static void addTo(Operators all) {
    all.add("MatMulInteger", node -> whole(product(node, 0, 2, 1, 3)));
    all.add("ConvInteger", node -> whole(convolution(node, 0, 2, 1, 3)));
    all.add("QLinearMatMul", QuantizedProducts::matmul);
    all.add("QLinearConv", QuantizedProducts::conv);
  }

  private static List<Value> whole(Tensor sum) {
    return List.of(Value.of(sum.to(DType.I32)));
  }

  /// An input less its zero point: one number, or one for each slice along the axis.
  private static Tensor centred(NodeCall node, int input, int zero, int axis) {
    Tensor x = node.x(input).to(DType.F64);
    return node.has(zero) ? x.sub(along(node.x(zero).to(DType.F64), x, axis)) : x;
  }

  /// Numbers for the slices of `x` along an axis, so that they broadcast.
  private static Tensor along(Tensor numbers, Tensor x, int axis) {
    if (numbers.elements() == 1) {
      return numbers.reshape(Shape.SCALAR);
    }
    if (numbers.rank() != 1) {
      return numbers;
    }
    int[] sizes = new int[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[NodeCall.axis(axis, x)] = numbers.elements();
    return numbers.reshape(Shape.of(sizes));
  }

  private static Tensor product(NodeCall node, int a, int zeroA, int b, int zeroB) {
    Tensor rows = node.atLeast(1, a);
    return Products.matmul(
        centred(node, a, zeroA, rows.rank() == 1 ? -1 : -2), centred(node, b, zeroB, -1));
  }

  private static Tensor convolution(NodeCall node, int x, int zeroX, int w, int zeroW) {
    return Convolution.conv(node, centred(node, x, zeroX, 1), centred(node, w, zeroW, 0));
  }

  private static List<Value> matmul(NodeCall node) {
    Tensor sum = product(node, 0, 2, 3, 5);
    Tensor scale =
        along(node.x(1), sum, sum.rank() == 1 ? -1 : -2)
            .mul(along(node.x(4), sum, -1))
            .div(along(node.x(6), sum, sum.rank() == 1 ? -1 : -2));
    return requantized(node, sum, scale);
  }

  private static List<Value> conv(NodeCall node) {
    Tensor sum = convolution(node, 0, 2, 3, 5);
    if (node.has(8)) {
      sum = sum.add(Convolution.channels(node.x(8).to(DType.F64), sum));
    }
    Tensor scale = along(node.x(4), sum, 1).mul(node.x(1)).div(node.x(6));
    return requantized(node, sum, scale);
  }

  private static List<Value> requantized(NodeCall node, Tensor sum, Tensor scale) {
    Tensor y = sum.mul(scale.to(DType.F64)).add(node.x(7).to(DType.F64).reshape(Shape.SCALAR));
    return List.of(Quantization.whole(y.round(), null, node.type(7)));
  }
}
