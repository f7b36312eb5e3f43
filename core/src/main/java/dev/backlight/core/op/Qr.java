package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The reduced QR factors of m×n matrices, `m ≥ n`: `A = Q R`, `Q` with orthonormal columns, `R`
/// upper triangular with no negative number on its diagonal, which makes both unique at full rank.
///
/// With `M = R R̄ᵀ − Q̄ᵀ Q`, `Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ`, where copyltu mirrors the lower
/// triangle (Walter and Lehmann, arXiv:1001.1654). The derivative at a matrix without full rank is
/// an error.
public record Qr() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape a = Matrixwise.matrices(this, in[0]);
    if (a.size(-2) < a.size(-1)) {
      throw new ShapeException("qr needs (…, m, n) with m >= n, got " + a);
    }
    return new Spec[] {in[0], in[0].with(a.with(-2, a.size(-1)))};
  }

  @Override
  public Each each(Shape... in) {
    int m = in[0].size(-2);
    int n = in[0].size(-1);
    double[] scale = new double[2 * n];
    return (x, y) -> Factor.qr(x[0], scale, y[0], y[1], m, n);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor q = at.y(0);
    Tensor r = at.y(1);
    Tensor m = r.matmul(at.g(1), false, true).sub(at.g(0).matmul(q, true, false));
    Tensor mirrored = m.tril(0).add(m.tril(-1).swap(-2, -1));
    Tensor left = at.g(0).add(q.matmul(mirrored)).swap(-2, -1);
    return Tensor.apply(new TriangularSolve(true, false, false), r, left).swap(-2, -1);
  }
}
