package dev.backlight.core;

import java.util.StringJoiner;

/// Applies an elementwise op to inputs of different shapes: expands them to the common one by
/// NumPy's rule.
final class Broadcast {
  private Broadcast() {}

  static Tensor apply(Op op, Tensor x, Tensor y) {
    return x.shape().equals(y.shape()) ? Tensor.apply(op, x, y) : apply(op, new Tensor[] {x, y});
  }

  static Tensor apply(Op op, Tensor... inputs) {
    Shape shape = common(op, inputs);
    Tensor[] expanded = new Tensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      expanded[i] = inputs[i].expand(shape);
    }
    return Tensor.apply(op, expanded);
  }

  private static Shape common(Op op, Tensor... inputs) {
    try {
      Shape shape = inputs[0].shape();
      for (Tensor input : inputs) {
        shape = Shape.broadcast(shape, input.shape());
      }
      return shape;
    } catch (ShapeException misfit) {
      StringJoiner shapes = new StringJoiner(" and ");
      for (Tensor input : inputs) {
        shapes.add(input.shape().toString());
      }
      throw new ShapeException(
          op.name() + " needs sizes that are equal or 1, aligned at the last axis, got " + shapes);
    }
  }
}
