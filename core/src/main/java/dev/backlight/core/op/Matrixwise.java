package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.MatrixException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Unfit;
import java.util.Arrays;

/// An op that does the same to every matrix of a batch: the last two axes of its inputs are
/// matrices, the leading ones are equal.
///
/// It computes in doubles for both dtypes, in memory that belongs to the plan.
public interface Matrixwise extends Op.Coupled {
  /// What happens to one matrix of each input, for inputs of these shapes. Memory that it needs is
  /// made here.
  Each each(Shape... in);

  /// One example: row-major inputs, which may be overwritten, to row-major outputs.
  @FunctionalInterface
  interface Each {
    void run(double[][] in, double[][] out);
  }

  @Override
  default void run(Block[] in, Block[] out) {
    planned(specs(in), specs(out)).run(in, out);
  }

  /// Two for each element of the largest tensor and each row or column of the first matrix: the
  /// cube that a factorisation takes, without the factor of the algorithm.
  @Override
  default long flops(Spec[] in, Spec[] out) {
    long most = 0;
    for (Spec spec : in) {
      most = Math.max(most, spec.shape().elements());
    }
    for (Spec spec : out) {
      most = Math.max(most, spec.shape().elements());
    }
    return 2 * most * Math.min(in[0].shape().size(-2), in[0].shape().size(-1));
  }

  private static Spec[] specs(Block[] blocks) {
    return Arrays.stream(blocks).map(Block::spec).toArray(Spec[]::new);
  }

  @Override
  default Kernel planned(Spec[] in, Spec[] out) {
    Shape lead = in[0].shape().without(-2, -1);
    int count = lead.elements();
    if (count == 0) {
      return (_, _) -> {};
    }
    double[][] x = memory(in, count);
    double[][] y = memory(out, count);
    Each each = each(Arrays.stream(in).map(Spec::shape).toArray(Shape[]::new));
    return (from, to) -> {
      for (int b = 0; b < count; b++) {
        for (int i = 0; i < x.length; i++) {
          read(from[i], b, x[i]);
        }
        try {
          each.run(x, y);
        } catch (Unfit e) {
          String place = lead.rank() == 0 ? "" : ", at index " + index(lead, b);
          throw new MatrixException(e.getMessage() + place);
        }
        for (int k = 0; k < y.length; k++) {
          write(y[k], b, to[k]);
        }
      }
    };
  }

  @Override
  default Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }

  private static double[][] memory(Spec[] specs, int count) {
    return Arrays.stream(specs)
        .map(s -> new double[s.shape().elements() / count])
        .toArray(double[][]::new);
  }

  private static void read(Block from, int b, double[] x) {
    if (from.dtype() == DType.F64) {
      System.arraycopy(from.f64(), b * x.length, x, 0, x.length);
    } else {
      float[] values = from.f32();
      for (int e = 0; e < x.length; e++) {
        x[e] = values[b * x.length + e];
      }
    }
  }

  private static void write(double[] y, int b, Block to) {
    if (to.dtype() == DType.F64) {
      System.arraycopy(y, 0, to.f64(), b * y.length, y.length);
    } else {
      float[] values = to.f32();
      for (int e = 0; e < y.length; e++) {
        values[b * y.length + e] = (float) y[e];
      }
    }
  }

  private static String index(Shape lead, int b) {
    int[] index = new int[lead.rank()];
    int rest = b;
    for (int a = index.length - 1; a >= 0; a--) {
      index[a] = rest % lead.size(a);
      rest /= lead.size(a);
    }
    return Arrays.toString(index);
  }

  /// The shape of square matrices, or an error.
  static Shape square(Op op, Spec in) {
    Shape shape = in.shape();
    if (shape.rank() < 2 || shape.size(-1) != shape.size(-2)) {
      throw new ShapeException(op.name() + " needs square matrices (…, n, n), got " + shape);
    }
    return shape;
  }

  /// The shape of matrices, or an error.
  static Shape matrices(Op op, Spec in) {
    if (in.shape().rank() < 2) {
      throw new ShapeException(op.name() + " needs matrices (…, m, n), got " + in.shape());
    }
    return in.shape();
  }

  /// Square matrices and right-hand sides, or an error.
  static Spec[] system(Op op, Spec... in) {
    Check.inputs(op, 2, in);
    Check.floats(op, in);
    Shape a = in[0].shape();
    Shape b = in[1].shape();
    int rank = a.rank();
    if (rank < 2
        || b.rank() != rank
        || a.size(-1) != a.size(-2)
        || b.size(-2) != a.size(-1)
        || !a.without(-2, -1).equals(b.without(-2, -1))) {
      throw new ShapeException(
          op.name() + " needs (…, n, n) and (…, n, k), got " + a + " and " + b);
    }
    return new Spec[] {in[1]};
  }

  /// Half of the sum with the transpose.
  static Tensor symmetric(Tensor a) {
    return a.add(a.swap(-2, -1)).mul(0.5);
  }
}
