package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sum over some axes, which are dropped or kept with size 1. The sum of nothing is 0; integers
/// wrap around.
///
/// Its transpose repeats the cotangent along the summed axes.
public record Sum(List<Integer> axes, boolean keep) implements Op.Linear {
  public Sum {
    axes = List.copyOf(axes);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.numbers(this, in);
    return new Spec[] {Axes.left(in[0], axes, keep)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Shape shape = in[0].shape();
    if (!in[0].dtype().isFloat() || !isAround(shape)) {
      return this::run;
    }
    int kept = out[0].shape().elements();
    return new Split(Split.parts(kept, shape.elements())) {
      @Override
      void run(int part, int parts, Block[] x, Block[] y) {
        sumAround(x[0], begin(part, parts, kept), begin(part + 1, parts, kept), y[0]);
      }
    };
  }

  /// Whether the axes that are left lie side by side, with others before and behind them.
  private boolean isAround(Shape shape) {
    int before = before(shape);
    int behind = axes.size() - before;
    int left = 0;
    for (int axis = shape.rank() - behind; axis < shape.rank(); axis++) {
      left += Axes.reduced(axes, axis) ? 0 : 1;
    }
    return before > 0 && behind > 0 && left == 0;
  }

  private int before(Shape shape) {
    int before = 0;
    while (before < shape.rank() && Axes.reduced(axes, before)) {
      before++;
    }
    return before;
  }

  private void sumAround(Block x, int begin, int end, Block y) {
    int outer = 1;
    for (int axis = 0; axis < before(x.shape()); axis++) {
      outer *= x.shape().size(axis);
    }
    int kept = y.size();
    int inner = kept == 0 || outer == 0 ? 0 : x.size() / outer / kept;
    if (x.dtype() == DType.F32) {
      FloatLoops.current().sumAround(x.f32(), outer, kept, inner, begin, end, y.f32());
    } else {
      DoubleLoops.current().sumAround(x.f64(), outer, kept, inner, begin, end, y.f64());
    }
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (!in[0].dtype().isFloat()) {
      sumWhole(in[0], out[0]);
      return;
    }
    Shape shape = in[0].shape();
    int count = Axes.count(shape, axes);
    if (Axes.consecutive(axes, shape.rank() - axes.size())) {
      sumRows(in[0], out[0].size(), count, out[0]);
    } else if (Axes.consecutive(axes, 0)) {
      sumColumns(in[0], count, out[0].size(), out[0]);
    } else if (isAround(shape)) {
      sumAround(in[0], 0, out[0].size(), out[0]);
    } else {
      sumAnywhere(in[0], out[0]);
    }
  }

  /// Integers are for sizes and indices, which are few: one walk for all choices of axes.
  private void sumWhole(Block x, Block y) {
    Strided.clear(y);
    Shape shape = x.shape();
    for (int e = 0; e < x.size(); e++) {
      int to = 0;
      int left = e;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        to += left % shape.size(axis) * Axes.outputStride(axes, shape, axis);
        left /= shape.size(axis);
      }
      if (x.dtype() == DType.I32) {
        y.i32()[to] += x.i32()[e];
      } else {
        y.i64()[to] += x.i64()[e];
      }
    }
  }

  private static void sumRows(Block x, int rows, int columns, Block y) {
    if (x.dtype() == DType.F32) {
      FloatLoops.current().sumRows(x.f32(), rows, columns, y.f32());
    } else {
      DoubleLoops.current().sumRows(x.f64(), rows, columns, y.f64());
    }
  }

  private static void sumColumns(Block x, int rows, int columns, Block y) {
    if (x.dtype() == DType.F32) {
      FloatLoops.current().sumColumns(x.f32(), rows, columns, y.f32());
    } else {
      DoubleLoops.current().sumColumns(x.f64(), rows, columns, y.f64());
    }
  }

  private void sumAnywhere(Block x, Block y) {
    Strided.clear(y);
    Strided.walk(
        this,
        x.shape(),
        x,
        0,
        x.shape(),
        Strided.packed(),
        y,
        0,
        x.shape(),
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

  private static void addSum(DType dtype, Object from, int f, int step, Object to, int t, int n) {
    if (dtype == DType.F32) {
      float[] x = (float[]) from;
      float sum = 0;
      if (step == 1) {
        sum = FloatLoops.current().sum(x, f, n);
      } else {
        for (int i = 0; i < n; i++) {
          sum += x[f + i * step];
        }
      }
      ((float[]) to)[t] += sum;
    } else {
      double[] x = (double[]) from;
      double sum = 0;
      if (step == 1) {
        sum = DoubleLoops.current().sum(x, f, n);
      } else {
        for (int i = 0; i < n; i++) {
          sum += x[f + i * step];
        }
      }
      ((double[]) to)[t] += sum;
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g().reshape(Axes.left(at.x().shape(), axes, true)).expand(at.x().shape());
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Sum(Axes.behind(axes), keep), at.x(0));
  }
}
