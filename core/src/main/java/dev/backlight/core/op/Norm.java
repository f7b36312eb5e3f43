package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The Euclidean norm over some axes, which are dropped or kept with size 1: `y = √(Σ x²)`.
///
/// At 0 the gradient and all higher derivatives are 0, the subgradient of least norm;
/// `sqrt(sum(x²))` spelled out has NaN there. The sum neither overflows nor underflows while the
/// norm itself does not.
public record Norm(List<Integer> axes, boolean keep) implements Op.Coupled {
  public Norm {
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
    kept(in[0], in[0].shape(), 0, 0, out[0], 0);
  }

  /// Descends the axes that are kept and computes a norm at each place.
  private void kept(Block x, Shape shape, int axis, int from, Block y, int to) {
    if (axis == shape.rank()) {
      y.set(to, norm(x, shape, from));
      return;
    }
    boolean reduced = Axes.reduced(axes, axis);
    int size = reduced ? 1 : shape.size(axis);
    int fStep = shape.stride(axis);
    int tStep = Axes.outputStride(axes, shape, axis);
    for (int i = 0; i < size; i++) {
      kept(x, shape, axis + 1, from + i * fStep, y, to + i * tStep);
    }
  }

  private double norm(Block x, Shape shape, int from) {
    double sum = squares(x, shape, 0, from, 1);
    if (x.dtype() == DType.F64 && isOutOfRange(sum)) {
      double largest = largest(x, shape, 0, from);
      if (largest > 0 && largest < Double.POSITIVE_INFINITY) {
        return largest * Math.sqrt(squares(x, shape, 0, from, largest));
      }
    }
    return Math.sqrt(sum);
  }

  private double squares(Block x, Shape shape, int axis, int from, double unit) {
    if (axis == shape.rank()) {
      double v = x.get(from) / unit;
      return v * v;
    }
    if (!Axes.reduced(axes, axis)) {
      return squares(x, shape, axis + 1, from, unit);
    }
    int size = shape.size(axis);
    int step = shape.stride(axis);
    if (step == 1) {
      return line(x.array(), from, size, unit);
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += squares(x, shape, axis + 1, from + i * step, unit);
    }
    return sum;
  }

  /// The norms of rows that lie in larger arrays.
  static void rows(Object x, int xo, int rows, int n, Object y, int yo) {
    for (int r = 0; r < rows; r++) {
      int from = xo + r * n;
      double sum = line(x, from, n, 1);
      double norm = Math.sqrt(sum);
      if (x instanceof double[] wide && isOutOfRange(sum)) {
        double largest = 0;
        for (int i = from; i < from + n; i++) {
          largest = Math.max(largest, Math.abs(wide[i]));
        }
        if (largest > 0 && largest < Double.POSITIVE_INFINITY) {
          norm = largest * Math.sqrt(line(x, from, n, largest));
        }
      }
      Softmax.set(y, yo + r, norm);
    }
  }

  /// Whether squares may have been lost at the ends of the range of doubles.
  private static boolean isOutOfRange(double sum) {
    return !(sum > 1e-280 && sum < Double.MAX_VALUE);
  }

  private static double line(Object block, int from, int n, double unit) {
    double sum = 0;
    if (block instanceof float[] x) {
      for (int i = from; i < from + n; i++) {
        sum += (double) x[i] * x[i];
      }
    } else {
      double[] x = (double[]) block;
      for (int i = from; i < from + n; i++) {
        sum += (x[i] / unit) * (x[i] / unit);
      }
    }
    return sum;
  }

  private double largest(Block x, Shape shape, int axis, int from) {
    if (axis == shape.rank()) {
      return Math.abs(x.get(from));
    }
    if (!Axes.reduced(axes, axis)) {
      return largest(x, shape, axis + 1, from);
    }
    int size = shape.size(axis);
    int step = shape.stride(axis);
    double max = 0;
    for (int i = 0; i < size; i++) {
      max = Math.max(max, largest(x, shape, axis + 1, from + i * step));
    }
    return max;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Shape kept = Axes.left(at.x().shape(), axes, true);
    Tensor y = at.y().reshape(kept);
    Tensor zero = y.eq(0);
    // Both choices are needed: the inner keeps the division finite, the outer cuts its derivative
    // at 0.
    Tensor direction = at.x().div(zero.where(1, y).expand(at.x().shape()));
    return zero.expand(at.x().shape())
        .where(0, direction.mul(at.g().reshape(kept).expand(at.x().shape())));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Norm(Axes.behind(axes), keep), at.x(0));
  }
}
