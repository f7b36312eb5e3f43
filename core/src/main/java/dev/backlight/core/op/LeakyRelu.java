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
/// At 0 the slope is the one nearest to 0 between those of both sides, the subgradient of least
/// norm: the lesser of 1 and `leak`, and 0 for a negative `leak`. A. Maas et al., "Rectifier
/// nonlinearities improve neural network acoustic models" (2013).
public record LeakyRelu(double leak) implements Op.Elementwise {
  public LeakyRelu {
    if (!Double.isFinite(leak)) {
      throw new IllegalArgumentException("leakyrelu needs a finite leak, got " + leak);
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
    Tensor slope = on.add(on.oneMinus().mul(leak));
    return leak < 0 ? x.eq(0).where(0, slope) : slope;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor sent = on(at.x()).where(at.g(), at.g().mul(leak));
    return leak < 0 ? at.x().eq(0).where(0, sent) : sent;
  }

  private Tensor on(Tensor x) {
    return leak <= 1 ? x.gt(0) : x.ge(0);
  }
}
