package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.AttentionOptions;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.ClassActivationMap.Kind;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Class activation maps, guided gradients and attention.
class PictureMethodsTest {
  private static final Tensor IMAGES = Nets.draw(1, DType.F64, 2, 1, 6, 6);
  private static final Function<Tensor, Tensor> CNN = Nets.cnn(10, DType.F64, true);

  @Test
  void behindALinearHeadHiResCamIsTheAnswerWithoutItsBias() {
    // conv2 (n, 4, 3, 3) goes straight into 36 weights: every place's share is exact.
    Tensor map =
        new ClassActivationMap(Kind.HIRES_CAM, "conv2", false).map(CNN, IMAGES, Target.at(1));
    assertThat(map.shape().sizes()).containsExactly(2, 1, 3, 3);
    Function<Tensor, Tensor> noBias = Nets.cnn(10, DType.F64, true);
    double bias = Nets.draw(15, DType.F64, 3).at(1);
    double[] answers = noBias.apply(IMAGES).slice(1, 1, 2).toDoubles();
    double[] sums = map.reshape(2, 9).sum(1).toDoubles();
    for (int i = 0; i < 2; i++) {
      assertThat(sums[i]).isCloseTo(answers[i] - bias, within(1e-9));
    }
  }

  @Test
  void whereAllPlacesOfAChannelHaveOneSlopeGradCamIsHiResCam() {
    // A mean over places before the head: gradients are the same at every place.
    Tensor k = Nets.draw(3, DType.F64, 4, 1, 3, 3);
    Tensor w = Nets.draw(4, DType.F64, 4, 2);
    Function<Tensor, Tensor> model =
        x -> x.conv2d(k, Conv2dOptions.of()).relu().named("a").mean(2, 3).matmul(w);
    assertThat(
            new ClassActivationMap(Kind.GRAD_CAM, "a", false)
                .map(model, IMAGES, Target.at(0))
                .toDoubles())
        .containsExactly(
            new ClassActivationMap(Kind.HIRES_CAM, "a", false)
                .map(model, IMAGES, Target.at(0))
                .toDoubles(),
            within(1e-12));
  }

  @Test
  void mapsArePositiveAndHaveGradients() {
    for (Kind kind : Kind.values()) {
      Tensor map = ClassActivationMap.of(kind, "conv1").map(CNN, IMAGES, Target.at(0));
      for (double v : map.toDoubles()) {
        assertThat(v).isNotNegative();
      }
      GradCheck.standard()
          .check(
              (Tensor k) ->
                  new ClassActivationMap(kind, "a", false)
                      .map(
                          x -> x.conv2d(k, Conv2dOptions.of()).tanh().named("a").square().sum(2, 3),
                          IMAGES,
                          Target.at(0))
                      .square()
                      .sum(),
              Nets.draw(3, DType.F64, 2, 1, 3, 3).mul(0.3));
    }
  }

  @Test
  void aGuidedMapIsZeroWhereEitherIs() {
    ClassActivationMap cam = ClassActivationMap.of(Kind.GRAD_CAM, "conv2");
    Tensor guided = cam.guided(CNN, IMAGES, Target.at(0));
    assertThat(guided.shape()).isEqualTo(IMAGES.shape());
    double[] map = cam.map(CNN, IMAGES, Target.at(0)).toDoubles();
    double[] backprop =
        new GuidedBackprop().explain(CNN, IMAGES, Target.at(0)).scores().toDoubles();
    double[] product = guided.toDoubles();
    for (int i = 0; i < product.length; i++) {
      int image = i / 36;
      int place = i % 36 / 6 / 2 * 3 + i % 6 / 2;
      assertThat(product[i]).isCloseTo(map[image * 9 + place] * backprop[i], within(1e-12));
    }
    assertThatThrownBy(
            () -> ClassActivationMap.of(Kind.GRAD_CAM, "logits").map(CNN, IMAGES, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a class activation map needs a layer (n, channels, places …), got (2, 3)");
  }

  @Test
  void withoutReluGuidedBackpropAndDeconvnetAreTheGradient() {
    Function<Tensor, Tensor> smooth = Nets.mlp(10, DType.F64, Tensor::tanh, true);
    Tensor x = Nets.draw(2, DType.F64, 3, 5);
    double[] gradient = new Saliency().explain(smooth, x, Target.at(1)).scores().toDoubles();
    assertThat(new GuidedBackprop().explain(smooth, x, Target.at(1)).scores().toDoubles())
        .containsExactly(gradient);
    assertThat(new Deconvnet().explain(smooth, x, Target.at(1)).scores().toDoubles())
        .containsExactly(gradient);
  }

  @Test
  void reluPassesWhatIsPositive() {
    // f = relu(a) - relu(b) - relu(c) + relu(d) at a, c > 0 > b, d.
    Tensor x = Tensor.of(new double[][] {{1, -1, 1, -1}});
    Tensor signs = Tensor.of(1., -1, -1, 1);
    Function<Tensor, Tensor> model = t -> t.relu().mul(signs).sum(1);
    assertThat(new GuidedBackprop().explain(model, x, Target.only()).scores().toDoubles())
        .containsExactly(1, 0, 0, 0);
    assertThat(new Deconvnet().explain(model, x, Target.only()).scores().toDoubles())
        .containsExactly(1, 0, 0, 1);
  }

  @Test
  void attentionThatLooksNowhereElseStaysWhereItIs() {
    Tensor x = Nets.draw(5, DType.F64, 2, 3, 4);
    AttentionOptions options = AttentionOptions.of().heads(2);
    Function<Tensor, Tensor> sharp =
        t -> {
          Tensor weights = t.attentionWeights(t, options).named("a");
          return weights.mean(1).matmul(t).mean(1);
        };
    AttentionFlow flow = AttentionFlow.of("a");
    Tensor rollout = flow.rollout(sharp, x);
    for (double v : rollout.sum(2).toDoubles()) {
      assertThat(v).isCloseTo(1, within(1e-12));
    }
    Tensor relevance = flow.relevance(sharp, x, Target.at(0));
    assertThat(relevance.shape().sizes()).containsExactly(2, 3, 3);
    // The gradient of f by the weights, put together by hand: each weight (i, j) of each head moves
    // output 0 by x[j, 0] / (heads · t).
    double[] gradient = flow.gradients(sharp, x, Target.at(0)).getFirst().toDoubles();
    for (int i = 0; i < gradient.length; i++) {
      assertThat(gradient[i]).isCloseTo(x.at(i / 18, i % 3, 0) / 6, within(1e-12));
    }
    assertThatThrownBy(() -> AttentionFlow.of("b").rollout(sharp, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layer of the model is needed, got b; it has a");
  }
}
