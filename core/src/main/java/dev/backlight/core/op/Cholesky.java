package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The Cholesky factor of symmetric positive definite matrices: the lower triangle `L` with a
/// positive diagonal and `L Lᵀ = (A + Aᵀ)/2`.
///
/// It is a function of the symmetric part, so its cotangent is symmetric: with `P = Φ(Lᵀ L̄)`,
/// where `Φ` takes the lower triangle and halves the diagonal, `Ā = sym(L⁻ᵀ P L⁻¹)` (Murray,
/// arXiv:1602.07527). A matrix that is not positive definite is an error that names the pivot.
public record Cholesky() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Matrixwise.square(this, in[0]);
    return in.clone();
  }

  @Override
  public Each each(Shape... in) {
    int n = in[0].size(-1);
    return (x, y) -> Factor.cholesky(x[0], y[0], n);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor l = at.y();
    Tensor m = l.matmul(at.g(), true, false);
    Tensor phi = m.tril(0).add(m.tril(-1)).mul(0.5);
    TriangularSolve back = new TriangularSolve(false, true, false);
    Tensor left = Tensor.apply(back, l, phi);
    Tensor both = Tensor.apply(back, l, left.swap(-2, -1));
    return Matrixwise.symmetric(both);
  }
}
