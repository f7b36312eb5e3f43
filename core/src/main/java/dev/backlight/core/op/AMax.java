package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The largest element along some axes, which are dropped or kept with size 1. NaN if any is NaN.
///
/// Where several elements are the largest they share the gradient evenly: the subgradient of least norm.
/// [MaxIndex] is the one that selects.
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
      if (dtype == DType.F32) {
        float[] x = (float[]) from;
        float[] y = (float[]) to;
        for (int i = 0; i < columns; i++) {
          int at = t + r * tRow + i * tColumn;
          y[at] = Math.max(y[at], x[f + r * fRow + i * fColumn]);
        }
      } else {
        double[] x = (double[]) from;
        double[] y = (double[]) to;
        for (int i = 0; i < columns; i++) {
          int at = t + r * tRow + i * tColumn;
          y[at] = Math.max(y[at], x[f + r * fRow + i * fColumn]);
        }
      }
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
}
