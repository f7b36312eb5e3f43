package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmoothGradTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);

  @Test
  void theSlopeOfASquareKeepsItsMeanAndGainsTheNoise() {
    // The slope of x² at x + e is 2x + 2e: its mean over noise that sums to 0 is 2x, its variance
    // 4.
    Tensor noise = Tensor.ones(3, 5).to(DType.F64);
    SmoothGrad.Given both = new SmoothGrad.Given(List.of(noise, noise.neg()));
    SmoothGrad mean = new SmoothGrad(new Saliency(), SmoothGrad.Kind.MEAN, both);
    Target sum = Target.of(y -> y.sum(1));
    assertThat(mean.explain(Tensor::square, X, sum).scores().toDoubles())
        .containsExactly(X.mul(2).toDoubles(), within(1e-14));
    assertThat(
            mean.as(SmoothGrad.Kind.VARIANCE).explain(Tensor::square, X, sum).scores().toDoubles())
        .containsExactly(noise.mul(4).toDoubles(), within(1e-14));
    assertThat(mean.as(SmoothGrad.Kind.SQUARE).explain(Tensor::square, X, sum).scores().toDoubles())
        .containsExactly(X.square().mul(4).add(4).toDoubles(), within(1e-13));
  }

  @Test
  void aroundAMethodThatOnlyAsksTheModel() {
    SmoothGrad occluded = SmoothGrad.of(Occlusion.with(Baseline.zeros()), 0.5, 40, 3);
    Tensor w = Nets.draw(2, DType.F64, 5, 2);
    Attribution a = occluded.explain(x -> x.matmul(w), X, Target.at(1));
    // Of a linear model it is x w on average; the noise is the same for all examples.
    Tensor off = a.scores().sub(X.mul(w.slice(1, 1, 2).reshape(5)));
    assertThat(off.slice(0, 0, 1).sub(off.slice(0, 2, 3)).abs().amax().item()).isLessThan(1e-12);
    assertThat(off.abs().amax().item()).isLessThan(0.5);
    assertThat(a.evaluations()).isGreaterThan(40 * 5);
    SmoothGrad drawn = SmoothGrad.of(new RandomAttribution(0), 0.5, 2, 3);
    assertThatThrownBy(() -> drawn.scores(x -> x.matmul(w), X, Target.at(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("scores in Tensor language need a method that has them, got random");
  }

  @Test
  void smoothedGradientsHaveGradients() {
    Tensor w = Nets.draw(3, DType.F64, 5, 4);
    SmoothGrad smooth = SmoothGrad.of(new Saliency(), 0.3, 3, 1);
    GradCheck.standard()
        .check(
            (Tensor weight) ->
                smooth.scores(x -> x.matmul(weight).tanh(), X, Target.at(0)).square().sum(),
            w);
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> SmoothGrad.of(new Saliency(), 0, 10, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "smooth-grad needs a finite spread above 0 and draws of at least 1, got 0.0 and 10");
    assertThatThrownBy(() -> new SmoothGrad.Given(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("smooth-grad needs draws of at least 1, got none");
    SmoothGrad wrong =
        new SmoothGrad(
            new Saliency(),
            SmoothGrad.Kind.MEAN,
            new SmoothGrad.Given(List.of(Nets.draw(1, DType.F64, 4))));
    assertThatThrownBy(() -> wrong.explain(Tensor::tanh, X, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("smooth-grad needs noise like x (3, 5), got (4)");
  }
}
