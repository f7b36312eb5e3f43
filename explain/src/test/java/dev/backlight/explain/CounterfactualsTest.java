package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Of a table of ages, incomes, children and where people live.
class CounterfactualsTest {
  private static final List<String> NAMES =
      List.of("age", "income", "debt", "children", "rents", "owns", "lodges");
  private static final Tensor DATA = data();
  private static final Tensor WEIGHTS =
      Tensor.of(new double[][] {{0.02}, {0.1}, {-0.3}, {-0.2}, {0}, {1.5}, {-0.5}});
  private static final Function<Tensor, Tensor> LINEAR = x -> x.matmul(WEIGHTS).sub(6);
  private static final Tensor ROW = Tensor.of(new double[][] {{40, 30, 5, 2, 1, 0, 0}});
  private static final Goal GRANTED = Goal.atLeast(Target.only(), 0);

  private static Tensor data() {
    double[] noise = Nets.draw(1, DType.F64, 80, 4).toDoubles();
    double[] rows = new double[80 * 7];
    for (int i = 0; i < 80; i++) {
      rows[7 * i] = Math.rint(45 + 12 * noise[4 * i]);
      rows[7 * i + 1] = 50 + 20 * noise[4 * i + 1];
      rows[7 * i + 2] = Math.abs(8 * noise[4 * i + 2]);
      rows[7 * i + 3] = Math.min(5, Math.rint(Math.abs(2 * noise[4 * i + 3])));
      rows[7 * i + 4 + i % 3] = 1;
    }
    return Tensor.of(Shape.of(80, 7), rows);
  }

  private static Counterfactuals table() {
    return Counterfactuals.of(DATA, NAMES)
        .whole("age", "children")
        .oneOf("rents", "owns", "lodges");
  }

  private static double scale(int column) {
    double[] v = DATA.slice(1, column, column + 1).toDoubles();
    Arrays.sort(v);
    double median = (v[39] + v[40]) / 2;
    double[] apart = Arrays.stream(v).map(d -> Math.abs(d - median)).sorted().toArray();
    return (apart[39] + apart[40]) / 2;
  }

  @Test
  void ofALinearModelOfNumbersItIsTheCheapest() {
    // Numbers only: the whole gap is closed by what gains most for its cost, until its range ends.
    Counterfactuals numbers =
        Counterfactuals.of(DATA, NAMES).fixed("age", "children", "rents", "owns", "lodges");
    Counterfactual found = numbers.find(LINEAR, ROW, GRANTED);
    double gap = -LINEAR.apply(ROW).item();
    double income = 0.1 * scale(1);
    double debt = 0.3 * scale(2);
    double cheapest;
    if (income > debt) {
      cheapest = gap / income; // incomes reach far enough
    } else {
      double lowest = Arrays.stream(DATA.slice(1, 2, 3).toDoubles()).min().orElseThrow();
      double most = 0.3 * (5 - lowest);
      cheapest = gap <= most ? gap / debt : (5 - lowest) / scale(2) + (gap - most) / income;
    }
    assertThat(found.found()).isTrue();
    assertThat(found.cost()).isCloseTo(cheapest, within(1e-3 * cheapest));
    assertThat(found.after()).isBetween(0.0, 1e-3);
    assertThat(found.before()).isEqualTo(-gap);
  }

