package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KernelShapTest {
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(7, DType.F64, Tensor::relu, true);
  private static final KernelShap KERNEL = KernelShap.from(Baseline.constant(0.5));

  private static double[] exact(Function<Tensor, Tensor> model, Tensor x) {
    return ShapleyValues.from(Baseline.constant(0.5)).scores(model, x, Target.at(1)).toDoubles();
  }

  @Test
  void withAllCoalitionsItIsExact() {
    Attribution a = KERNEL.samples(30).explain(MLP, X, Target.at(1));
    assertThat(a.scores().toDoubles()).containsExactly(exact(MLP, X), within(1e-11));
    assertThat(a.evaluations()).isEqualTo(2 + 30);
  }

  @Test
  void withSomeCoalitionsItAddsUpAndComesNear() {
    Function<Tensor, Tensor> three = t -> t.matmul(Nets.draw(2, DType.F64, 12, 5));
    Function<Tensor, Tensor> wide = t -> MLP.apply(three.apply(t));
    Tensor x = Nets.draw(11, DType.F64, 2, 12);
    double[] wanted = exact(wide, x);
    double[] off = new double[2];
    int[] samples = {100, 3000};
    for (int k = 0; k < 2; k++) {
      Attribution a = KERNEL.samples(samples[k]).explain(wide, x, Target.at(1));
      assertThat(a.relativeResidual()).isLessThan(1e-10);
      double[] got = a.scores().toDoubles();
      double squares = 0;
      double size = 0;
      for (int i = 0; i < got.length; i++) {
        squares += (got[i] - wanted[i]) * (got[i] - wanted[i]);
        size += wanted[i] * wanted[i];
      }
      off[k] = Math.sqrt(squares / size);
    }
    assertThat(off[0]).isLessThan(0.5);
    assertThat(off[1]).isLessThan(0.1).isLessThan(off[0] / 2);
  }

  @Test
  void oneRegionGetsAll() {
    Attribution a = KERNEL.of(Regions.groups(0, 0, 0, 0, 0)).explain(MLP, X, Target.at(0));
    assertThat(a.scores().slice(1, 4, 5).reshape(3).toDoubles())
        .containsExactly(a.explained().toDoubles(), within(1e-14));
  }

  @Test
  void tooFewSamplesAreRefused() {
    assertThatThrownBy(() -> KERNEL.samples(4).explain(MLP, X, Target.at(0)))
        .hasMessage("kernel-shap needs more samples to tell 5 regions apart, got 4");
    assertThatThrownBy(() -> KERNEL.samples(1))
        .hasMessage("kernel-shap needs samples of at least 2, got 1");
  }
}
