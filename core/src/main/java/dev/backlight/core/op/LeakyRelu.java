package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleActivations;
import dev.backlight.core.kernel.FloatActivations;
import org.jspecify.annotations.Nullable;

/// The positive part and a leak of the rest, elementwise: `y = x` above 0 and `y = leak · x` below.
///
/// At 0 the slope is the lesser of 1 and `leak`, the subgradient of least norm. `leak` is at least
/// 0. A. Maas et al., "Rectifier nonlinearities improve neural network acoustic models" (2013).
public record LeakyRelu(double leak) implements Op.Elementwise {
  public LeakyRelu {
    if (!(leak >= 0 && leak < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "leakyrelu needs a finite leak of at least 0, got " + leak);
    }
  }

  @Override
  public double f(double x) {
    return Math.max(x, 0) + leak * Math.min(x, 0);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      FloatActivations.leakyRelu(in[0].f32(), (float) leak, out[0].f32(), n);
    } else {
      DoubleActivations.leakyRelu(in[0].f64(), leak, out[0].f64(), n);
    }
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    Tensor on = on(x).to(x.dtype());
    return on.add(on.oneMinus().mul(leak));
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return on(at.x()).where(at.g(), at.g().mul(leak));
  }

  private Tensor on(Tensor x) {
    return leak <= 1 ? x.gt(0) : x.ge(0);
  }
}
