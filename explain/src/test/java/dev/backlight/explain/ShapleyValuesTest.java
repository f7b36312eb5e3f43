package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ShapleyValuesTest {
  private static final ShapleyValues FROM_ZEROS = ShapleyValues.from(Baseline.zeros());
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);

  @Test
  void aProductIsSharedEqually() {
    Tensor x = Tensor.of(new double[][] {{2, 3, 5}});
    Function<Tensor, Tensor> model =
        t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)).add(t.slice(1, 2, 3).square());
    Attribution a = FROM_ZEROS.explain(model, x, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(new double[] {3, 3, 25}, within(1e-12));
    assertThat(a.evaluations()).isEqualTo(2 + 8);
    assertThat(a.relativeResidual()).isLessThan(1e-12);
  }

  @Test
  void valuesOfANetworkAreThoseOfAllOrders() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::relu, true);
    Tensor x = X.slice(0, 1, 2);
    double[] sums = new double[5];
    int orders = sumOverOrders(mlp, x, new int[0], sums);
    double[] want = Arrays.stream(sums).map(s -> s / orders).toArray();
    assertThat(FROM_ZEROS.explain(mlp, x, Target.at(2)).scores().toDoubles())
        .containsExactly(want, within(1e-12));
  }

  /// What each feature adds where it comes, summed over all orders that begin so.
  private static int sumOverOrders(
      Function<Tensor, Tensor> model, Tensor x, int[] begin, double[] sums) {
    if (begin.length == 5) {
      double before = answer(model, x, begin, 0);
      for (int k = 0; k < 5; k++) {
        double after = answer(model, x, begin, k + 1);
        sums[begin[k]] += after - before;
        before = after;
      }
      return 1;
    }
    int orders = 0;
    for (int next = 0; next < 5; next++) {
      int feature = next;
      if (Arrays.stream(begin).noneMatch(f -> f == feature)) {
        int[] longer = Arrays.copyOf(begin, begin.length + 1);
        longer[begin.length] = next;
        orders += sumOverOrders(model, x, longer, sums);
      }
    }
    return orders;
  }

  private static double answer(Function<Tensor, Tensor> model, Tensor x, int[] order, int count) {
    double[] some = new double[5];
    for (int k = 0; k < count; k++) {
      some[order[k]] = x.at(0, order[k]);
    }
    return model.apply(Tensor.of(new double[][] {some})).at(0, 2);
  }

  @Test
  void groupsComeAndGoTogether() {
    Attribution a =
        FROM_ZEROS.of(Regions.groups(7, 7, 1, 1, 1)).explain(x -> x.sum(1), X, Target.only());
    double[] scores = a.scores().slice(0, 0, 1).toDoubles();
    double[] x = X.slice(0, 0, 1).toDoubles();
    assertThat(scores[0]).isEqualTo(scores[1]).isCloseTo(x[0] + x[1], within(1e-12));
    assertThat(scores[2]).isEqualTo(scores[4]).isCloseTo(x[2] + x[3] + x[4], within(1e-12));
    assertThat(a.completeness()).isEqualTo(Completeness.NONE);
  }

  @Test
  void theyHaveGradients() {
    GradCheck.standard()
        .check(
            (Tensor w) ->
                FROM_ZEROS.scores(x -> x.matmul(w).tanh(), X, Target.at(0)).square().sum(),
            Nets.draw(3, DType.F64, 5, 2));
  }

  @Test
  void tooManyAndOverlappingRegionsAreRefused() {
    assertThatThrownBy(
            () -> FROM_ZEROS.explain(x -> x, Nets.draw(1, DType.F64, 1, 17), Target.at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "exact Shapley values need 16 regions at most, got 17; group features, or sample orders");
    Regions twice = _ -> List.of(new int[] {0, 1}, new int[] {1, 2});
    assertThatThrownBy(() -> FROM_ZEROS.of(twice).explain(x -> x, X, Target.at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("exact Shapley values need regions without overlap, got two with element 1");
  }
}
