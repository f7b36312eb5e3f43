package dev.backlight.nn.train;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.BinaryOperator;

/// A number for people that says how good predictions are: the mean over a batch, in Tensor
/// language.
///
/// @param name as in `accuracy`
/// @param percent whether it is a fraction that people read as percent
/// @param of from predictions and targets to a scalar
public record Metric(String name, boolean percent, BinaryOperator<Tensor> of) {
  /// The fraction of rows whose largest logit is that of their label: logits (n, k), labels (n).
  public static Metric accuracy() {
    return new Metric(
        "accuracy",
        true,
        (logits, labels) -> logits.argmax(1).to(labels.dtype()).eq(labels).to(DType.F64).mean());
  }

  /// The fraction of logits that lie on the side of 0 on which their targets, 0 or 1, lie of one
  /// half.
  public static Metric binaryAccuracy() {
    return new Metric(
        "accuracy",
        true,
        (logits, targets) ->
            logits.gt(0).to(DType.F32).eq(targets.gt(0.5).to(DType.F32)).to(DType.F64).mean());
  }
}
