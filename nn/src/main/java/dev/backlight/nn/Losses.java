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
    requireClasses("crossEntropy", "logits", logits, labels);
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
    requireClasses("crossEntropy", "logits", logits, labels);
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

  /// The cross-entropy of probabilities that should come out: the mean over the examples of `−Σ p ·
  /// log softmax(logits)`.
  ///
  /// @param logits (n, k)
  /// @param probabilities (n, k), each row a distribution
  public static Tensor crossEntropyWith(Tensor logits, Tensor probabilities) {
    requireSame("crossEntropyWith", "logits and probabilities", logits, probabilities);
    requireRows("crossEntropyWith", "logits", logits);
    return logits.crossEntropyWith(probabilities).mean();
  }

  /// The negative log-likelihood: the mean of `−logProbabilities[label]`.
  ///
  /// @param logProbabilities (n, k)
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1`
  public static Tensor nll(Tensor logProbabilities, Tensor labels) {
    requireClasses("nll", "log-probabilities", logProbabilities, labels);
    return chosen(logProbabilities, labels).mean().neg();
  }

  /// The focal loss: the mean of `(1 − p)^gamma · −log p`, where `p` is the probability of the
  /// label; what is easy counts for less. T.-Y. Lin et al., "Focal loss" (2017).
  ///
  /// @param logits (n, k)
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1`
  public static Tensor focal(Tensor logits, Tensor labels, double gamma) {
    requireClasses("focal", "logits", logits, labels);
    requireNotNegative("focal", "gamma", gamma);
    Tensor log = chosen(logits.logSoftmax(1), labels);
    return log.neg().mul(log.expm1().neg().pow(gamma)).mean();
  }

  /// The focal loss of yes or no: the mean of `−alpha (1 − p)^gamma log p`, where `p` is the
  /// probability of the target; `alpha` weighs the targets 1, and `1 − alpha` the targets 0. T.-Y.
  /// Lin et al., "Focal loss" (2017), who use alpha 0.25 and gamma 2.
  ///
  /// @param logits any shape
  /// @param targets the same shape and dtype, 0 or 1
  public static Tensor binaryFocal(Tensor logits, Tensor targets, double alpha, double gamma) {
    requireSame("binaryFocal", "logits and targets", logits, targets);
    requireNotNegative("binaryFocal", "gamma", gamma);
    requireFraction("binaryFocal", "alpha", alpha);
    Tensor entropy = logits.softplus().sub(logits.mul(targets));
    Tensor p = logits.sigmoid();
    Tensor wrong = p.add(targets).sub(p.mul(targets).mul(2));
    Tensor weight = targets.mul(2 * alpha - 1).add(1 - alpha);
    return weight.mul(wrong.pow(gamma)).mul(entropy).mean();
  }

  /// The cross-entropy of yes or no: the mean of `softplus(logit) − logit · target`.
  ///
  /// @param logits any shape
  /// @param targets the same shape and dtype, in `0..1`
  public static Tensor bceWithLogits(Tensor logits, Tensor targets) {
    requireSame("bceWithLogits", "logits and targets", logits, targets);
    return logits.softplus().sub(logits.mul(targets)).mean();
  }

  /// The cross-entropy of yes or no in which a yes counts `weight` times: the mean of `(1 − t)
  /// softplus(x) + weight · t · softplus(−x)`.
  ///
  /// @param logits any shape
  /// @param targets the same shape and dtype, in `0..1`
  /// @param weight of a yes, a shape that broadcasts to the logits'
  public static Tensor bceWithLogits(Tensor logits, Tensor targets, Tensor weight) {
    requireSame("bceWithLogits", "logits and targets", logits, targets);
    Tensor yes = targets.mul(weight);
    requireSame("bceWithLogits", "logits and weighted targets", logits, yes);
    Tensor no = targets.oneMinus();
    return no.mul(logits.softplus()).add(yes.mul(logits.neg().softplus())).mean();
  }

  /// The hinge loss of yes or no: the mean of `max(0, 1 − target · prediction)`.
  ///
  /// @param predictions any shape
  /// @param targets the same shape and dtype, −1 or 1
  public static Tensor hinge(Tensor predictions, Tensor targets) {
    requireSame("hinge", "predictions and targets", predictions, targets);
    return predictions.mul(targets).oneMinus().relu().mean();
  }

  /// The squared hinge loss of yes or no: the mean of `max(0, 1 − target · prediction)²`.
  ///
  /// @param predictions any shape
  /// @param targets the same shape and dtype, −1 or 1
  public static Tensor squaredHinge(Tensor predictions, Tensor targets) {
    requireSame("squaredHinge", "predictions and targets", predictions, targets);
    return predictions.mul(targets).oneMinus().relu().square().mean();
  }

  /// The logistic loss of yes or no: the mean of `log(1 + exp(−target · prediction))`, as PyTorch's
  /// soft margin loss.
  ///
  /// @param predictions any shape
  /// @param targets the same shape and dtype, −1 or 1
  public static Tensor softMargin(Tensor predictions, Tensor targets) {
    requireSame("softMargin", "predictions and targets", predictions, targets);
    return predictions.mul(targets).neg().softplus().mean();
  }

  /// The hinge loss of classes by their hardest rival: the mean over the examples of `max(0, 1 +
  /// max x[other] − x[label])`, of K. Crammer and Y. Singer (2001), as Keras' categorical hinge for
  /// scores above 0.
  ///
  /// @param scores (n, k), k at least 2
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1`
  public static Tensor classHinge(Tensor scores, Tensor labels) {
    requireClasses("classHinge", "scores", scores, labels);
    Tensor own = labels.oneHot(scores.size(1), DType.BOOL);
    Tensor rival = own.where(Tensor.scalar(Double.NEGATIVE_INFINITY).to(scores.dtype()), scores);
    return rival.amax(1).sub(chosen(scores, labels)).add(1).relu().mean();
  }

  /// The hinge loss of classes: the mean over the examples of `Σ max(0, margin − x[label] +
  /// x[class]) / k` over the other classes, as PyTorch's multi-margin loss.
  ///
  /// @param scores (n, k)
  /// @param labels (n) of `I32` or `I64`, each in `0..k-1`
  public static Tensor multiMargin(Tensor scores, Tensor labels, double margin) {
    requireClasses("multiMargin", "scores", scores, labels);
    int classes = scores.size(1);
    Tensor right = chosen(scores, labels).unsqueeze(1);
    Tensor others = labels.oneHot(classes, scores.dtype()).oneMinus();
    return scores.sub(right).add(margin).relu().mul(others).sum(1).div(classes).mean();
  }

  /// The Kullback-Leibler divergence: the mean over the examples of `Σ p (log p − log q)`, where 0
  /// · log 0 is 0.
  ///
  /// @param logProbabilities `log q`, (n, ...)
  /// @param targets `p`, the same shape and dtype
  public static Tensor kl(Tensor logProbabilities, Tensor targets) {
    requireSame("kl", "log-probabilities and targets", logProbabilities, targets);
    if (logProbabilities.rank() == 0) {
      throw new ShapeException("kl needs log-probabilities (n, ...), got a scalar");
    }
    Tensor each = targets.xlogy(targets).sub(targets.mul(logProbabilities));
    return each.sum().div(Math.max(1, logProbabilities.size(0)));
  }

  /// The Dice loss: the mean over the examples of `1 − (2 Σ p t + smooth) / (Σ p + Σ t + smooth)`.
  /// F. Milletari, N. Navab and S.-A. Ahmadi, "V-Net" (2016), without the squares below.
  ///
  /// @param probabilities (n, ...)
  /// @param targets the same shape and dtype, in `0..1`
  public static Tensor dice(Tensor probabilities, Tensor targets, double smooth) {
    requireSame("dice", "probabilities and targets", probabilities, targets);
    requireNotNegative("dice", "smooth", smooth);
    if (probabilities.rank() < 2) {
      throw new ShapeException("dice needs probabilities (n, ...), got " + probabilities.shape());
    }
    Tensor p = probabilities.flattenFrom(1);
    Tensor t = targets.flattenFrom(1);
    Tensor both = p.mul(t).sum(1).mul(2).add(smooth);
    return both.div(p.add(t).sum(1).add(smooth)).oneMinus().mean();
  }

  /// The Tversky loss: the mean over the examples of `1 − (Σ p t + smooth) / (Σ p t + alpha Σ p (1
  /// − t) + beta Σ (1 − p) t + smooth)`; alpha weighs what is found wrongly, beta what is missed.
  /// S. Salehi, D. Erdogmus and A. Gholipour (2017).
  ///
  /// @param probabilities (n, ...)
  /// @param targets the same shape and dtype, in `0..1`
  public static Tensor tversky(
      Tensor probabilities, Tensor targets, double alpha, double beta, double smooth) {
    requireSame("tversky", "probabilities and targets", probabilities, targets);
    requireNotNegative("tversky", "alpha", alpha);
    requireNotNegative("tversky", "beta", beta);
    requireNotNegative("tversky", "smooth", smooth);
    if (probabilities.rank() < 2) {
      throw new ShapeException(
          "tversky needs probabilities (n, ...), got " + probabilities.shape());
    }
    Tensor p = probabilities.flattenFrom(1);
    Tensor t = targets.flattenFrom(1);
    Tensor both = p.mul(t).sum(1);
    Tensor wrong = p.sum(1).sub(both).mul(alpha);
    Tensor missed = t.sum(1).sub(both).mul(beta);
    return both.add(smooth).div(both.add(wrong).add(missed).add(smooth)).oneMinus().mean();
  }

  private static Tensor chosen(Tensor scores, Tensor labels) {
    return scores.takeAlong(1, labels.unsqueeze(1)).squeeze(1);
  }

  private static void requireRows(String loss, String what, Tensor x) {
    if (x.rank() != 2) {
      throw new ShapeException(loss + " needs " + what + " (n, k), got " + x.shape());
    }
  }

  private static void requireClasses(String loss, String what, Tensor scores, Tensor labels) {
    if (scores.rank() != 2 || labels.rank() != 1 || labels.size(0) != scores.size(0)) {
      throw new ShapeException(
          loss
              + " needs "
              + what
              + " (n, k) and labels (n), got "
              + scores.shape()
              + " and "
              + labels.shape());
    }
    if (!labels.dtype().isInteger()) {
      throw new DTypeException(loss + " needs labels of I32 or I64, got " + labels.dtype());
    }
  }

  static void requireNotNegative(String loss, String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          loss + " needs a finite " + what + " of at least 0, got " + value);
    }
  }

  private static void requireFraction(String loss, String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(loss + " needs " + what + " in 0..1, got " + value);
    }
  }

  // ---- numbers ----

  /// The mean squared error: the mean of `(prediction − target)²` over all elements.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor mse(Tensor prediction, Tensor target) {
    requireSame("mse", "prediction and target", prediction, target);
    return prediction.sub(target).square().mean();
  }

  /// The mean absolute error; where nothing is missed the slope is 0.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor mae(Tensor prediction, Tensor target) {
    requireSame("mae", "prediction and target", prediction, target);
    return prediction.sub(target).abs().mean();
  }

  /// The Huber loss: the mean of `d²/2` for misses `|d| <= delta` and of `delta (|d| − delta/2)`
  /// beyond. P. Huber, "Robust estimation of a location parameter" (1964).
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor huber(Tensor prediction, Tensor target, double delta) {
    requireSame("huber", "prediction and target", prediction, target);
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber needs a delta above 0, got " + delta);
    }
    Tensor d = prediction.sub(target);
    Tensor near = d.clamp(-delta, delta);
    return near.mul(d.sub(near.mul(.5))).mean();
  }

  /// The Huber loss over its delta: the mean of `d²/(2 beta)` for misses `|d| <= beta` and of `|d|
  /// − beta/2` beyond, whose slope there is 1.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor smoothL1(Tensor prediction, Tensor target, double beta) {
    requireSame("smoothL1", "prediction and target", prediction, target);
    if (!(beta > 0)) {
      throw new IllegalArgumentException("smoothL1 needs a beta above 0, got " + beta);
    }
    return huber(prediction, target, beta).div(beta);
  }

  /// The mean absolute error in percent of the targets, those nearer to 0 than 1e-7 counting as
  /// 1e-7: the mean of `100 |prediction − target| / |target|`.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor mape(Tensor prediction, Tensor target) {
    requireSame("mape", "prediction and target", prediction, target);
    return prediction.sub(target).abs().div(target.abs().maximum(1e-7)).mean().mul(100);
  }

  /// The mean squared error of logarithms: the mean of `(log(1 + prediction) − log(1 + target))²`,
  /// numbers below 0 counting as 0.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor msle(Tensor prediction, Tensor target) {
    requireSame("msle", "prediction and target", prediction, target);
    return prediction.maximum(0).log1p().sub(target.maximum(0).log1p()).square().mean();
  }

  /// The mean of `log cosh(prediction − target)`, near 0 the half square, far out the absolute
  /// value.
  ///
  /// @param prediction any shape
  /// @param target the same shape and dtype
  public static Tensor logCosh(Tensor prediction, Tensor target) {
    requireSame("logCosh", "prediction and target", prediction, target);
    Tensor d = prediction.sub(target);
    return d.mul(-2).softplus().add(d).sub(Math.log(2)).mean();
  }

  /// The negative log-likelihood of counts under a Poisson distribution, without the term that the
  /// counts alone decide: the mean of `exp(x) − count · x`.
  ///
  /// @param logRate the logarithm `x` of the expected count, any shape
  /// @param counts the same shape and dtype
  public static Tensor poissonNll(Tensor logRate, Tensor counts) {
    requireSame("poissonNll", "logarithms of rates and counts", logRate, counts);
    return logRate.exp().sub(counts.mul(logRate)).mean();
  }

  /// The negative log-likelihood under a normal distribution, without its constant: the mean of
  /// `(log v + d²/v) / 2`, where `v` is the variance, at least 1e-6.
  ///
  /// @param mean what is expected, any shape
  /// @param variance how far it may be off, the same shape and dtype
  /// @param target the same shape and dtype
  public static Tensor gaussianNll(Tensor mean, Tensor variance, Tensor target) {
    requireSame("gaussianNll", "mean and target", mean, target);
    requireSame("gaussianNll", "mean and variance", mean, variance);
    Tensor v = variance.maximum(1e-6);
    return v.log().add(mean.sub(target).square().div(v)).mul(.5).mean();
  }

  static void requireSame(String loss, String what, Tensor a, Tensor b) {
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
