package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The lesser of every pair: `z = min(x, y)`, both of one shape; NaN if either is.
///
/// The cotangent goes to the lesser of the two, and half of it to each where they tie.
public record Minimum() implements Op.Pairwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.numbers(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public double f(double x, double y) {
    return Math.min(x, y);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.pairs(in, out, FloatLoops::minimum, DoubleLoops::minimum, Math::min, Math::min);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    return won(i, x, y).to(z.dtype()).add(x.eq(y).to(z.dtype()).mul(0.5));
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x(0);
    Tensor y = at.x(1);
    return won(i, x, y).where(at.g(), x.eq(y).where(at.g().mul(0.5), 0));
  }

  private static Tensor won(int i, Tensor x, Tensor y) {
    return i == 0 ? x.lt(y) : y.lt(x);
  }
}
