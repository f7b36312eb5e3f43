package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InsideTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);

  @Test
  void aLayerIsAModel() {
    Function<Tensor, Tensor> layer = Inside.layer(MLP, "hidden1");
    NodeContributions nodes = new GradientTimesActivation().contributions(MLP, X, Target.at(0));
    assertThat(layer.apply(X).sameAs(nodes.layer("hidden1").orElseThrow().activation())).isTrue();
    assertThat(Inside.labels(MLP, X)).containsExactly("pre1", "hidden1", "hidden2", "logits");
  }

  @Test
  void aNeuronIsExplainedByAnyMethod() {
    Function<Tensor, Tensor> neuron = Inside.neuron(MLP, "hidden2", 4);
    Tensor column = Inside.layer(MLP, "hidden2").apply(X).slice(1, 4, 5);
    assertThat(neuron.apply(X).sameAs(column)).isTrue();
    Attribution a = IntegratedGradients.from(Baseline.zeros()).explain(neuron, X, Target.only());
    assertThat(a.relativeResidual()).isLessThan(1e-5);
    assertThat(a.output().toDoubles()).containsExactly(column.toDoubles(), within(1e-15));
    Tensor slope = new Saliency().explain(neuron, X, Target.only()).scores();
    Tensor whole = new Saliency().explain(Inside.layer(MLP, "hidden2"), X, Target.at(4)).scores();
    assertThat(slope.sameAs(whole)).isTrue();
  }

  @Test
  void explanationsOfANeuronHaveGradients() {
    Tensor w = Nets.draw(2, DType.F64, 5, 3);
    Tensor v = Nets.draw(3, DType.F64, 3, 2);
    GradCheck.standard()
        .check(
            (Tensor weight) ->
                new GradientTimesInput()
                    .scores(
                        Inside.neuron(x -> x.matmul(weight).tanh().named("h").matmul(v), "h", 1),
                        X,
                        Target.only())
                    .square()
                    .sum(),
            w);
  }

  @Test
  void aChannelHasAPlace() {
    Function<Tensor, Tensor> cnn = Nets.cnn(20, DType.F64, true);
    Tensor images = Nets.draw(4, DType.F64, 2, 1, 6, 6);
    Tensor all = Inside.layer(cnn, "pool").apply(images);
    assertThat(Inside.neuron(cnn, "pool", 2, 0, 1).apply(images).at(1, 0))
        .isEqualTo(all.at(1, 2, 0, 1));
    assertThatThrownBy(() -> Inside.neuron(cnn, "pool", 3, 0, 1).apply(images))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a neuron needs a place in [3, 3, 3] of layer pool, got [3, 0, 1]");
    assertThatThrownBy(() -> Inside.layer(cnn, "attic").apply(images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layer of the model is needed, got attic; it has conv1, pool, conv2, logits");
  }
}
