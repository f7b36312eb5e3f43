package dev.backlight.nn;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Dropout for networks of SELU: in training an element is set to where SELU saturates with
/// probability `rate`, and all are scaled and shifted so that mean 0 and variance 1 are kept; at
/// inference nothing happens. G. Klambauer et al., "Self-normalizing neural networks" (2017).
///
/// @param rate the probability of being dropped, in `[0, 1)`
public record AlphaDropout(double rate) implements Layer {
  /// `−scale · alpha` of SELU.
  private static final double SATURATED = -1.0507009873554805 * 1.6732632423543772;

  public AlphaDropout {
    Dropout.requireRate("alphadropout", rate);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x;
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    if (rate == 0) {
      return x;
    }
    double kept = 1 - rate;
    double a = 1 / Math.sqrt(kept + SATURATED * SATURATED * rate * kept);
    Tensor chosen = pass.key().bernoulli(x.shape(), kept);
    Tensor dropped = Tensor.full(Shape.SCALAR, x.dtype(), SATURATED);
    return chosen.where(x, dropped).mul(a).add(-a * rate * SATURATED);
  }

  @Override
  public boolean differsInTraining() {
    return rate > 0;
  }
}
