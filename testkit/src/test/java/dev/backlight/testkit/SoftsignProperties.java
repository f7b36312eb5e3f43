package dev.backlight.testkit;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// The README's custom op, property-tested in the README's own words.
class SoftsignProperties {
  // @start region="op"
  record Softsign() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      Tensor d = x.abs().add(1);
      return d.mul(d).reciprocal();
    }
  }

  // @end

  // @start region="property"
  @Property(tries = 100)
  void everyDerivativeIsRight(@ForAll Tensor x) {
    Assume.that(x.abs().amin().item() > 0.01); // away from the kink of the second derivative
    GradCheck.standard().check(v -> Tensor.apply(new Softsign(), v), x);
  }
  // @end
}
