package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Jacobi;
import org.jspecify.annotations.Nullable;

/// Eigenvalues, ascending, and orthonormal eigenvectors, as columns, of symmetric matrices: `(A +
/// Aᵀ)/2 = V diag(w) Vᵀ`. The element of largest magnitude of every vector is positive.
///
/// `Ā = V (diag(w̄) + F ∘ Vᵀ V̄) Vᵀ`, made symmetric, where `Fᵢⱼ = 1/(wⱼ − wᵢ)` off the diagonal
/// (Giles, 2008). Through the values alone it is fine for equal eigenvalues; through vectors, and
/// at the second order, equal eigenvalues give NaN, because there the vectors are not a function.
public record Eigh() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape a = Matrixwise.square(this, in[0]);
    return new Spec[] {in[0].with(a.without(-1)), in[0]};
  }

  @Override
  public Each each(Shape... in) {
    int n = in[0].size(-1);
    double[] v = new double[n * n];
    return (x, y) -> {
      double[] a = x[0];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          double half = 0.5 * a[i * n + j] + 0.5 * a[j * n + i];
          a[i * n + j] = half;
          a[j * n + i] = half;
        }
      }
      Jacobi.eigen(a, y[0], v, n);
      transpose(v, y[1], n, n);
    };
  }

  /// Rows of n×m numbers as columns.
  static void transpose(double[] rows, double[] columns, int n, int m) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        columns[j * n + i] = rows[i * m + j];
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor w = at.y(0);
    Tensor v = at.y(1);
    Tensor scaled = v.mul(at.g(0).unsqueeze(-2));
    if (at.arrived(1)) {
      Tensor f = gaps(w.unsqueeze(-2).sub(w.unsqueeze(-1)));
      scaled = scaled.add(v.matmul(v.matmul(at.g(1), true, false).mul(f)));
    }
    return Matrixwise.symmetric(scaled.matmul(v, false, true));
  }

  /// `1/x` off the diagonal, NaN where `x` is 0, and 0 on the diagonal.
  static Tensor gaps(Tensor x) {
    int n = x.size(-1);
    Tensor diagonal = Tensor.eye(n, x.dtype()).gt(0);
    Tensor off = diagonal.where(1, x);
    return diagonal.where(0, off.eq(0).where(Double.NaN, off.reciprocal()));
  }
}
