package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.AttentionOptions;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Tensor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The gradient of every explanation by the weights of the model and by the input, against
/// differences, to order 2. Whatever explains is walked over here, or asks a black box.
class ExplanationGradientTest {
  private static final Tensor X = Nets.draw(80, DType.F64, 2, 4);
  private static final Tensor ROWS = Nets.draw(84, DType.F64, 2, 4);
  private static final Baseline ZEROS = Baseline.zeros();
  private static final Quadrature.Fixed THREE = Quadrature.gaussLegendre(3);
  private static final Target TARGET = Target.at(1);
  private static final String LAYER = Contracts.LAYER;

  /// What only asks for values: draws of orders, of which each example takes as many as it needs,
  /// and draws that know nothing.
  private static final Set<Class<?>> BLACK_BOX =
      Set.of(ShapleySampling.class, RandomAttribution.class);

  /// An explanation in Tensor language.
  private interface Explanation {
    Tensor of(Function<Tensor, Tensor> model, Tensor x);
  }

  /// A network with its weights, and an input to it.
  private record Net(String name, List<Tensor> weights, Tensor x, Weighted model) {
    private interface Weighted {
      Tensor apply(List<Tensor> weights, Tensor x);
    }
  }

  /// One method on one network.
  private record Walked(Class<?> type, String name, Net net, Explanation explanation) {}

  private static Tensor w(int seed, int... sizes) {
    return Nets.draw(seed, DType.F64, sizes);
  }

  // A layer of ReLU, which some rules cross in their own way, and a smooth one.
  private static final Net MLP =
      new Net(
          "mlp",
          List.of(w(81, 4, 4), w(83, 4), w(90, 4, 3), w(82, 3, 2)),
          X,
          (w, x) ->
              x.matmul(w.get(0))
                  .add(w.get(1))
                  .relu()
                  .named(LAYER)
                  .matmul(w.get(2))
                  .tanh()
                  .matmul(w.get(3)));

  private static final Net CNN =
      new Net(
          "cnn",
          List.of(w(85, 2, 1, 2, 2), w(86, 8, 2)),
          w(87, 2, 1, 3, 3),
          (w, x) ->
              x.conv2d(w.get(0), Conv2dOptions.of())
                  .tanh()
                  .named("conv")
                  .flattenFrom(1)
                  .matmul(w.get(1))
                  .tanh());

  private static final Net POOLED =
      new Net(
          "max pool",
          List.of(w(85, 2, 1, 2, 2), w(100, 2, 2)),
          w(101, 2, 1, 3, 3),
          (w, x) ->
              x.conv2d(w.get(0), Conv2dOptions.of())
                  .maxPool2d(Pool2dOptions.of(2))
                  .flattenFrom(1)
                  .tanh()
                  .matmul(w.get(1)));

  private static final Net ATTENTION =
      new Net(
          "attention",
          List.of(w(88, 2, 2), w(93, 6, 2)),
          w(89, 2, 3, 2),
          (w, x) -> {
            Tensor h = x.matmul(w.get(0));
            Tensor a = h.unsqueeze(1).matmul(x.unsqueeze(1), false, true).softmax(-1);
            return a.named("weights").squeeze(1).matmul(h).flattenFrom(1).matmul(w.get(1));
          });

  private static final Net TRANSFORMER =
      new Net(
          "transformer",
          List.of(w(94, 2, 2), w(95, 2), w(96, 6, 2)),
          w(89, 2, 3, 2),
          (w, x) -> {
            Tensor tokens = x.layerNorm(w.get(1), null, 1e-5);
            Tensor read = tokens.matmul(w.get(0));
            Tensor h = x.add(tokens.attention(read, read, AttentionOptions.of()));
            return h.gelu().flattenFrom(1).matmul(w.get(2));
          });

  private static final Net LSTM =
      new Net(
          "lstm",
          List.of(w(97, 2, 12), w(98, 3, 12), w(99, 3, 2)),
          w(79, 2, 2, 2),
          (w, x) -> DeepNets.lstm(x, w.get(0), w.get(1)).matmul(w.get(2)));

  private static final Net GRU =
      new Net(
          "gru",
          List.of(w(97, 2, 9), w(98, 3, 9), w(99, 3, 2)),
          w(79, 2, 2, 2),
          (w, x) -> DeepNets.gru(x, w.get(0), w.get(1)).matmul(w.get(2)));

  private static Walked walked(TensorExplainer e, Net net) {
    return new Walked(e.getClass(), e.name(), net, (model, x) -> e.scores(model, x, TARGET));
  }

