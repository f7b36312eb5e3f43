package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// In training every element is kept with probability `1 − rate` and divided by it, or zero; at
/// inference nothing happens. N. Srivastava et al., "Dropout" (2014).
///
/// @param rate the probability of a zero, in `[0, 1)`
public record Dropout(double rate) implements Layer {
  public Dropout {
    requireRate("dropout", rate);
  }

  static void requireRate(String layer, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(layer + " needs a rate in [0, 1), got " + rate);
    }
  }

  @Override
  public Tensor apply(Tensor x) {
    return x;
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return x.dropout(rate, pass.key());
  }

  @Override
  public boolean differsInTraining() {
    return rate > 0;
  }
}
