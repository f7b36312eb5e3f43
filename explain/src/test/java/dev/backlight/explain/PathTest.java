package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Integrals in which an affine beginning is run for the ends only are those in which all is run.
class PathTest {
  private static final Quadrature.Fixed RULE = Quadrature.gaussLegendre(40);

  private static Path path(Function<Tensor, Tensor> model, Tensor x, Tensor base) {
    return Path.to(x, base, model, Target.at(1), (there, _) -> List.of(there.gradient()));
  }

  private static void same(Function<Tensor, Tensor> model, Tensor x, Tensor base) {
    Path path = path(model, x, base);
    double[] want = path.by(RULE).getFirst().toDoubles();
    assertThat(path.gradient(RULE).toDoubles()).containsExactly(want, within(1e-12));
  }

  @Test
  void ofAPerceptron() {
    same(
        Nets.mlp(10, DType.F64, Tensor::tanh, true),
        Nets.draw(1, DType.F64, 3, 5),
        Nets.draw(2, DType.F64, 3, 5));
  }

  @Test
  void ofAConvolutionalNetwork() {
    same(
        Nets.cnn(10, DType.F64, true),
        Nets.draw(1, DType.F64, 2, 1, 6, 6),
        Nets.draw(2, DType.F64, 2, 1, 6, 6));
  }

  @Test
  void ofWhatIsReadTwice() {
    // Beside the product something else reads the inputs: nothing is taken out.
    Tensor w = Nets.draw(3, DType.F64, 5, 5);
    same(
        x -> x.matmul(w).tanh().mul(x),
        Nets.draw(1, DType.F64, 3, 5),
        Nets.draw(2, DType.F64, 3, 5));
  }

  @Test
  void ofAModelThatIsAffineAltogether() {
    Tensor w = Nets.draw(3, DType.F64, 5, 3);
    same(x -> x.sub(1).matmul(w), Nets.draw(1, DType.F64, 3, 5), Nets.draw(2, DType.F64, 3, 5));
  }

  @Test
  void ofOneThatBeginsWithTwoProducts() {
    Tensor w = Nets.draw(3, DType.F64, 5, 4);
    Tensor v = Nets.draw(4, DType.F64, 5, 4);
    same(
        x -> x.matmul(w).sigmoid().mul(x.mul(2).matmul(v).add(1)),
        Nets.draw(1, DType.F64, 3, 5),
        Nets.draw(2, DType.F64, 3, 5));
  }

  @Test
  void whereTheExamplesAreNotTheFirstAxisOfTheBeginning() {
    Tensor w = Nets.draw(3, DType.F64, 4, 5);
    same(
        x -> w.matmul(x.transpose()).tanh().transpose(),
        Nets.draw(1, DType.F64, 3, 5),
        Nets.draw(2, DType.F64, 3, 5));
  }

  @Test
  void theFirstLayerIsRunForTheEndsAndNotForAllPoints() {
    Tensor wide = Nets.draw(3, DType.F64, 200, 30);
    Tensor out = Nets.draw(4, DType.F64, 30, 2);
    Function<Tensor, Tensor> model = x -> x.matmul(wide).relu().matmul(out);
    Tensor x = Nets.draw(1, DType.F64, 1, 200);
    IntegratedGradients ig = IntegratedGradients.from(Baseline.zeros()).with(RULE);
    long flops =
        Tape.record((Tensor in) -> ig.scores(model, in, Target.at(1)), x)
            .player()
            .costs()
            .total()
            .flops();
    // Once forward (the baseline is known beforehand) and once back through the first layer, 12,000
    // each; with all points it were forty times as much.
    assertThat(flops).isBetween(24_000L, 60_000L);
  }
}
