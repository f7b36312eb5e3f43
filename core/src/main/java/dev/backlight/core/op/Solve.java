package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The solution of linear systems: `A X = B` for `A` (…, n, n) and `B` (…, n, k), by LU with
/// partial pivoting.
///
/// `B̄ = A⁻ᵀ X̄` and `Ā = −B̄ Xᵀ`. A singular matrix is an error.
public record Solve() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    return Matrixwise.system(this, in);
  }

  @Override
  public Each each(Shape... in) {
    int n = in[1].size(-2);
    int k = in[1].size(-1);
    int[] rows = new int[n];
    return (x, y) -> Factor.solve(x[0], rows, x[1], y[0], n, k);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor b = Tensor.apply(this, at.x(0).swap(-2, -1), at.g());
    return i == 1 ? b : b.matmul(at.y(), false, true).neg();
  }
}
