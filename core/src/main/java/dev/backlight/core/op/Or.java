package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Whether one or both are true: `z = x ∨ y` for every element, of dtype `BOOL`.
public record Or() implements Op.Discrete {
  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.bools(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    boolean[] x = in[0].bool();
    boolean[] y = in[1].bool();
    boolean[] z = out[0].bool();
    for (int i = 0; i < n; i++) {
      z[i] = x[i] | y[i];
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
