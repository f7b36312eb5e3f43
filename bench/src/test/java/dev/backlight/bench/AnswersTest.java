package dev.backlight.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

/// Every benchmark's own check of its answer, without timing anything.
class AnswersTest {
  @Test
  void whatIsTimedIsRight() {
    assertThatCode(
            () -> {
              MatMulBench product = new MatMulBench();
              for (String form : new String[] {"NN", "NT", "TN"}) {
                product.n = 33;
                product.dtype = DType.F32;
                product.form = form;
                product.record();
              }
              ElementwiseBench elementwise = new ElementwiseBench();
              elementwise.length = 1000;
              elementwise.record();
              new TapeBench().record();
              RowsBench rows = new RowsBench();
              rows.name = "layernorm_1024x768";
              rows.ready();
              TrainStepBench step = new TrainStepBench();
              step.name = "train_mlp_b128";
              step.ready();
              new FirstGradientBench().gradient();
              new Conv2dBench().record();
              IntegratedGradientsBench ig = new IntegratedGradientsBench();
              ig.inputs = 1;
              ig.check();
            })
        .doesNotThrowAnyException();
  }

  @Test
  void aWrongAnswerStopsTheBenchmark() {
    assertThatThrownBy(() -> Answers.require("c", Tensor.of(1., 2), new double[] {1, 3}, 1e-6))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("c at 1 needs 3.0, got 2.0");
    assertThatThrownBy(() -> Answers.require("c", Double.NaN, 0, 1))
        .hasMessage("c needs 0.0, got NaN");
  }
}