  @Test
  void everyConstraintHolds() {
    Function<Tensor, Tensor> curved =
        x ->
            x.mul(Tensor.of(.02, .05, .2, .5, 1, 1, 1))
                .sub(Tensor.of(1, 2.5, 1.2, 1, .3, .3, .3))
                .matmul(Nets.draw(5, DType.F64, 7, 6))
                .tanh()
                .matmul(Nets.draw(6, DType.F64, 6, 1));
    double mean = curved.apply(DATA).mean().item();
    Function<Tensor, Tensor> net = x -> curved.apply(x).sub(mean);
    Counterfactuals table =
        table().fixed("age").onlyUp("income").onlyDown("debt").range("income", 0, 120).atMost(3);
    int found = 0;
    for (int i = 0; i < 20; i++) {
      Tensor row = DATA.slice(0, i, i + 1);
      double answer = net.apply(row).item();
      Goal goal = answer > 0 ? Goal.atMost(Target.only(), -0.1) : Goal.atLeast(Target.only(), 0.1);
      Counterfactual c = table.find(net, row, goal);
      double[] from = row.toDoubles();
      double[] to = c.changed().toDoubles();
      assertThat(to[0]).isEqualTo(from[0]);
      assertThat(to[1]).isBetween(Math.min(from[1], 120), 120.0);
      assertThat(to[2]).isBetween(0.0, from[2]);
      assertThat(to[3]).isEqualTo(Math.rint(to[3])).isBetween(0.0, 5.0);
      assertThat(Arrays.copyOfRange(to, 4, 7)).containsOnlyOnce(1).contains(0);
      assertThat(c.changes()).hasSizeLessThanOrEqualTo(3);
      double there = net.apply(c.changed()).item();
      if (c.found()) {
        found++;
        assertThat(answer > 0 ? -there : there).isGreaterThanOrEqualTo(0.1);
        assertThat(c.after()).isGreaterThanOrEqualTo(0);
        assertThat(c.before()).isNegative();
      } else {
        assertThat(answer > 0 ? -there : there).isLessThan(0.1);
      }
    }
    assertThat(found).isGreaterThan(10);
  }

  @Test
  void nothingThatIsChangedCouldBeTakenBack() {
    Counterfactual c = table().fixed("age").find(LINEAR, ROW, GRANTED);
    double[] from = ROW.toDoubles();
    for (int column : new int[] {1, 2, 3}) {
      double[] back = c.changed().toDoubles();
      if (back[column] != from[column]) {
        back[column] = from[column];
        assertThat(LINEAR.apply(Tensor.of(Shape.of(1, 7), back)).item()).isNegative();
      }
    }
  }

  @Test
  void aCategoryIsChangedAsAWhole() {
    Counterfactual c =
        table()
            .fixed("age", "income", "debt", "children")
            .find(x -> LINEAR.apply(x).add(1.5), ROW.add(0), Goal.atLeast(Target.only(), -2.1));
    assertThat(c.found()).isTrue();
    assertThat(c.changed().slice(1, 4, 7).toDoubles()).containsExactly(0, 1, 0);
    assertThat(c.changes()).hasSize(1);
    assertThat(c.changes().getFirst().feature()).isEqualTo("rents|owns|lodges");
    assertThat(c.cost()).isEqualTo(1);
    assertThat(c.toString())
        .startsWith("for the output to be at least -2.1, at a cost of 1 in ")
        .endsWith(" rows\n  rents|owns|lodges  rents becomes owns\n");
  }

  @Test
  void whatCannotBeReachedIsToldWithHowNearItCame() {
    Counterfactual c =
        table()
            .fixed("age", "debt", "children", "rents|owns|lodges")
            .range("income", 0, 40)
            .find(LINEAR, ROW, GRANTED);
    // Income may rise by 10: that is one logit of the 4.1 that are missing.
    assertThat(c.found()).isFalse();
    assertThat(c.before()).isCloseTo(-4.1, within(1e-12));
    assertThat(c.after()).isCloseTo(-3.1, within(1e-12));
    assertThat(c.changed().at(0, 1)).isEqualTo(40);
    assertThat(c.toString())
        .startsWith(
            "no counterfactual was found for the output to be at least 0: 3.1 short of it at"
                + " best, 4.1 at x, after ");
  }

  @Test
  void aRowThatIsThereAlreadyNeedsNothing() {
    Counterfactual c = table().find(LINEAR, ROW, Goal.atMost(Target.only(), 0));
    assertThat(c.found()).isTrue();
    assertThat(c.changes()).isEmpty();
    assertThat(c.cost()).isZero();
    assertThat(c)
        .hasToString(
            "for the output to be at most 0, at a cost of 0 in 1 rows\n"
                + "  nothing: the row has it already\n");
  }

