package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import dev.backlight.core.kernel.Jacobi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The derivatives of the determinant. Of order 0 the cofactors of `A`: `∂det/∂A`. Of order `k`,
/// for `A` and `k` directions, the gradient with respect to `A` of the k-th derivative of det along
/// them.
///
/// With `A = U S Vᵀ` the determinant is a polynomial in the elements of `Uᵀ E V`, whose
/// coefficients are products of singular values: no division, so that singular matrices of every
/// rank are no exception. Of a matrix that is not finite they are NaN. A derivative of order `k`
/// takes `O(n^(k+2))`. It is linear in each direction and symmetric among them, so its own
/// derivatives are this op again.
public record Cofactors(int order) implements Matrixwise {
  public Cofactors {
    if (order < 0) {
      throw new IllegalArgumentException("cofactors needs order >= 0, got " + order);
    }
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, order + 1, in);
    Check.floats(this, in);
    Shape a = Matrixwise.square(this, in[0]);
    for (Spec spec : in) {
      if (!spec.shape().equals(a)) {
        throw new ShapeException(name() + " needs equal shapes, got " + a + " and " + spec.shape());
      }
    }
    return new Spec[] {in[0]};
  }

  @Override
  public Each each(Shape... in) {
    return new Expansion(in[0].size(-1), order);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor[] in = new Tensor[i == 0 ? order + 2 : order + 1];
    for (int k = 0; k <= order; k++) {
      in[k] = at.x(k);
    }
    in[i == 0 ? order + 1 : i] = at.g();
    return Tensor.apply(new Cofactors(i == 0 ? order + 1 : order), in);
  }

  /// The expansion in the frame of the singular vectors.
  private static final class Expansion implements Each {
    private final int n;
    private final int order;
    private final double[] u;
    private final double[] v;
    private final double[] s;
    private final double[] work;
    private final double[] sum;
    private final int[] rows;
    private final int[] row;
    private final int[] column;
    private final boolean[] used;
    private final boolean[] crossed;

    Expansion(int n, int order) {
      this.n = n;
      this.order = order;
      u = new double[n * n];
      v = new double[n * n];
      s = new double[n];
      work = new double[n * n];
      sum = new double[n * n];
      rows = new int[n];
      row = new int[order + 1];
      column = new int[order + 1];
      used = new boolean[n];
      crossed = new boolean[order + 1];
    }

    @Override
    public void run(double[][] in, double[][] out) {
      for (double a : in[0]) {
        if (!Double.isFinite(a)) {
          Arrays.fill(out[0], Double.NaN);
          return;
        }
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          u[j * n + i] = in[0][i * n + j];
        }
      }
      Jacobi.svd(u, s, v, n, n);
      double sign = sign(u) * sign(v);
      for (int k = 1; k <= order; k++) {
        product(u, false, in[k], work);
        product(work, true, v, in[k]);
      }
      Arrays.fill(sum, 0);
      tuples(0, in);
      // ∂/∂A = U M Vᵀ; the rows of u and v are the vectors.
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double e = 0;
          for (int k = 0; k < n; k++) {
            e += sum[i * n + k] * v[k * n + j];
          }
          work[i * n + j] = e;
        }
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double e = 0;
          for (int k = 0; k < n; k++) {
            e += u[k * n + i] * work[k * n + j];
          }
          out[0][i * n + j] = sign * e;
        }
      }
    }

    private double sign(double[] orthogonal) {
      System.arraycopy(orthogonal, 0, work, 0, n * n);
      double sign = Factor.lu(work, rows, n);
      for (int i = 0; i < n; i++) {
        sign *= Math.signum(work[i * n + i]);
      }
      return sign;
    }

    /// `z = x y`, or `x yᵀ`.
    private void product(double[] x, boolean transposed, double[] y, double[] z) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double e = 0;
          for (int k = 0; k < n; k++) {
            e += x[i * n + k] * (transposed ? y[j * n + k] : y[k * n + j]);
          }
          z[i * n + j] = e;
        }
      }
    }

    /// Every choice of different rows, one for each direction and one for the open place.
    private void tuples(int depth, double[][] in) {
      if (depth > order) {
        double rest = 1;
        for (int i = 0; i < n; i++) {
          rest *= used[i] ? 1 : s[i];
        }
        if (rest != 0) {
          permutations(0, rest, in);
        }
        return;
      }
      for (int i = 0; i < n; i++) {
        if (!used[i]) {
          used[i] = true;
          row[depth] = i;
          tuples(depth + 1, in);
          used[i] = false;
        }
      }
    }

    /// Every assignment of the chosen columns to the chosen rows, with its sign.
    private void permutations(int depth, double term, double[][] in) {
      for (int k = 0; k <= order; k++) {
        if (crossed[k]) {
          continue;
        }
        int inversions = 0;
        for (int d = 0; d < depth; d++) {
          inversions += column[d] > k ? 1 : 0;
        }
        double signed = inversions % 2 == 0 ? term : -term;
        if (depth == order) {
          sum[row[depth] * n + row[k]] += signed;
        } else {
          crossed[k] = true;
          column[depth] = k;
          permutations(depth + 1, signed * in[depth + 1][row[depth] * n + row[k]], in);
          crossed[k] = false;
        }
      }
    }
  }
}
