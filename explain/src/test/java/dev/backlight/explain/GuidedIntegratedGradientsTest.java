package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GuidedIntegratedGradientsTest {
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(7, DType.F64, Tensor::tanh, true);
  private static final GuidedIntegratedGradients GUIDED =
      GuidedIntegratedGradients.from(Baseline.constant(0.1));

  @Test
  void scoresAddUpTheNearerTheMoreStepsThereAre() {
    double coarse = GUIDED.steps(50).slack(0.3).explain(MLP, X, Target.at(1)).relativeResidual();
    double fine = GUIDED.steps(800).slack(0.3).explain(MLP, X, Target.at(1)).relativeResidual();
    assertThat(coarse).isLessThan(0.02);
    assertThat(fine).isLessThan(1e-3).isLessThan(coarse / 8);
  }

  @Test
  void withoutSlackThePathIsStraight() {
    Attribution straight = GUIDED.slack(0).explain(MLP, X, Target.at(2));
    Tensor wanted =
        IntegratedGradients.from(Baseline.constant(0.1))
            .with(Quadrature.trapezoid(201))
            .scores(MLP, X, Target.at(2));
    assertThat(straight.scores().toDoubles()).containsExactly(wanted.toDoubles(), within(1e-10));
    assertThat(straight.evaluations()).isEqualTo(201);
  }

  @Test
  void theWayIsEvenMonotoneAndInTheCorridor() {
    List<double[]> points = new ArrayList<>();
    Function<Tensor, Tensor> watched =
        t -> {
          // Reading pins the recording to this point, so each is recorded anew.
          points.add(t.toDoubles());
          return MLP.apply(t);
        };
    Tensor x = X.slice(0, 0, 1);
    GUIDED.steps(20).slack(0.2).explain(watched, x, Target.at(0));
    double[] to = x.toDoubles();
    assertThat(points).hasSize(21);
    for (int k = 0; k <= 20; k++) {
      double left = 0;
      double whole = 0;
      for (int j = 0; j < 5; j++) {
        double alpha = (points.get(k)[j] - 0.1) / (to[j] - 0.1);
        assertThat(alpha).isCloseTo(k / 20.0, within(0.2 + 1e-9));
        if (k > 0) {
          double before = (points.get(k - 1)[j] - 0.1) / (to[j] - 0.1);
          assertThat(alpha).isGreaterThanOrEqualTo(before - 1e-12);
        }
        left += Math.abs(to[j] - points.get(k)[j]);
        whole += Math.abs(to[j] - 0.1);
      }
      assertThat(left / whole).isCloseTo(1 - k / 20.0, within(1e-9));
    }
  }

  @Test
  void flatElementsGoFirst() {
    // The slope along x0 is 1, along x1 it is x0: at 0 it is flat, so x1 goes all its way before
    // x0.
    Function<Tensor, Tensor> model =
        t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)).add(t.slice(1, 0, 1));
    Attribution a =
        GuidedIntegratedGradients.from(Baseline.zeros())
            .slack(1)
            .explain(model, Tensor.of(new double[][] {{1, 1}}), Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(new double[] {2, 0}, within(1e-9));
  }

  @Test
  void aLinearModelIsExplainedExactlyAndABatchAsItsExamples() {
    Tensor w = Nets.draw(61, DType.F64, 5, 3);
    assertThat(GUIDED.explain(t -> t.matmul(w), X, Target.at(2)).scores().toDoubles())
        .containsExactly(X.sub(0.1).mul(w.slice(1, 2, 3).reshape(5)).toDoubles(), within(1e-12));
    Tensor all = GUIDED.explain(MLP, X, Target.each(2, 0, 1)).scores();
    assertThat(GUIDED.explain(MLP, X.slice(0, 1, 2), Target.at(0)).scores().toDoubles())
        .containsExactly(all.slice(0, 1, 2).toDoubles(), within(1e-12));
  }

  @Test
  void theModelIsRecordedOnceAndAGuardThatAnswersOtherwiseIsAskedThere() {
    List<Double> asked = new ArrayList<>();
    Function<Tensor, Tensor> kinked =
        t -> {
          asked.add(t.detached().sum().item());
          return t.sum().test(s -> s > 0.5) ? t.mul(3) : t;
        };
    Tensor x = Tensor.of(new double[][] {{1}});
    GuidedIntegratedGradients ten = GuidedIntegratedGradients.from(Baseline.zeros()).steps(10);
    // Slopes are 1 up to 0.5 and 3 from 0.6 on; the step between takes their mean.
    assertThat(ten.explain(kinked, x, Target.only()).scores().item()).isCloseTo(1.9, within(1e-12));
    assertThat(asked).hasSize(2);
  }

  @Test
  void aTapeOfItTakesAnotherWayAtOtherInputs() {
    GuidedIntegratedGradients few = GUIDED.steps(12).slack(0.4);
    Tape<Tensor, Tensor> tape = Tape.record(x -> few.scores(MLP, x, Target.at(1)), X);
    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
    Tensor other = X.neg().add(0.3);
    assertThat(tape.run(other).sameAs(few.scores(MLP, other, Target.at(1)))).isTrue();
    assertThat(few.explain(MLP, other, Target.at(1)).scores().sameAs(tape.run(other))).isTrue();
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> GUIDED.steps(0))
        .hasMessage("guided-integrated-gradients needs steps of at least 1, got 0");
    assertThatThrownBy(() -> GUIDED.slack(2))
        .hasMessage(
            "guided-integrated-gradients needs a fraction above 0 and a slack of at least 0, both"
                + " at most 1, got 0.25 and 2.0");
  }
}
