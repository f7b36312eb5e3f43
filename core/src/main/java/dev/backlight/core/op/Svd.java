package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Jacobi;
import org.jspecify.annotations.Nullable;

/// The reduced singular value decomposition of m×n matrices: `A = U diag(s) Vᵀ` with `k = min(m,
/// n)` singular values, descending; outputs are `U` (…, m, k), `s` (…, k) and `Vᵀ` (…, k, n). The
/// element of largest magnitude of every column of `U` is positive. A singular value below 1e-140
/// times the largest element is 0.
///
/// The cotangent is that of Townsend, *Differentiating the singular value decomposition* (2016).
/// Through the values alone it is fine for equal ones; through vectors, and at the second order,
/// equal singular values give NaN, because there the vectors are not a function; so do zeros of a
/// matrix that is not square.
public record Svd() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape a = Matrixwise.matrices(this, in[0]);
    int k = Math.min(a.size(-2), a.size(-1));
    return new Spec[] {
      in[0].with(a.with(-1, k)), in[0].with(a.without(-2).with(-1, k)), in[0].with(a.with(-2, k))
    };
  }

  @Override
  public Each each(Shape... in) {
    int m = in[0].size(-2);
    int n = in[0].size(-1);
    int k = Math.min(m, n);
    double[] left = new double[m * k];
    double[] right = new double[n * k];
    return (x, y) -> {
      decompose(x[0], left, y[1], right, m, n);
      Eigh.transpose(left, y[0], k, m);
      System.arraycopy(right, 0, y[2], 0, k * n);
    };
  }

  /// Left and right vectors as rows.
  static void decompose(double[] a, double[] left, double[] s, double[] right, int m, int n) {
    if (m >= n) {
      Eigh.transpose(a, left, m, n);
      Jacobi.svd(left, s, right, m, n);
    } else {
      System.arraycopy(a, 0, right, 0, m * n);
      Jacobi.svd(right, s, left, n, m);
    }
    Jacobi.fixSigns(left, m, right, n, Math.min(m, n));
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor u = at.y(0);
    Tensor s = at.y(1);
    Tensor vh = at.y(2);
    Tensor a = u.mul(at.g(1).unsqueeze(-2)).matmul(vh);
    if (!at.arrived(0) && !at.arrived(2)) {
      return a;
    }
    Tensor row = s.unsqueeze(-2);
    Tensor column = s.unsqueeze(-1);
    // (sⱼ − sᵢ)(sⱼ + sᵢ) keeps the digits that a difference of squares loses.
    Tensor f = Eigh.gaps(row.sub(column).mul(row.add(column)));
    if (at.arrived(0)) {
      Tensor g = at.g(0);
      Tensor along = u.matmul(g, true, false);
      Tensor turn = along.sub(along.swap(-2, -1)).mul(f);
      a = a.add(u.matmul(turn.mul(row)).matmul(vh));
      if (u.size(-2) > u.size(-1)) {
        a = a.add(g.sub(u.matmul(along)).div(row).matmul(vh));
      }
    }
    if (at.arrived(2)) {
      Tensor g = at.g(2);
      Tensor along = vh.matmul(g, false, true);
      Tensor turn = along.sub(along.swap(-2, -1)).mul(f);
      a = a.add(u.matmul(turn.mul(column)).matmul(vh));
      if (vh.size(-1) > vh.size(-2)) {
        a = a.add(u.matmul(g.sub(along.swap(-2, -1).matmul(vh)).div(column)));
      }
    }
    return a;
  }
}
