package dev.backlight.testkit;

import dev.backlight.autodiff.OpCheck;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.List;

/// An op and inputs that fit it: a place to ask it everything.
///
/// @param op the op, ours or yours
/// @param inputs one tensor for each input
public record OpPoint(Op op, List<Tensor> inputs) {
  public OpPoint {
    inputs = List.copyOf(inputs);
  }

  /// What the op makes of the inputs.
  public List<Tensor> outputs() {
    return List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new)));
  }

  /// The whole battery of [OpCheck#standard()] at this point.
  ///
  /// @throws dev.backlight.autodiff.OpCheckFailure if an answer is wrong
  public OpCheck.Report check() {
    return check(OpCheck.standard());
  }

  /// The battery as it was set up.
  ///
  /// @throws dev.backlight.autodiff.OpCheckFailure if an answer is wrong
  public OpCheck.Report check(OpCheck battery) {
    return battery.check(op, inputs.toArray(Tensor[]::new));
  }
}
