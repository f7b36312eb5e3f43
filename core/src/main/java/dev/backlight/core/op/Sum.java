package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sum over some axes, which are dropped or kept with size 1. The sum of nothing is 0.
///
/// Its transpose repeats the cotangent along the summed axes.
public record Sum(List<Integer> axes, boolean keep) implements Op.Linear {
  public Sum {
    axes = List.copyOf(axes);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    return new Spec[] {Axes.left(in[0], axes, keep)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.clear(out[0]);
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
        Sum::tile);
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
      if (tColumn == 0) {
        addSum(dtype, from, f + r * fRow, fColumn, to, t + r * tRow, columns);
      } else {
        Strided.addLine(dtype, from, f + r * fRow, fColumn, to, t + r * tRow, tColumn, columns);
      }
    }
  }

  private static void addSum(
      DType dtype, Object from, int f, int step, Object to, int t, int n) {
    if (dtype == DType.F32) {
      float[] x = (float[]) from;
      float sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[f + i * step];
      }
      ((float[]) to)[t] += sum;
    } else {
      double[] x = (double[]) from;
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[f + i * step];
      }
      ((double[]) to)[t] += sum;
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g().reshape(Axes.left(at.x().shape(), axes, true)).expand(at.x().shape());
  }
}
