package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Exponential;
import org.jspecify.annotations.Nullable;

/// The exponential of square matrices, `I + A + A²/2 + …`, by scaling, a Padé quotient of degree 13
/// and squaring (Higham, 2005).
///
/// The cotangent is the derivative of the exponential at `Aᵀ` along `Ȳ`, and that is the upper
/// right block of the exponential of `[[Aᵀ, Ȳ], [0, Aᵀ]]`: the same op on matrices of twice the
/// size.
public record MatrixExp() implements Matrixwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Matrixwise.square(this, in[0]);
    return in.clone();
  }

  @Override
  public Each each(Shape... in) {
    Exponential exponential = new Exponential(in[0].size(-1));
    return (x, y) -> exponential.run(x[0], y[0]);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor a = at.x().swap(-2, -1);
    int n = a.size(-1);
    Tensor zeros = Tensor.zeros(a.shape(), a.dtype());
    Tensor above = Tensor.concat(-1, a, at.g());
    Tensor below = Tensor.concat(-1, zeros, a);
    Tensor both = Tensor.apply(this, Tensor.concat(-2, above, below));
    return both.slice(-2, 0, n).slice(-1, n, 2 * n);
  }
}
