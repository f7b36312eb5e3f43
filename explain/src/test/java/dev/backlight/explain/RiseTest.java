package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RiseTest {
  private static final Rise RISE = Rise.from(Baseline.zeros()).cells(3).samples(200);

  /// The masks that a model of one channel of ones is shown, example by example.
  private static List<double[]> masks(Rise rise, int height, int width) {
    List<double[]> seen = new ArrayList<>();
    Function<Tensor, Tensor> model =
        t -> {
          for (int i = 0; i < t.size(0); i++) {
            seen.add(t.slice(0, i, i + 1).toDoubles());
          }
          return Tensor.of(t.reshape(t.size(0), height * width).sum(1).toDoubles());
        };
    rise.scores(model, Tensor.full(Shape.of(1, 1, height, width), DType.F64, 1), Target.only());
    return seen;
  }

  @Test
  void scoresAreMeansOfAnswersWeighedByMasks() {
    Function<Tensor, Tensor> cnn = Nets.cnn(4, DType.F64, true);
    Tensor x = Nets.draw(3, DType.F64, 2, 1, 6, 6);
    Tensor base = Tensor.full(x.shape(), DType.F64, 0.3);
    Rise rise = new Rise(Baseline.constant(0.3), 3, 0.4, 70, 0, 5, Progress.NONE);
    // On ones before zeros a mask is what is seen.
    Rise onZeros = new Rise(Baseline.zeros(), 3, 0.4, 70, 0, 5, Progress.NONE);
    assertThat(masks(onZeros, 6, 6)).hasSize(70);
    double[] wanted = new double[72];
    for (double[] mask : masks(onZeros, 6, 6)) {
      Tensor shown = Tensor.of(mask).reshape(1, 1, 6, 6);
      double[] answers =
          Target.each(1, 2).scalars(cnn.apply(base.add(x.sub(base).mul(shown)))).toDoubles();
      for (int j = 0; j < 72; j++) {
        wanted[j] += answers[j / 36] * mask[j % 36] / (70 * 0.4);
      }
    }
    Attribution a = rise.explain(cnn, x, Target.each(1, 2));
    assertThat(a.scores().toDoubles()).containsExactly(wanted, within(1e-12));
    assertThat(a.evaluations()).isEqualTo(2 + 70);
  }

  @Test
  void everyPixelIsVisibleWithTheSameProbability() {
    List<double[]> masks = masks(RISE.keep(0.3).samples(3000), 7, 5);
    double[] mean = new double[35];
    for (double[] mask : masks) {
      for (int j = 0; j < 35; j++) {
        assertThat(mask[j]).isBetween(0.0, 1.0);
        mean[j] += mask[j] / masks.size();
      }
    }
    for (double visible : mean) {
      assertThat(visible).isCloseTo(0.3, within(0.04));
    }
  }

  @Test
  void theOnlyPixelThatMattersStandsOut() {
    Function<Tensor, Tensor> model = t -> t.flattenFrom(1).slice(1, 27, 28);
    Attribution a = RISE.samples(1000).explain(model, Tensor.ones(1, 1, 8, 8), Target.only());
    assertThat(a.ranking(0).getFirst().feature()).isEqualTo(27);
  }

  @Test
  void channelsAreMaskedTogetherAndRowsOfATableByThemselves() {
    Tensor x = Tensor.ones(2, 3, 4, 4);
    Tensor scores = RISE.scores(t -> t.flattenFrom(1).sum(1), x, Target.only());
    assertThat(scores.slice(1, 0, 1).sameAs(scores.slice(1, 2, 3))).isTrue();
    assertThat(RISE.scores(t -> t.sum(1), Tensor.ones(2, 9), Target.only()).shape())
        .isEqualTo(Tensor.ones(2, 9).shape());
  }

  @Test
  void aBatchGivesWhatItsExamplesGiveAlone() {
    Function<Tensor, Tensor> cnn = Nets.cnn(4, DType.F64, true);
    Tensor x = Nets.draw(3, DType.F64, 2, 1, 6, 6);
    Tensor all = RISE.scores(cnn, x, Target.each(1, 2));
    assertThat(RISE.scores(cnn, x.slice(0, 1, 2), Target.at(2)).toDoubles())
        .containsExactly(all.slice(0, 1, 2).toDoubles(), within(1e-12));
    assertThat(RISE.scores(cnn, x, Target.each(1, 2)).sameAs(all)).isTrue();
    assertThat(RISE.seed(1).scores(cnn, x, Target.each(1, 2)).sameAs(all)).isFalse();
  }

  @Test
  void optionsAndShapesAreChecked() {
    assertThatThrownBy(() -> RISE.cells(0))
        .hasMessage("rise needs cells and samples of at least 1, got 0 and 200");
    assertThatThrownBy(() -> RISE.keep(1))
        .hasMessage("rise needs a probability to keep between 0 and 1, got 1.0");
    assertThatThrownBy(() -> RISE.explain(t -> t, Tensor.of(1.0, 2), Target.only()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rise needs x (n, …, h, w) or (n, w), got (2)");
  }
}
