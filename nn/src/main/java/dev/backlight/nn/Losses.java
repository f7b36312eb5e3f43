package dev.backlight.nn;

import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// How far predictions are from what they should be, as a scalar: the mean over the batch.
///
/// Shapes must fit exactly: a loss that broadcasts hides a mistake. All are finite and have finite
/// slopes for logits of any finite size.
public final class Losses {
  private Losses() {}

  /// The cross-entropy of classes: the mean of `−log softmax(logits)[label]`.
  ///
  /// @param logits (n, k)
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1`
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    if (logits.rank() != 2 || labels.rank() != 1 || labels.size(0) != logits.size(0)) {
      throw new ShapeException(
          "crossEntropy needs logits (n, k) and labels (n), got "
              + logits.shape()
              + " and "
              + labels.shape());
    }
    if (!labels.dtype().isInteger()) {
      throw new DTypeException("crossEntropy needs labels of I32 or I64, got " + labels.dtype());
    }
    Tensor chosen = logits.logSoftmax(1).takeAlong(1, labels.unsqueeze(1));
    return chosen.mean().neg();
  }

  /// The cross-entropy of yes or no: the mean of `softplus(logit) − logit · target`.
  ///
  /// @param logits any shape
  /// @param targets the same shape and dtype, in `0..1`
  public static Tensor bceWithLogits(Tensor logits, Tensor targets) {
    requireSame("bceWithLogits", "logits and targets", logits, targets);
    return logits.softplus().sub(logits.mul(targets)).mean();
  }

  /// The mean squared error: the mean of `(prediction − target)²` over all elements.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor mse(Tensor prediction, Tensor target) {
    requireSame("mse", "prediction and target", prediction, target);
    return prediction.sub(target).square().mean();
  }

  private static void requireSame(String loss, String what, Tensor a, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(
          loss + " needs " + what + " of one shape, got " + a.shape() + " and " + b.shape());
    }
    if (a.dtype() != b.dtype()) {
      throw new DTypeException(
          loss + " needs " + what + " of one dtype, got " + a.dtype() + " and " + b.dtype());
    }
  }
}
