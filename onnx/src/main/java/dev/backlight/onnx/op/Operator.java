package dev.backlight.onnx.op;

import dev.backlight.core.Tensor;
import java.util.List;

/// An operator of ONNX: from the inputs and attributes of a node to its outputs.
@FunctionalInterface
interface Operator {
  /// All outputs, of which trailing ones may be left out when the node does not ask for them.
  List<Value> apply(NodeCall node);

  /// An operator of one output, whose element type is that of the first input if the dtype is the
  /// same, and else what the dtype says.
  interface Plain {
    Tensor apply(NodeCall node);
  }

  /// An operator of one output.
  static Operator of(Plain plain) {
    return node -> List.of(node.like(plain.apply(node)));
  }
}
