package dev.backlight.onnx.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Integers cut to their lowest bits: overflow as narrower types have it.
///
/// @param bits how many stay
/// @param signed whether the highest of them is a sign
record Wrap(int bits, boolean signed) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    if (!in[0].dtype().isInteger()) {
      throw new DTypeException("wrap needs I32 or I64, got " + in[0].dtype());
    }
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = in[0].size();
    int unused = 64 - bits;
    for (int i = 0; i < n; i++) {
      if (in[0].dtype() == DType.I64) {
        long x = in[0].i64()[i] << unused;
        out[0].i64()[i] = signed ? x >> unused : x >>> unused;
      } else {
        long x = (long) in[0].i32()[i] << unused;
        out[0].i32()[i] = (int) (signed ? x >> unused : x >>> unused);
      }
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
