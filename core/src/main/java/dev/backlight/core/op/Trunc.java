package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Every element rounded toward zero to an integer.
public record Trunc() implements Op.Discrete {
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
    Loop.map(in, out, x -> x < 0 ? Math.ceil(x) : Math.floor(x));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
