package dev.backlight.onnx.export;

import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import java.util.List;

/// A node of a tape, for whoever writes what says the same.
///
/// @param draft where it is written
/// @param in the names of its inputs
/// @param from their specs
/// @param to the specs of its outputs
record Call(Draft draft, List<String> in, List<Spec> from, List<Spec> to) {
  String x() {
    return in.getFirst();
  }

  Spec spec() {
    return from.getFirst();
  }

  DType dtype() {
    return spec().dtype();
  }

  /// A node of all inputs.
  String node(String operator, Draft.Attribute... attributes) {
    return draft.node(operator, in, attributes);
  }

  /// A node of these values.
  String of(String operator, String... values) {
    return draft.node(operator, List.of(values));
  }

  /// A number of the dtype of the first input.
  String number(double value) {
    return draft.number(value, dtype());
  }
}
