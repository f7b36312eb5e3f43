package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Factor;
import org.jspecify.annotations.Nullable;

/// The sign of the determinant and the logarithm of its magnitude, which do not overflow.
///
/// The gradient of the logarithm is `A⁻ᵀ`; none flows through the sign. A singular matrix is an
/// error.
public record SlogDet() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Spec one = in[0].with(Matrixwise.square(this, in[0]).without(-2, -1));
    return new Spec[] {one, one};
  }

  @Override
  public Each each(Shape... in) {
    int n = in[0].size(-1);
    int[] rows = new int[n];
    String name = name();
    return (x, y) -> {
      double sign = Factor.lu(x[0], rows, n);
      Factor.checkPivots(name, x[0], n);
      double log = 0;
      for (int i = 0; i < n; i++) {
        double pivot = x[0][i * n + i];
        sign *= Math.signum(pivot);
        log += Math.log(Math.abs(pivot));
      }
      y[0][0] = sign;
      y[1][0] = log;
    };
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor a = at.x();
    Tensor eye = Tensor.eye(a.size(-1), a.dtype()).expand(a.shape());
    Tensor inverse = Tensor.apply(new Solve(), a.swap(-2, -1), eye);
    return inverse.mul(at.g(1).unsqueeze(-1).unsqueeze(-1));
  }
}
