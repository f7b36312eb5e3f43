package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Agreement of explanations whose ranks can be read off.
class DisagreementTest {
  private static final Attribution A = scores(5, -4, 3, 2, 1);
  private static final Attribution B = scores(4, 5, -1, 2, 3);

  /// Scores of a sum are the inputs themselves.
  private static Attribution scores(double... of) {
    Tensor x = Tensor.of(new double[][] {of});
    return new GradientTimesInput().explain(v -> v.sum(1), x, Target.only());
  }

  @Test
  void anExplanationAgreesWithItself() {
    assertThat(Disagreement.topK(A, A, 2)).containsExactly(1);
    assertThat(Disagreement.signs(A, A, 2)).containsExactly(1);
    assertThat(Disagreement.ranks(A, A)[0]).isCloseTo(1, within(1e-12));
  }

  @Test
  void sharedFeaturesAndSharedSignsAreCounted() {
    assertThat(Disagreement.topK(A, B, 2)).containsExactly(1);
    assertThat(Disagreement.signs(A, B, 2)).containsExactly(.5);
    assertThat(Disagreement.topK(A, B, 3)[0]).isCloseTo(2 / 3.0, within(1e-12));
  }

  @Test
  void ranksCorrelateAsSpearmanSaid() {
    // Rank differences 1, 1, 2, 0, 2: 1 - 6 · 10 / (5 · 24).
    assertThat(Disagreement.ranks(A, B)[0]).isCloseTo(.5, within(1e-12));
    assertThat(Disagreement.ranks(A, scores(1, 2, 3, 4, 5))[0]).isCloseTo(-1, within(1e-12));
    assertThat(Disagreement.ranks(A, scores(1, 1, 1, 1, 1))).containsExactly(Double.NaN);
  }

  @Test
  void placesAndPairsAreCompared() {
    // Strongest first: A is 0, 1, 2, 3, 4 and B is 1, 0, 4, 3, 2.
    assertThat(Disagreement.places(A, B, 4)).containsExactly(.25);
    assertThat(Disagreement.signedPlaces(A, B, 4)).containsExactly(.25);
    assertThat(Disagreement.places(A, A, 5)).containsExactly(1);
    assertThat(Disagreement.signedPlaces(A, scores(5, 4, 3, 2, 1), 5)).containsExactly(.8);
    // Of ten pairs, (0, 1), (2, 3), (2, 4) and (3, 4) are turned around.
    assertThat(Disagreement.pairs(A, B)[0]).isCloseTo(.6, within(1e-12));
    assertThat(Disagreement.pairs(A, A)).containsExactly(1);
  }

  @Test
  void aMatrixComparesEachWithEach() {
    Map<String, Attribution> all = new LinkedHashMap<>();
    all.put("first", A);
    all.put("second", B);
    all.put("flat", scores(1, 1, 1, 1, 1));
    AgreementMatrix matrix = AgreementMatrix.of("rank correlation", all, Disagreement::ranks);
    assertThat(matrix.values()[0]).containsExactly(new double[] {1, .5, Double.NaN}, within(1e-12));
    assertThat(matrix.values()[1]).containsExactly(new double[] {.5, 1, Double.NaN}, within(1e-12));
    assertThat(matrix)
        .hasToString(
            """
            rank correlation
            first    1.00   0.50      -
            second   0.50   1.00      -
            flat        -      -      -
            """);
    assertThat(matrix.figure("Who agrees?").svg()).contains("rank correlation", "second");
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> Disagreement.ranks(A, scores(1, 2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("agreement needs two explanations of one shape, got (1, 5) and (1, 2)");
    assertThatThrownBy(() -> Disagreement.topK(A, B, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k must be from 1 to 5, got 6");
  }
}
