package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
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
    requireClasses(logits, labels);
    return logits.crossEntropy(labels).mean();
  }

  /// The cross-entropy of classes, smoothed, weighted, or without the examples of one label: with
  /// the weight `w` of each example's class, `Σ w loss / Σ w` over the examples that count, and 0
  /// if none does. Smoothing by `s` makes the loss of an example `(1 − s) loss(label) + s/k Σ
  /// loss(class)`, each class with its own weight.
  ///
  /// @param logits (n, k)
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1` or the one that is ignored
  public static Tensor crossEntropy(Tensor logits, Tensor labels, CrossEntropyOptions options) {
    requireClasses(logits, labels);
    int classes = logits.size(1);
    Long ignored = options.ignored();
    Tensor counts =
        ignored == null
            ? Tensor.ones(labels.shape(), DType.BOOL)
            : labels.eq(ignored.doubleValue()).not();
    Tensor safe = counts.where(labels, Tensor.zeros(labels.shape(), labels.dtype()));
    Tensor perClass = options.weights();
    if (perClass != null
        && !(perClass.shape().equals(Shape.of(classes)) && perClass.dtype() == logits.dtype())) {
      throw new ShapeException(
          "crossEntropy needs weights of ("
              + classes
              + ") "
              + logits.dtype()
              + ", got "
              + perClass.shape()
              + " "
              + perClass.dtype());
    }
    Tensor weight =
        perClass == null ? Tensor.ones(labels.shape(), logits.dtype()) : perClass.take(0, safe);
    Tensor none = Tensor.zeros(labels.shape(), logits.dtype());
    weight = counts.where(weight, none);
    Tensor loss = logits.crossEntropy(safe).mul(weight);
    double s = options.smoothing();
    if (s > 0) {
      Tensor all = logits.logSoftmax(1).neg();
      Tensor each = (perClass == null ? all : all.mul(perClass)).mean(1);
      loss = loss.mul(1 - s).add(counts.where(each, none).mul(s));
    }
    return counts.where(loss, none).sum().divNoNan(weight.sum());
  }

  private static void requireClasses(Tensor logits, Tensor labels) {
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
