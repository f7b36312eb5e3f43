package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The positive part, elementwise: `y = max(x, 0)`.
///
/// At 0 the slope is 0, the subgradient of least norm. The vjp selects rather than multiplies, so
/// that an infinite cotangent gives 0 where the unit is off. It is read off the output, so that a
/// sum before it need not be kept for the reverse sweep.
public record Relu() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Math.max(x, 0);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::relu, DoubleLoops::relu);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.gt(0).to(x.dtype());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.y().gt(0).where(at.g(), 0);
  }
}
