package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// What is left of `x` after division by `y` rounded down, as in Python: `z = x - y ⌊x/y⌋`, with
/// the sign of `y`; both of one shape.
///
/// The remainder is exact where the quotient is large. The slopes are 1 and `-⌊x/y⌋`.
public record Remainder() implements Op.Pairwise {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.numbers(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (out[0].dtype().isFloat()) {
      Op.Pairwise.super.run(in, out);
    } else {
      TruncDiv.checkDivisors(this, in[1]);
      Loop.wholePairs(in, out, (x, y) -> Math.floorMod(x, y), (x, y) -> Math.floorMod(x, y));
    }
  }

  @Override
  public double f(double x, double y) {
    double rest = x % y;
    return rest != 0 && rest < 0 != y < 0 ? rest + y : rest;
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    return i == 0 ? Tensor.ones(x.shape(), x.dtype()) : x.floorDiv(y).neg();
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 ? at.g() : at.g().mul(slope(1, at.x(0), at.x(1), at.y()));
  }
}
