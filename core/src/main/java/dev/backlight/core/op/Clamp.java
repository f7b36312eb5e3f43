package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleActivations;
import dev.backlight.core.kernel.FloatActivations;
import org.jspecify.annotations.Nullable;

/// Every element held between two bounds: `y = min(max(x, lo), hi)`; either may be infinite.
///
/// The slope is 1 between the bounds and *on* them: images are full of exact 0 and 1, and a slope
/// of 0 would erase their attribution. The vjp selects rather than multiplies, so that an infinite
/// cotangent gives 0 outside. [Relu6] and [Maximum] share ties by the general rule.
public record Clamp(double lo, double hi) implements Op.Elementwise {
  public Clamp {
    if (!(lo <= hi)) {
      throw new IllegalArgumentException("clamp needs lo ≤ hi, got " + lo + " and " + hi);
    }
  }

  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Math.min(Math.max(x, lo), hi);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      FloatActivations.clamp(in[0].f32(), (float) lo, (float) hi, out[0].f32(), n);
    } else {
      DoubleActivations.clamp(in[0].f64(), lo, hi, out[0].f64(), n);
    }
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return inside(x).to(x.dtype());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return inside(at.x()).where(at.g(), 0);
  }

  private Tensor inside(Tensor x) {
    return x.ge(lo).and(x.le(hi));
  }
}