  private static Walked walked(Object method, String name, Net net, Explanation explanation) {
    return new Walked(method.getClass(), name, net, explanation);
  }

  private static List<Walked> all() {
    List<Walked> all = new ArrayList<>();
    for (Contracts.Contract contract : Contracts.all(ROWS)) {
      if (Contracts.differentiable(contract.small())
          && contract.small() instanceof TensorExplainer e) {
        all.add(walked(e, MLP));
      }
    }
    for (TensorExplainer e :
        List.of(
            new Saliency(),
            Lrp.epsilon(.5),
            new Lrp(CompositeRule.of(new LayerRule.Gamma(.25)).stabilizer(.5)),
            DeepLift.from(Baseline.constant(.2)),
            DeepLift.from(Baseline.constant(.2)).revealCancel())) {
      all.add(walked(e, POOLED));
      all.add(
          walked(
              e,
              e.name() + " of the predicted output",
              MLP,
              (model, x) -> e.scores(model, x, Target.predicted())));
    }
    wrappers(all);
    nodes(all);
    maps(all);
    for (Net net : List.of(TRANSFORMER, LSTM, GRU)) {
      all.add(walked(Lrp.epsilon(.5), net));
      all.add(walked(new Lrp(new EpsilonRule(.5, EpsilonRule.Attention.VALUES)), net));
      all.add(walked(new Lrp(CompositeRule.epsilonPlus().stabilizer(.5)), net));
      all.add(walked(DeepLift.from(Baseline.constant(.2)), net));
      all.add(walked(DeepLift.from(Baseline.constant(.2)).revealCancel(), net));
    }
    return all;
  }

  /// Methods of methods.
  private static void wrappers(List<Walked> all) {
    for (Explainer inner :
        List.of(
            IntegratedGradients.from(ZEROS).with(THREE),
            GuidedIntegratedGradients.from(ZEROS).steps(2).slack(.4),
            Lrp.epsilon(.1),
            DeepLift.from(ZEROS))) {
      for (SmoothGrad.Kind kind : SmoothGrad.Kind.values()) {
        SmoothGrad smooth = SmoothGrad.of(inner, .1, 2, 0).as(kind);
        all.add(
            walked(
                smooth,
                smooth.name() + " of " + inner.name(),
                MLP,
                (model, x) -> smooth.scores(model, x, TARGET)));
      }
    }
    all.add(walked(ManyBaselines.of(b -> DeepLift.from(b).revealCancel(), ROWS), MLP));
  }

  /// Methods of layers and of all nodes.
  private static void nodes(List<Walked> all) {
    for (NodeExplainer e :
        List.of(
            Conductance.from(ZEROS).with(THREE),
            InternalInfluence.from(ZEROS).with(THREE),
            new GradientTimesActivation(),
            Lrp.epsilon(.1),
            new Lrp(CompositeRule.excitationBackprop().stabilizer(.1)),
            DeepLift.from(ZEROS),
            DeepLift.from(ZEROS).revealCancel())) {
      all.add(
          walked(
              e,
              e.name() + " of all nodes",
              MLP,
              (model, x) ->
                  Tensor.concat(
                      1,
                      e.contributions(model, x, TARGET).layers().stream()
                          .map(layer -> layer.contribution().reshape(2, layer.nodes()))
                          .toList())));
    }
    LayerIntegratedGradients path = new LayerIntegratedGradients(ZEROS, THREE, LAYER);
    all.add(walked(path, "layer integrated gradients", MLP, (m, x) -> path.scores(m, x, TARGET)));
    LayerConductance steps = new LayerConductance(ZEROS, Quadrature.left(4), LAYER);
    all.add(walked(steps, "layer conductance", MLP, (m, x) -> steps.scores(m, x, TARGET)));
    IntegratedHessians pairs = IntegratedHessians.from(ZEROS).with(Quadrature.gaussLegendre(2));
    all.add(walked(pairs, "integrated Hessians", MLP, (m, x) -> pairs.interactions(m, x, TARGET)));
    for (DeepLift e : List.of(DeepLift.from(ZEROS), DeepLift.from(ZEROS).revealCancel())) {
      all.add(walked(e, e.name() + " of a layer", MLP, (m, x) -> e.layer(m, x, TARGET, LAYER)));
    }
    // Methods of inputs, of one neuron.
    Saliency slope = new Saliency();
    all.add(
        walked(
            slope,
            "saliency of a neuron",
            MLP,
            (m, x) -> slope.scores(Inside.neuron(m, LAYER, 1), x, Target.only())));
  }

