package com.example.uses;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.testkit.Like;
import dev.backlight.testkit.OpPoint;
import dev.backlight.testkit.OpPoints;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// An op of somebody else's, and all that it takes to test it.
class CubicBellProperties {
  /// `y = x³ / (1 + x⁴)`.
  record CubicBell() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x * x * x / (1 + x * x * x * x);
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      Tensor fourth = x.square().square();
      Tensor below = fourth.add(1);
      return x.square().mul(fourth.neg().add(3)).div(below.mul(below));
    }
  }

  @Provide
  Arbitrary<OpPoint> points() {
    return OpPoints.elementwise(new CubicBell(), -3, 3);
  }

  /// Kernel, dtypes, replay, batches, threads, and derivatives to order 3: one line.
  @Property(tries = 25)
  void theOpPassesTheBattery(@ForAll("points") OpPoint point) {
    point.check();
  }

  /// A whole function with the op in it, at arbitrary matrices.
  @Property(tries = 25)
  void aFunctionOfItHasTheRightGradient(@ForAll @Like(rank = 2, maxSize = 3) Tensor x) {
    GradCheck.standard()
        .check(v -> Tensor.apply(new CubicBell(), v.matmul(v.transpose())).mean(), x);
  }
}
