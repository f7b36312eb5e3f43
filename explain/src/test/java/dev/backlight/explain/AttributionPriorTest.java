package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AttributionPriorTest {
  private static final Tensor X = Nets.draw(80, DType.F64, 3, 4);
  private static final Tensor SCORES =
      Tensor.of(new double[][] {{1, -2, 0, 4}, {3, 0, -1, 0}, {0, 2, 2, -5}});
  private static final Tensor OTHER = Nets.draw(81, DType.F64, 3, 4);
  private static final Tensor BELONG =
      Tensor.of(new double[][] {{0, 2, 0, 0}, {2, 0, 1, 0}, {0, 1, 0, .5}, {0, 0, .5, 0}});

  record Net(Tensor w1, Tensor b1, Tensor w2) {
    static Net of(int seed) {
      return new Net(
          Nets.draw(seed, DType.F64, 4, 5),
          Nets.draw(seed + 1, DType.F64, 5),
          Nets.draw(seed + 2, DType.F64, 5, 3));
    }

    Tensor apply(Tensor x) {
      return x.matmul(w1).add(b1).tanh().matmul(w2);
    }
  }

  private static Map<String, AttributionPrior> priors() {
    Map<String, AttributionPrior> all = new LinkedHashMap<>();
    all.put("right reasons", AttributionPrior.rightReasons(Tensor.of(0., 1, 0, .5)));
    all.put("smooth", AttributionPrior.smooth(1, 2).seenAs(2, 2));
    all.put("sparse", AttributionPrior.sparse());
    all.put("few", AttributionPrior.few());
    all.put("graph", AttributionPrior.graph(BELONG));
    all.put("agreement", AttributionPrior.agreement(OTHER));
    all.put("two", AttributionPrior.sparse().times(.3).and(AttributionPrior.few()));
    return all;
  }

  private static List<TensorExplainer> explainers() {
    return List.of(
        new Saliency(),
        IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(4)),
        ExpectedGradients.from(OTHER, 2, 3),
        Lrp.epsilon(.3),
        DeepLift.from(Baseline.constant(.1)));
  }

  @TestFactory
  Stream<DynamicTest> theGradientByTheParametersAgreesWithDifferences() {
    return explainers().stream()
        .flatMap(e ->
            priors().entrySet().stream()
                .map(prior ->
                    DynamicTest.dynamicTest(
                        prior.getKey() + " of " + e.name(),
                        () ->
                            GradCheck.standard()
                                .order(1)
                                .directions(2)
                                .tolerance(1e-7)
                                .check(
                                    (Net net) ->
                                        prior.getValue().of(e, net::apply, X, Target.each(2, 0, 1)),
                                    Net.of(82)))));
  }

  @Test
  void eachIsItsFormula() {
    Map<String, AttributionPrior> priors = priors();
    // The wrong places of the three rows: -2 and 4/2, 0 and 0, 2 and -5/2.
    assertThat(priors.get("right reasons").of(SCORES).item())
        .isCloseTo((4 + 4 + 4 + 6.25) / 3, within(1e-14));
    // Rows as 2 x 2: (1 -2 / 0 4), (3 0 / -1 0), (0 2 / 2 -5).
    assertThat(priors.get("smooth").of(SCORES).item())
        .isCloseTo(((1 + 6 + 3 + 4) + (4 + 0 + 3 + 1) + (2 + 7 + 2 + 7)) / 3.0, within(1e-14));
    assertThat(priors.get("sparse").of(SCORES).item()).isCloseTo(20 / 3.0, within(1e-14));
    double[] mean = {4 / 3.0, 4 / 3.0, 1, 3};
    double spread = 0;
    double graph = 0;
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        spread += Math.abs(mean[i] - mean[j]);
        graph += BELONG.at(i, j) * Math.pow(mean[i] - mean[j], 2) / 2;
      }
    }
    double gini = spread / (2 * 4 * (mean[0] + mean[1] + mean[2] + mean[3]));
    assertThat(priors.get("few").of(SCORES).item()).isCloseTo(1 - gini, within(1e-14));
    assertThat(priors.get("graph").of(SCORES).item()).isCloseTo(graph, within(1e-14));
    double apart = 0;
    for (int i = 0; i < 3; i++) {
      double dot = 0;
      double a = 0;
      double b = 0;
      for (int j = 0; j < 4; j++) {
        dot += SCORES.at(i, j) * OTHER.at(i, j);
        a += SCORES.at(i, j) * SCORES.at(i, j);
        b += OTHER.at(i, j) * OTHER.at(i, j);
      }
      apart += 1 - dot / Math.sqrt(a * b);
    }
    assertThat(priors.get("agreement").of(SCORES).item()).isCloseTo(apart / 3, within(1e-14));
    assertThat(priors.get("two").of(SCORES).item())
        .isCloseTo(.3 * 20 / 3.0 + 1 - gini, within(1e-14));
  }

  @Test
  void whatIsAlreadyAsWantedCostsNothing() {
    Tensor one = Tensor.of(new double[][] {{0, 3, 0, 0}, {0, -1, 0, 0}});
    assertThat(AttributionPrior.rightReasons(Tensor.of(1., 0, 1, 1)).of(one).item()).isZero();
    assertThat(AttributionPrior.few().of(one).item()).isCloseTo(.25, within(1e-15));
    assertThat(AttributionPrior.agreement(one.mul(7)).of(one).item()).isCloseTo(0, within(1e-15));
    assertThat(AttributionPrior.smooth(1).of(Tensor.ones(3, 4)).item()).isZero();
  }

  @Test
  void scoresOfZeroHaveAValueAndASlope() {
    for (Map.Entry<String, AttributionPrior> prior : priors().entrySet()) {
      Grad<Tensor> at = Grad.of((Tensor s) -> prior.getValue().of(s), SCORES.mul(0));
      assertThat(at.value().item()).as(prior.getKey()).isBetween(0.0, 1.0);
      for (double slope : at.grad().toDoubles()) {
        assertThat(slope).as(prior.getKey()).isFinite();
      }
    }
  }

  @Test
  void aMaskMayDifferFromExampleToExample() {
    Tensor mask = Tensor.of(new double[][] {{1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, 1}});
    assertThat(AttributionPrior.rightReasons(mask).of(SCORES).item())
        .isCloseTo((1 + 0 + 25) / 3.0, within(1e-14));
  }

  @Test
  void descentOnAPriorMovesWhatTheModelLooksAt() {
    AttributionPrior prior = AttributionPrior.rightReasons(Tensor.of(1., 0, 0, 0));
    for (TensorExplainer e : explainers()) {
      Function<Net, Tensor> blame = net -> prior.of(e, net::apply, X, Target.at(1));
      Net net = Net.of(83);
      double before = blame.apply(net).item();
      Tape<Net, Grad<Net>> step = Tape.record(blame, net).valueAndGrad();
      for (int k = 0; k < 150; k++) {
        Net slope = step.run(net).grad();
        net =
            new Net(
                net.w1().sub(slope.w1().mul(.02)),
                net.b1().sub(slope.b1().mul(.02)),
                net.w2().sub(slope.w2().mul(.02)));
      }
      assertThat(blame.apply(net).item()).as(e.name()).isLessThan(before / 2);
    }
  }

  @Test
  void drawsWithinABatchAreNewInEveryReplay() {
    record In(KeyTensor key, Tensor x) {}
    Net net = Net.of(84);
    Tape<In, Tensor> tape =
        Tape.record(
            in ->
                ExpectedGradients.within(in.x(), 2, in.key())
                    .scores(net::apply, in.x(), Target.at(0)),
            new In(KeyTensor.of(Key.of(1)), X));
    Tensor one = tape.run(new In(KeyTensor.of(Key.of(1)), X));
    Tensor two = tape.run(new In(KeyTensor.of(Key.of(2)), X));
    assertThat(one.sub(two).abs().amax().item()).isGreaterThan(1e-3);
    assertThat(tape.run(new In(KeyTensor.of(Key.of(1)), X)).sameAs(one)).isTrue();
  }

  @Test
  void drawsWithinABatchExplainItsSpread() {
    // On average over baselines the scores of a linear model add up to f(x) - mean f.
    Tensor w = Tensor.of(new double[][] {{1}, {-2}, {3}, {.5}});
    Function<Tensor, Tensor> linear = t -> t.matmul(w);
    Tensor scores =
        ExpectedGradients.within(X, 4000, KeyTensor.of(Key.of(5))).scores(linear, X, Target.only());
    Tensor f = linear.apply(X).squeeze(1);
    assertThat(scores.sum(1).toDoubles()).containsExactly(f.sub(f.mean()).toDoubles(), within(.15));
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> AttributionPrior.rightReasons(Tensor.of(1., 0)).of(SCORES))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a mask for scores (3, 4) needs (4) or (3, 4), got (2)");
    assertThatThrownBy(() -> AttributionPrior.sparse().seenAs(3, 3).of(SCORES))
        .isInstanceOf(ShapeException.class)
        .hasMessage("scores to be seen as (3, 3) need as many elements, got (4)");
    assertThatThrownBy(() -> AttributionPrior.smooth(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("smooth scores need axes of at least 1, behind the batch, got [0]");
    assertThatThrownBy(() -> AttributionPrior.smooth(2).of(SCORES))
        .isInstanceOf(ShapeException.class)
        .hasMessage("smooth scores need the axis 2, got (3, 4)");
    assertThatThrownBy(() -> AttributionPrior.graph(X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a graph needs weights (p, p), got (3, 4)");
    assertThatThrownBy(() -> AttributionPrior.graph(BELONG).of(Tensor.ones(3, 2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a graph of 4 features needs as many scores, got 2");
    assertThatThrownBy(() -> AttributionPrior.agreement(Tensor.ones(3, 2)).of(SCORES))
        .isInstanceOf(ShapeException.class)
        .hasMessage("agreement needs other scores F64(3, 4), got F32(3, 2)");
    assertThatThrownBy(() -> AttributionPrior.sparse().times(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a prior needs a finite weight of at least 0, got -1.0");
  }
}
