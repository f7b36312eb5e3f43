package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Explanations are tapes: they replay, and they have derivatives.
class TensorExplainerTest {
  private static final Tensor X = Nets.draw(50, DType.F64, 3, 4);
  private static final Tensor W = Nets.draw(51, DType.F64, 4, 5);
  private static final Tensor V = Nets.draw(52, DType.F64, 5, 2);
  private static final Tensor B = Nets.draw(53, DType.F64, 5);

  private static Stream<DynamicTest> each(java.util.function.Consumer<TensorExplainer> question) {
    return Stream.<TensorExplainer>of(
            new Saliency(),
            new GradientTimesInput(),
            IntegratedGradients.from(Baseline.constant(.1)).with(Quadrature.gaussLegendre(30)),
            Lrp.epsilon(.5),
            Occlusion.with(Baseline.constant(.1)))
        .map(e -> DynamicTest.dynamicTest(e.name(), () -> question.accept(e)));
  }

  private static Function<Tensor, Tensor> model(Tensor w) {
    return t -> t.matmul(w).add(B).tanh().matmul(V);
  }

  /// A function of an explanation that uses every score.
  private static Tensor objective(TensorExplainer e, Tensor w, Tensor x) {
    Tensor scores = e.scores(model(w), x, Target.at(1));
    return scores.square().add(scores).sum();
  }

  private static double[] differences(Function<Tensor, Tensor> f, Tensor at) {
    double[] slope = new double[at.elements()];
    double h = 2e-4;
    int[] steps = {-2, -1, 1, 2};
    double[] weights = {1, -8, 8, -1};
    for (int i = 0; i < slope.length; i++) {
      for (int k = 0; k < 4; k++) {
        double[] v = at.toDoubles();
        v[i] += steps[k] * h;
        slope[i] += weights[k] * f.apply(Tensor.of(at.shape(), v)).item() / (12 * h);
      }
    }
    return slope;
  }

  @TestFactory
  Stream<DynamicTest> theGradientByTheWeightsAgreesWithDifferences() {
    return each(e ->
        assertThat(Grad.of((Tensor w) -> objective(e, w, X), W).grad().toDoubles())
            .containsExactly(differences(w -> objective(e, w, X), W), within(1e-7)));
  }

  @TestFactory
  Stream<DynamicTest> theGradientByTheInputAgreesWithDifferences() {
    return each(e ->
        assertThat(Grad.of((Tensor x) -> objective(e, W, x), X).grad().toDoubles())
            .containsExactly(differences(x -> objective(e, W, x), X), within(1e-7)));
  }

  @TestFactory
  Stream<DynamicTest> aRecordedExplanationReplaysOnOtherInputs() {
    Tensor other = Nets.draw(54, DType.F64, 3, 4);
    return each(e -> {
      Tape<Tensor, Tensor> tape = Tape.record(x -> e.scores(model(W), x, Target.predicted()), X);
      Tensor eager = e.explain(model(W), other, Target.predicted()).scores();
      assertThat(tape.run(other).toDoubles()).containsExactly(eager.toDoubles(), within(1e-14));
      assertThat(tape.player().play(other).sameAs(tape.run(other))).isTrue();
    });
  }

  @TestFactory
  Stream<DynamicTest> anExplanationIsPartOfATrainingStep() {
    // Descent on the explanation itself: scores of the first feature shrink.
    return each(e -> {
      Function<Tensor, Tensor> blame =
          w -> e.scores(model(w), X, Target.at(0)).slice(1, 0, 1).square().sum();
      Tape<Tensor, Grad<Tensor>> step = Tape.record(blame, W).valueAndGrad();
      Tensor w = W;
      double before = step.run(w).value().item();
      for (int k = 0; k < 50; k++) {
        w = w.sub(step.run(w).grad().mul(.02));
      }
      assertThat(step.run(w).value().item()).isLessThan(before / 2);
      assertThat(List.of(w.shape())).containsExactly(W.shape());
    });
  }
}
