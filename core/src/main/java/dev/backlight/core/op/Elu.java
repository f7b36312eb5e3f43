package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The exponential linear unit, elementwise: `y = x` above 0 and `y = alpha (eˣ - 1)` below.
///
/// The slope below 0 is `y + alpha`, read off the output. At 0 it is the one nearest to 0 between
/// those of both sides: the lesser of 1 and `alpha`, and 0 for a negative `alpha`. D.-A. Clevert et
/// al., "Fast and accurate deep network learning by exponential linear units" (2016).
public record Elu(double alpha) implements Op.Elementwise {
  public Elu {
    if (!Double.isFinite(alpha)) {
      throw new IllegalArgumentException("elu needs a finite alpha, got " + alpha);
    }
  }

  @Override
  public double f(double x) {
    return x > 0 ? x : alpha * StrictMath.expm1(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    Tensor slope = on(x).where(1, y.add(alpha));
    return alpha < 0 ? x.eq(0).where(0, slope) : slope;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor sent = on(at.x()).where(at.g(), at.g().mul(at.y().add(alpha)));
    return alpha < 0 ? at.x().eq(0).where(0, sent) : sent;
  }

  private Tensor on(Tensor x) {
    return alpha <= 1 ? x.gt(0) : x.ge(0);
  }
}
