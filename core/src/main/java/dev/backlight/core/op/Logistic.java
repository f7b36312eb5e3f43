package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The slope of [Softplus], elementwise: `y = 1 / (1 + e⁻ˣ)`, the function of [Sigmoid].
///
/// Its own slope is `y(x) · y(-x)`, not `y (1 - y)`, so that the second derivative of a softplus or
/// of a cross-entropy keeps its digits where `y` rounds to 1. That is one loop more: a sigmoid that
/// is a layer's activation does without.
public record Logistic() implements Op.Elementwise {
  private static final Sigmoid SIGMOID = new Sigmoid();

  @Override
  public double f(double x) {
    return SIGMOID.f(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    SIGMOID.run(in, out);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(Tensor.apply(this, x.neg()));
  }
}