  @Test
  void modelsWithoutAGradientAreAskedToo() {
    // A tree: flat nearly everywhere.
    Function<Tensor, Tensor> tree =
        x -> x.slice(1, 1, 2).gt(60).and(x.slice(1, 2, 3).lt(3)).to(DType.F64).sub(0.5);
    Counterfactual c = table().find(tree, ROW, GRANTED);
    assertThat(c.found()).isTrue();
    assertThat(c.changes()).hasSize(2);
    assertThat(c.changed().at(0, 1)).isBetween(60.0, 60.1);
    assertThat(c.changed().at(0, 2)).isBetween(2.9, 3.0);
  }

  @Test
  void severalDifferInWhatTheyChange() {
    List<Counterfactual> three = table().find(LINEAR, ROW, GRANTED, 3);
    assertThat(three).hasSize(3).allMatch(Counterfactual::found);
    assertThat(
            IntStream.range(0, 3)
                .mapToObj(i ->
                    three.get(i).changes().stream()
                        .map(Counterfactual.Change::feature)
                        .sorted()
                        .toList())
                .distinct())
        .hasSizeGreaterThan(1);
    assertThat(three.get(0).cost()).isLessThanOrEqualTo(three.get(1).cost() + 1e-9);
  }

  @Test
  void aClassIsAGoal() {
    Tensor w = Nets.draw(9, DType.F64, 2, 3);
    Tensor data = Nets.draw(8, DType.F64, 60, 2);
    Function<Tensor, Tensor> three = x -> x.matmul(w);
    Counterfactuals table = Counterfactuals.of(data, List.of("a", "b"));
    for (int i = 0; i < 5; i++) {
      for (int c = 0; c < 3; c++) {
        Counterfactual found = table.find(three, data.slice(0, i, i + 1), Goal.classified(c));
        if (found.found()) {
          assertThat((int) three.apply(found.changed()).argmax(1).at(0)).isEqualTo(c);
        }
      }
    }
  }

  @Test
  void theSameQuestionHasTheSameAnswer() {
    Counterfactual one = table().find(LINEAR, ROW, GRANTED);
    Counterfactual two = table().find(LINEAR, ROW, GRANTED);
    assertThat(one.changed().sameAs(two.changed())).isTrue();
    assertThat(one.evaluations()).isEqualTo(two.evaluations());
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> table().fixed("height"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a constraint needs a feature of the table, got height; there are age, income, debt,"
                + " children, rents|owns|lodges");
    assertThatThrownBy(() -> table().oneOf("rents", "age"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a category needs two columns or more that are in no other, got rents, age");
    assertThatThrownBy(() -> table().range("income", 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a range needs low <= high, got 2.0 and 1.0 for income");
    assertThatThrownBy(() -> table().unit("income", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a unit needs to be finite and above 0, got 0.0 for income");
    assertThatThrownBy(() -> table().atMost(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("counterfactuals need 1 change or more, got 0");
    assertThatThrownBy(() -> table().find(LINEAR, DATA, GRANTED))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a counterfactual needs one row of 7 columns, got (80, 7)");
    assertThatThrownBy(
            () -> table().find(LINEAR, ROW.add(Tensor.of(0., 0, 0, 0, 0, 1, 0)), GRANTED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a category needs one column of 1 and others of 0, got [rents = 1.0, owns = 1.0,"
                + " lodges = 0.0]");
    assertThatThrownBy(() -> Counterfactuals.of(ROW, List.of("a")))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "counterfactuals need rows (m, 1) with m >= 1, as many columns as names, got (1, 7)");
    assertThatThrownBy(() -> table().find(LINEAR, ROW, Goal.classified(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a goal of a class needs logits of two classes or more, got (1, 1)");
  }
}
