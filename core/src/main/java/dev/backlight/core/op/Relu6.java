package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleActivations;
import dev.backlight.core.kernel.FloatActivations;
import org.jspecify.annotations.Nullable;

/// The positive part up to six, elementwise: `y = min(max(x, 0), 6)`.
///
/// At 0 and at 6 the slope is 0; [Clamp] answers 1 there. The vjp selects rather than multiplies,
/// so that an infinite cotangent gives 0 where the unit is off. A. Howard et al., "MobileNets"
/// (2017).
public record Relu6() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Math.min(Math.max(x, 0), 6);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      FloatActivations.clamp(in[0].f32(), 0, 6, out[0].f32(), n);
    } else {
      DoubleActivations.clamp(in[0].f64(), 0, 6, out[0].f64(), n);
    }
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return on(x).to(x.dtype());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return on(at.x()).where(at.g(), 0);
  }

  private static Tensor on(Tensor x) {
    return x.gt(0).and(x.lt(6));
  }
}
