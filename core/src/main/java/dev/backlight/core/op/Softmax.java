package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
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
    rows(in[0].array(), 0, rows, columns, out[0].array(), 0);
  }

  /// The softmax of rows that lie in larger arrays, of `float` or of `double`.
  void rows(Object x, int xo, int rows, int n, Object y, int yo) {
    if (x instanceof float[] single) {
      FloatLoops.current().softmaxRows(single, xo, rows, n, (float[]) y, yo);
    } else {
      DoubleLoops.current().softmaxRows((double[]) x, xo, rows, n, (double[]) y, yo);
    }
    for (int at = 0; at < rows * n; at += n) {
      if (Double.isNaN(get(y, yo + at))) {
        limit(x, xo + at, y, yo + at, n);
      }
    }
  }

  /// What a row that the loop answered with NaN tends to.
  private void limit(Object x, int xo, Object y, int yo, int n) {
    double max = Double.NEGATIVE_INFINITY;
    int ties = 0;
    for (int i = 0; i < n; i++) {
      double value = get(x, xo + i);
      ties = value > max ? 1 : value == max ? ties + 1 : ties;
      max = Math.max(max, value);
    }
    if (max == Double.POSITIVE_INFINITY || (masked && max == Double.NEGATIVE_INFINITY)) {
      for (int i = 0; i < n; i++) {
        double share = max > 0 && get(x, xo + i) == max ? 1.0 / ties : 0;
        set(y, yo + i, share);
      }
    }
  }

  static double get(Object x, int i) {
    return x instanceof float[] single ? single[i] : ((double[]) x)[i];
  }

  static void set(Object y, int i, double value) {
    if (y instanceof float[] single) {
      single[i] = (float) value;
    } else {
      ((double[]) y)[i] = value;
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
