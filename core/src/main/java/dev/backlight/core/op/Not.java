package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// True where the input is false: `y = ¬x` for every element, of dtype `BOOL`.
public record Not() implements Op.Discrete {
  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.bools(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    boolean[] x = in[0].bool();
    boolean[] y = out[0].bool();
    for (int i = 0; i < n; i++) {
      y[i] = !x[i];
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
