package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The gradient of every explanation by the weights of the model and by the input, against
/// differences.
class ExplanationGradientTest {
  private static final Tensor X = Nets.draw(80, DType.F64, 2, 4);
  private static final Tensor W = Nets.draw(81, DType.F64, 4, 3);
  private static final Tensor V = Nets.draw(82, DType.F64, 3, 2);
  private static final Tensor B = Nets.draw(83, DType.F64, 3);
  private static final Tensor ROWS = Nets.draw(84, DType.F64, 2, 4);

  /// An explanation in Tensor language.
  private interface Explanation {
    Tensor of(Function<Tensor, Tensor> model, Tensor x);
  }

  private static Function<Tensor, Tensor> model(Tensor w) {
    return t -> t.matmul(w).add(B).tanh().named(Contracts.LAYER).matmul(V);
  }

  private static Map<String, Explanation> all() {
    Map<String, Explanation> all = new LinkedHashMap<>();
    for (Contracts.Contract contract : Contracts.all(ROWS)) {
      if (contract.small() instanceof TensorExplainer e) {
        all.put(contract.toString(), (model, x) -> e.scores(model, x, Target.at(1)));
      }
    }
    Baseline zeros = Baseline.zeros();
    Quadrature.Fixed three = Quadrature.gaussLegendre(3);
    Target target = Target.at(1);
    String layer = Contracts.LAYER;
    all.put(
        "layer integrated gradients",
        (model, x) -> new LayerIntegratedGradients(zeros, three, layer).scores(model, x, target));
    all.put(
        "layer conductance",
        (model, x) ->
            new LayerConductance(zeros, Quadrature.left(4), layer).scores(model, x, target));
    all.put("layer DeepLIFT", (model, x) -> DeepLift.from(zeros).layer(model, x, target, layer));
    all.put(
        "integrated Hessians",
        (model, x) -> IntegratedHessians.from(zeros).with(three).interactions(model, x, target));
    return all;
  }

  private static Stream<DynamicTest> each(BiConsumer<Explanation, GradCheck> question) {
    return all().entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(), () -> question.accept(e.getValue(), GradCheck.standard())));
  }

  /// A function of an explanation that uses every score.
  private static Tensor objective(Tensor scores) {
    return scores.square().add(scores).sum();
  }

  @TestFactory
  Stream<DynamicTest> byTheWeights() {
    return each((e, check) -> check.check((Tensor w) -> objective(e.of(model(w), X)), W));
  }

  @TestFactory
  Stream<DynamicTest> byTheInput() {
    return each((e, check) -> check.check((Tensor x) -> objective(e.of(model(W), x)), X));
  }

  @TestFactory
  Stream<DynamicTest> ofMapsByTheWeightsAndByTheInput() {
    Tensor k = Nets.draw(85, DType.F64, 2, 1, 2, 2);
    Tensor v = Nets.draw(86, DType.F64, 8, 2);
    Tensor images = Nets.draw(87, DType.F64, 2, 1, 3, 3);
    return Stream.of(ClassActivationMap.Kind.values())
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.toString(),
                () -> {
                  ClassActivationMap map = new ClassActivationMap(kind, "conv", false);
                  GradCheck.standard()
                      .check(
                          (List<Tensor> in) ->
                              objective(
                                  map.map(
                                      t ->
                                          t.conv2d(in.get(0), Conv2dOptions.of())
                                              .tanh()
                                              .named("conv")
                                              .flattenFrom(1)
                                              .matmul(v)
                                              .tanh(),
                                      in.get(1),
                                      Target.at(1))),
                          List.of(k, images));
                }));
  }

  @Test
  void ofAttentionByTheWeightsAndByTheInput() {
    Tensor w = Nets.draw(88, DType.F64, 2, 2);
    Tensor tokens = Nets.draw(89, DType.F64, 2, 3, 2);
    AttentionFlow flow = new AttentionFlow(List.of("weights"));
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                objective(
                    flow.relevance(
                        t -> {
                          Tensor h = t.matmul(in.get(0));
                          Tensor a =
                              h.unsqueeze(1)
                                  .matmul(t.unsqueeze(1), false, true)
                                  .softmax(-1)
                                  .named("weights");
                          return a.squeeze(1).matmul(h).sum(1);
                        },
                        in.get(1),
                        Target.at(1))),
            List.of(w, tokens));
  }

  @Test
  void onlyThoseThatReadValuesHaveNone() {
    assertThat(
            Contracts.all(ROWS).stream()
                .filter(contract -> !(contract.explainer() instanceof TensorExplainer))
                .map(Contracts.Contract::toString))
        .containsExactly("guided-integrated-gradients", "shapley-sampling", "random");
  }
}
