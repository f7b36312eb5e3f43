package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The softmax over the last axis: `yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)`, computed without overflow.
///
/// An input of -∞ has probability 0 and gradient 0; inputs of +∞ share all of the probability
/// evenly. A row of only -∞ is NaN, or zeros where `masked` says that -∞ means "not there".
///
/// The cotangent `y · (ḡ − Σ ḡ·y)` is read off the output, so it is right at every order where the
/// output is.
public record Softmax(boolean masked) implements Op.Coupled {
  /// The plain softmax.
  public Softmax() {
    this(false);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    checkLastAxis(this, in[0]);
    return new Spec[] {in[0]};
  }

  static void checkLastAxis(Op op, Spec in) {
    if (in.shape().rank() == 0) {
      throw new ShapeException(op.name() + " needs at least one axis, got " + in.shape());
    }
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int columns = in[0].shape().size(-1);
    int rows = columns == 0 ? 0 : in[0].size() / columns;
    if (in[0].dtype() == DType.F32) {
      FloatLoops.current().softmaxRows(in[0].f32(), rows, columns, out[0].f32());
    } else {
      DoubleLoops.current().softmaxRows(in[0].f64(), rows, columns, out[0].f64());
    }
    for (int from = 0; from < rows * columns; from += columns) {
      if (Double.isNaN(out[0].get(from))) {
        limit(in[0], out[0], from, columns);
      }
    }
  }

  /// What a row that the loop answered with NaN tends to.
  private void limit(Block x, Block y, int from, int n) {
    double max = Double.NEGATIVE_INFINITY;
    int ties = 0;
    for (int i = from; i < from + n; i++) {
      double value = x.get(i);
      ties = value > max ? 1 : value == max ? ties + 1 : ties;
      max = Math.max(max, value);
    }
    if (max == Double.POSITIVE_INFINITY || (masked && max == Double.NEGATIVE_INFINITY)) {
      for (int i = from; i < from + n; i++) {
        y.set(i, max > 0 && x.get(i) == max ? 1.0 / ties : 0);
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor gy = at.g().mul(at.y());
    return gy.sub(at.y().mul(gy.sumKeep(-1)));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
