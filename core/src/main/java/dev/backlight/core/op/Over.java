package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// Every element over a number: `y = x / by`.
///
/// The number is rounded to the dtype of the tensor. The quotient is exact, where multiplying by `1
/// / by` would round twice: a mean of equal numbers is that number.
public record Over(double by) implements Op.Linear {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.with(by, in, out, FloatLoops::over, DoubleLoops::over);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g().div(by);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