  /// Maps of channels and of attention.
  private static void maps(List<Walked> all) {
    for (ClassActivationMap.Kind kind : ClassActivationMap.Kind.values()) {
      ClassActivationMap map = new ClassActivationMap(kind, "conv", false);
      all.add(walked(map, kind.toString(), CNN, (model, x) -> map.map(model, x, TARGET)));
      all.add(walked(map, "guided " + kind, CNN, (model, x) -> map.guided(model, x, TARGET)));
    }
    AttentionFlow flow = AttentionFlow.of("weights");
    all.add(
        walked(
            flow,
            "attention gradients",
            ATTENTION,
            (model, x) -> flow.gradients(model, x, TARGET).getFirst()));
    all.add(walked(flow, "rollout", ATTENTION, (model, x) -> flow.rollout(model, x)));
    all.add(walked(flow, "relevance", ATTENTION, (model, x) -> flow.relevance(model, x, TARGET)));
  }

  /// A function of an explanation that uses every score.
  private static Tensor objective(Tensor scores) {
    return scores.square().add(scores).sum();
  }

  @TestFactory
  Stream<DynamicTest> byTheWeightsAndByTheInput() {
    return all().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.name() + " on " + one.net().name(),
                () -> {
                  Net net = one.net();
                  int last = net.weights().size();
                  List<Tensor> at = new ArrayList<>(net.weights());
                  at.add(net.x());
                  GradCheck.standard()
                      .check(
                          (List<Tensor> in) ->
                              objective(
                                  one.explanation()
                                      .of(
                                          x -> net.model().apply(in.subList(0, last), x),
                                          in.get(last))),
                          at);
                }));
  }

  @TestFactory
  Stream<DynamicTest> ofTrainingDataByTheModelAndByTheExamples() {
    Tensor labels = Tensor.of(0, 1, 1);
    interface By {
      Tensor of(TrainingInfluence<Tensor> influence, Tensor train, Tensor test);
    }
    Tensor two = Tensor.of(1, 0);
    return Stream.<Object[]>of(
            new Object[] {"TracIn", (By) (i, a, b) -> i.tracIn(a, labels, b, two)},
            new Object[] {"cosine", (By) (i, a, b) -> i.cosine(a, labels, b, two)},
            new Object[] {"influence", (By) (i, a, b) -> i.influence(a, labels, b, two, .5)})
        .map(each ->
            DynamicTest.dynamicTest(
                each[0].toString(),
                () ->
                    GradCheck.standard()
                        .check(
                            (List<Tensor> in) ->
                                objective(
                                    ((By) each[1])
                                        .of(
                                            new TrainingInfluence<>(
                                                in.get(0),
                                                (m, x, y) ->
                                                    x.matmul(m).tanh().crossEntropy(y).mean()),
                                            in.get(1),
                                            in.get(2))),
                            List.of(w(70, 2, 2), w(71, 3, 2), w(72, 2, 2)))));
  }

  @Test
  void everyMethodIsWalkedOverOrAsksABlackBox() throws Exception {
    Set<Class<?>> walked = all().stream().map(Walked::type).collect(Collectors.toSet());
    assertThat(walked).doesNotContainAnyElementsOf(BLACK_BOX);
    Set<String> explaining = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    walked.forEach(type -> known.add(type.getName()));
    BLACK_BOX.forEach(type -> known.add(type.getName()));
    for (Class<?> type : Contracts.classes(Explainer.class)) {
      if (Modifier.isPublic(type.getModifiers()) && !type.isInterface() && explains(type)) {
        explaining.add(type.getName());
      }
    }
    assertThat(explaining)
        .as("methods that are neither in the walk nor in the list of those that ask a black box")
        .hasSizeGreaterThan(25)
        .isSubsetOf(known);
    assertThat(Explainers.all())
        .allSatisfy(entry ->
            assertThat(
                    entry.with(ZEROS) instanceof TensorExplainer
                        || BLACK_BOX.contains(entry.with(ZEROS).getClass()))
                .as(entry.name())
                .isTrue());
  }

  /// Whether something of it takes a model, an input and a target.
  private static boolean explains(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(method -> List.of(method.getParameterTypes()))
        .anyMatch(of ->
            of.size() >= 3
                && of.subList(0, 3).equals(List.of(Function.class, Tensor.class, Target.class)));
  }
}
