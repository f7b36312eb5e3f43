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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The largest element along some axes, which are dropped or kept with size 1. NaN if any is NaN.
///
/// Where several elements are the largest they share the gradient evenly: the subgradient of least
/// norm. [MaxIndex] is the one that selects.
public record AMax(List<Integer> axes, boolean keep) implements Op.Coupled {
  public AMax {
    axes = List.copyOf(axes);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    if (Axes.count(in[0].shape(), axes) == 0) {
      throw new ShapeException(
          "amax needs at least one element along axes " + axes + ", got " + in[0].shape());
    }
    return new Spec[] {Axes.left(in[0], axes, keep)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (in[0].dtype() == DType.F32) {
      Arrays.fill(out[0].f32(), 0, out[0].size(), Float.NEGATIVE_INFINITY);
    } else {
      Arrays.fill(out[0].f64(), 0, out[0].size(), Double.NEGATIVE_INFINITY);
    }
    Strided.walk(
        this,
        in[0].shape(),
        in[0],
        0,
        in[0].shape(),
        Strided.packed(),
        out[0],
        0,
        in[0].shape(),
        (op, shape, axis) -> Axes.outputStride(op.axes, shape, axis),
        AMax::tile);
  }

  /// The largest of each of some rows that lie in larger arrays.
  static void rows(Object x, int xo, int rows, int n, Object y, int yo) {
    for (int r = 0; r < rows; r++) {
      if (x instanceof float[] single) {
        ((float[]) y)[yo + r] = FloatLoops.current().max(single, xo + r * n, n);
      } else {
        ((double[]) y)[yo + r] = DoubleLoops.current().max((double[]) x, xo + r * n, n);
      }
    }
  }

  private static void tile(
      DType dtype,
      Object from,
      int f,
      int fRow,
      int fColumn,
      Object to,
      int t,
      int tRow,
      int tColumn,
      int rows,
      int columns) {
    for (int r = 0; r < rows; r++) {
      int start = f + r * fRow;
      int end = t + r * tRow;
      if (dtype == DType.F32) {
        line((float[]) from, start, fColumn, (float[]) to, end, tColumn, columns);
      } else {
        line((double[]) from, start, fColumn, (double[]) to, end, tColumn, columns);
      }
    }
  }

  private static void line(float[] x, int f, int fStep, float[] y, int t, int tStep, int n) {
    if (fStep == 1 && tStep == 0) {
      y[t] = Math.max(y[t], FloatLoops.current().max(x, f, n));
      return;
    }
    for (int i = 0; i < n; i++) {
      y[t + i * tStep] = Math.max(y[t + i * tStep], x[f + i * fStep]);
    }
  }

  private static void line(double[] x, int f, int fStep, double[] y, int t, int tStep, int n) {
    if (fStep == 1 && tStep == 0) {
      y[t] = Math.max(y[t], DoubleLoops.current().max(x, f, n));
      return;
    }
    for (int i = 0; i < n; i++) {
      y[t + i * tStep] = Math.max(y[t + i * tStep], x[f + i * fStep]);
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x();
    Tensor largest =
        x.eq(at.y().reshape(Axes.left(x.shape(), axes, true)).expand(x.shape())).to(x.dtype());
    Tensor ties = Tensor.apply(new Sum(axes, true), largest);
    Tensor shared = at.g().reshape(ties.shape()).div(ties);
    return largest.mul(shared.expand(x.shape()));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new AMax(Axes.behind(axes), keep), at.x(0));
  }
}
