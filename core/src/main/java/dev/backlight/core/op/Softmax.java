package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The softmax over the last axis: `yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)`, computed without overflow.
///
/// An input of -∞ has probability 0 and gradient 0; inputs of +∞ share all of the probability evenly. A row
/// of only -∞ is NaN, or zeros where `masked` says that -∞ means "not there".
///
/// The cotangent `y · (ḡ − Σ ḡ·y)` is read off the output, so it is right at every order where the output is.
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
    for (int r = 0; r < rows; r++) {
      int from = r * columns;
      double max = max(in[0], from, columns);
      double sum = 0;
      for (int i = from; i < from + columns; i++) {
        double e = Double.isInfinite(max) ? share(in[0].get(i), max) : Math.exp(in[0].get(i) - max);
        out[0].set(i, e);
        sum += e;
      }
      for (int i = from; i < from + columns && sum != 0; i++) {
        out[0].set(i, out[0].get(i) / sum);
      }
    }
  }

  /// What an element of a row with an infinite maximum weighs: only those at +∞ count.
  private double share(double x, double max) {
    if (max < 0) {
      return masked ? 0 : Double.NaN;
    }
    return x == max ? 1 : 0;
  }

  static double max(Block x, int from, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + n; i++) {
      max = Math.max(max, x.get(i));
    }
    return max;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor gy = at.g().mul(at.y());
    return gy.sub(at.y().mul(gy.sumKeep(-1)));
  }
}
