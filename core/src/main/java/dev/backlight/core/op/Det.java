package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The determinant of square matrices, by LU; that of an empty one is 1.
///
/// Its gradient is the matrix of [Cofactors], which is right at singular matrices too.
public record Det() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    return new Spec[] {in[0].with(Matrixwise.square(this, in[0]).without(-2, -1))};
  }

  @Override
  public Each each(Shape... in) {
    int n = in[0].size(-1);
    int[] rows = new int[n];
    return (x, y) -> {
      double det = Factor.lu(x[0], rows, n);
      for (int i = 0; i < n; i++) {
        det *= x[0][i * n + i];
      }
      y[0][0] = det;
    };
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor g = at.g().unsqueeze(-1).unsqueeze(-1);
    return Tensor.apply(new Cofactors(0), at.x()).mul(g);
  }
}
