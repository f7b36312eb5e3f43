package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The solution of triangular systems: `A X = B`, or `Aᵀ X = B` if `transposed`, where only the
/// upper or the lower triangle of `A` (…, n, n) is read, and its diagonal is taken as ones if
/// `unit`. `B` is (…, n, k).
///
/// `B̄` solves the transposed system for `X̄`, and `Ā = −B̄ Xᵀ` on the triangle. A zero on the
/// diagonal is an error.
public record TriangularSolve(boolean upper, boolean transposed, boolean unit)
    implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    return Matrixwise.system(this, in);
  }

  @Override
  public Each each(Shape... in) {
    int n = in[1].size(-2);
    int k = in[1].size(-1);
    String name = name();
    return (x, y) -> {
      if (!unit) {
        Factor.checkPivots(name, x[0], n);
      }
      System.arraycopy(x[1], 0, y[0], 0, n * k);
      Factor.triangular(x[0], y[0], n, k, upper, transposed, unit);
    };
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor b = Tensor.apply(new TriangularSolve(upper, !transposed, unit), at.x(0), at.g());
    if (i == 1) {
      return b;
    }
    Tensor a = transposed ? at.y().matmul(b, false, true) : b.matmul(at.y(), false, true);
    return (upper ? a.triu(unit ? 1 : 0) : a.tril(unit ? -1 : 0)).neg();
  }
}
