package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// How the methods for layers and neurons hang together.
class LayerMethodsTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);
  private static final Target TARGET = Target.each(2, 0, 1);
  private static final Quadrature.Fixed RULE = Quadrature.gaussLegendre(30);
  private static final Baseline ZEROS = Baseline.zeros();

  @Test
  void theNeuronsOfALayerShareIntegratedGradients() {
    Tensor sum = X.mul(0);
    for (int neuron = 0; neuron < 7; neuron++) {
      NeuronConductance one = new NeuronConductance(ZEROS, RULE, "hidden1", List.of(neuron));
      sum = sum.add(one.explain(MLP, X, TARGET).scores());
    }
    assertThat(sum.toDoubles())
        .containsExactly(
            IntegratedGradients.from(ZEROS).with(RULE).explain(MLP, X, TARGET).scores().toDoubles(),
            within(1e-12));
  }

  @Test
  void theInputsOfANeuronAddUpToItsConductance() {
    double[] conductance =
        Conductance.from(ZEROS)
            .with(RULE)
            .contributions(MLP, X, TARGET)
            .layer("hidden1")
            .orElseThrow()
            .contribution()
            .slice(1, 3, 4)
            .toDoubles();
    assertThat(
            new NeuronConductance(ZEROS, RULE, "hidden1", List.of(3))
                .explain(MLP, X, TARGET)
                .scores()
                .sum(1)
                .toDoubles())
        .containsExactly(conductance, within(1e-12));
  }

  @Test
  void conductanceInStepsComesToConductance() {
    double[] exact =
        Conductance.from(ZEROS)
            .with(RULE)
            .contributions(MLP, X, TARGET)
            .layer("hidden2")
            .orElseThrow()
            .contribution()
            .toDoubles();
    Quadrature.Fixed points = Quadrature.trapezoid(800);
    assertThat(new LayerConductance(ZEROS, points, "hidden2").scores(MLP, X, TARGET).toDoubles())
        .containsExactly(exact, within(5e-3));
    assertThatThrownBy(() ->
            new LayerConductance(ZEROS, Quadrature.midpoint(1), "hidden2").scores(MLP, X, TARGET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer-conductance needs two points or more, got 1");
  }

  @Test
  void integratedGradientsOfACutAddUp() {
    Tensor scores = new LayerIntegratedGradients(ZEROS, RULE, "hidden1").scores(MLP, X, TARGET);
    Tensor difference = TARGET.scalars(MLP.apply(X)).sub(TARGET.scalars(MLP.apply(X.mul(0))));
    assertThat(scores.sum(1).toDoubles()).containsExactly(difference.toDoubles(), within(1e-10));
  }

  @Test
  void besideALayerEverythingSeesX() {
    // f = a(x) · x with a = 2x as the layer: along a, from 0 to 2x, the slope is x all the way.
    Function<Tensor, Tensor> model = x -> x.mul(2).named("a").mul(x);
    assertThat(
            new LayerIntegratedGradients(ZEROS, RULE, "a")
                .scores(model, X, Target.at(1))
                .slice(1, 1, 2)
                .toDoubles())
        .containsExactly(X.square().mul(2).slice(1, 1, 2).toDoubles(), within(1e-12));
  }

  @Test
  void internalInfluenceOfALinearModelIsItsWeight() {
    Tensor w = Nets.draw(4, DType.F64, 5, 3);
    double[] influence =
        InternalInfluence.from(ZEROS)
            .contributions(x -> x.mul(3).named("a").matmul(w), X, Target.at(2))
            .layer("a")
            .orElseThrow()
            .contribution()
            .toDoubles();
    assertThat(influence)
        .containsExactly(
            w.slice(1, 2, 3).reshape(1, 5).expand(X.shape()).toDoubles(), within(1e-12));
  }

  @Test
  void theyHaveGradients() {
    Tensor w = Nets.draw(4, DType.F64, 5, 3);
    Function<Tensor, Function<Tensor, Tensor>> model =
        weight -> x -> x.matmul(weight).tanh().named("h").square();
    Quadrature.Fixed few = Quadrature.gaussLegendre(3);
    GradCheck.standard()
        .check(
            (Tensor weight) ->
                new LayerIntegratedGradients(ZEROS, few, "h")
                    .scores(model.apply(weight), X, Target.at(0))
                    .square()
                    .sum(),
            w);
    GradCheck.standard()
        .check(
            (Tensor weight) ->
                new NeuronConductance(ZEROS, few, "h", List.of(0))
                    .scores(model.apply(weight), X, Target.at(0))
                    .square()
                    .sum(),
            w);
  }

  @Test
  void layersAndNeuronsThatAreNotThereAreNamed() {
    assertThatThrownBy(
            () -> new LayerIntegratedGradients(ZEROS, RULE, "hidden3").scores(MLP, X, TARGET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a layer of the model is needed, got hidden3; it has pre1, hidden1, hidden2, logits");
    assertThatThrownBy(
            () -> new NeuronConductance(ZEROS, RULE, "hidden1", List.of(7)).explain(MLP, X, TARGET))
        .isInstanceOf(ShapeException.class)
        .hasMessageMatching("a neuron needs a place in \\[7\\] of layer hidden1, got \\[7\\]");
  }
}
