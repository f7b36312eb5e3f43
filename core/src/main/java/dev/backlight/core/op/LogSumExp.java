package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The logarithm of a sum of exponentials over the last axis, which is dropped: `y = log Σᵢ
/// exp(xᵢ)`, computed without overflow. Of nothing, or of only -∞, it is -∞.
///
/// Its gradient is the softmax in which a row of only -∞ is zeros and +∞ is shared evenly, so it is
/// finite at every edge.
public record LogSumExp() implements Op.Coupled {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Softmax.checkLastAxis(this, in[0]);
    return new Spec[] {in[0].with(in[0].shape().without(-1))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int columns = in[0].shape().size(-1);
    int rows = out[0].size();
    if (in[0].dtype() == DType.F32) {
      FloatLoops.current().logSumExpRows(in[0].f32(), rows, columns, out[0].f32());
    } else {
      DoubleLoops.current().logSumExpRows(in[0].f64(), rows, columns, out[0].f64());
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new Softmax(true), at.x()).mul(at.g().unsqueeze(-1));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
