package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class OcclusionTest {
  private static final Tensor X = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});

  /// `x0 x1 + x2`.
  private static final Function<Tensor, Tensor> PRODUCT =
      t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)).add(t.slice(1, 2, 3));

  @Test
  void anElementIsWorthWhatTheAnswerLosesWithoutIt() {
    Attribution a = Occlusion.with(Baseline.constant(1)).explain(PRODUCT, X, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(0, 1, 2, 15, 16, 5);
    assertThat(a.evaluations()).isEqualTo(2 + 3);
    // f(x) − f(1) is 3 and 24; of the second, 36 is claimed.
    assertThat(a.residual().toDoubles()).containsExactly(0, -12);
  }

  @Test
  void aGroupIsTakenAwayTogetherAndItsLossStandsOnEveryElement() {
    Attribution a =
        Occlusion.with(Baseline.zeros())
            .of(Regions.groups(7, 7, 3))
            .explain(PRODUCT, X, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(2, 2, 3, 20, 20, 6);
  }

  @Test
  void overlappingWindowsAreAveraged() {
    Attribution a =
        Occlusion.with(Baseline.zeros())
            .of(Regions.windows(List.of(2), List.of(1)))
            .explain(t -> t.sum(1), X.slice(0, 0, 1), Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(3, 4, 5);
  }

  @Test
  void windowsReachTheEdge() {
    List<int[]> regions = Regions.windows(List.of(1, 2), List.of(1, 2)).of(Shape.of(2, 5));
    assertThat(regions)
        .containsExactly(
            new int[] {0, 1},
            new int[] {2, 3},
            new int[] {4},
            new int[] {5, 6},
            new int[] {7, 8},
            new int[] {9});
    assertThat(Regions.windows(List.of(9), List.of(3)).of(Shape.of(4)))
        .containsExactly(new int[] {0, 1, 2, 3});
  }

  @Test
  void anyFunctionOfValuesWillDo() {
    Function<Tensor, Tensor> closed =
        t -> {
          double[] v = t.toDoubles();
          double[] y = new double[t.size(0)];
          for (int i = 0; i < y.length; i++) {
            y[i] = Math.max(v[3 * i], v[3 * i + 1]);
          }
          return Tensor.of(y);
        };
    Attribution a = Occlusion.with(Baseline.zeros()).explain(closed, X, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(0, 1, 0, 0, 1, 0);
  }

  @Test
  void manyRegionsInBlocksGiveWhatOneByOneGives() {
    Tensor x = Nets.draw(3, DType.F64, 2, 1, 6, 6);
    Function<Tensor, Tensor> cnn = Nets.cnn(4, DType.F64, true);
    Target target = Target.each(1, 2);
    double[] got = Occlusion.with(Baseline.zeros()).explain(cnn, x, target).scores().toDoubles();
    double[] here = target.scalars(cnn.apply(x)).toDoubles();
    for (int j = 0; j < 36; j++) {
      double[] v = x.toDoubles();
      v[j] = 0;
      v[36 + j] = 0;
      double[] there = target.scalars(cnn.apply(Tensor.of(x.shape(), v))).toDoubles();
      assertThat(got[j]).isCloseTo(here[0] - there[0], within(1e-12));
      assertThat(got[36 + j]).isCloseTo(here[1] - there[1], within(1e-12));
    }
  }

  @Test
  void regionsSayWhatTheyNeed() {
    assertThatThrownBy(() ->
            Occlusion.with(Baseline.zeros())
                .of(Regions.groups(0, 1))
                .explain(PRODUCT, X, Target.only()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("groups for examples (3) need 3 numbers, got 2");
    assertThatThrownBy(() -> Regions.windows(List.of(1, 1), List.of(1, 1)).of(Shape.of(3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("windows over examples (3) need 1 sizes, got [1, 1]");
    assertThatThrownBy(() -> Regions.windows(List.of(2), List.of(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "windows need sizes and strides of at least 1, one for each axis, got [2] and [0]");
  }
}
