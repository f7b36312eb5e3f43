package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InputsTest {
  private static final Tensor IMAGE = Nets.draw(1, DType.F64, 3, 1, 2, 4);
  private static final Tensor ROW = Nets.draw(2, DType.F64, 3, 5);
  private static final Inputs INPUTS = Inputs.like(IMAGE, ROW);

  @Test
  void whatIsJoinedIsSplitAgain() {
    List<Tensor> back = INPUTS.split(INPUTS.join(IMAGE, ROW));
    assertThat(back.get(0).sameAs(IMAGE)).isTrue();
    assertThat(back.get(1).sameAs(ROW)).isTrue();
  }

  @Test
  void everyInputGetsItsPartOfWhatBothDo() {
    Tensor w = Nets.draw(3, DType.F64, 8, 5);
    Function<Tensor, Tensor> model =
        INPUTS.model(in -> in.get(0).flattenFrom(1).matmul(w).mul(in.get(1)).sum(1));
    Attribution a =
        IntegratedGradients.from(Baseline.zeros())
            .explain(model, INPUTS.join(IMAGE, ROW), Target.only());
    List<Tensor> scores = INPUTS.split(a.scores());
    // A product from zeros: half for each side.
    Tensor half = IMAGE.flattenFrom(1).matmul(w).mul(ROW).div(2);
    assertThat(scores.get(1).toDoubles()).containsExactly(half.toDoubles(), within(1e-9));
    assertThat(scores.get(0).shape()).isEqualTo(IMAGE.shape());
    assertThat(scores.get(0).flattenFrom(1).sum(1).toDoubles())
        .containsExactly(half.sum(1).toDoubles(), within(1e-9));
  }

  @Test
  void regionsOfEachInputStandInTheJoin() {
    Regions regions =
        INPUTS.regions(
            Regions.windows(List.of(1, 2, 2), List.of(1, 2, 2)), Regions.groups(0, 0, 1, 1, 1));
    List<int[]> all = regions.of(Shape.of(13));
    assertThat(all)
        .containsExactly(
            new int[] {0, 1, 4, 5},
            new int[] {2, 3, 6, 7},
            new int[] {8, 9},
            new int[] {10, 11, 12});
    assertThat(regions.toString()).isEqualTo("windows [1, 2, 2] by [1, 2, 2], then 2 groups");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> INPUTS.join(IMAGE))
        .isInstanceOf(ShapeException.class)
        .hasMessage("these are 2 inputs, got 1");
    assertThatThrownBy(() -> INPUTS.join(IMAGE, IMAGE))
        .isInstanceOf(ShapeException.class)
        .hasMessage("input 1 needs examples of (5), got (3, 1, 2, 4)");
    assertThatThrownBy(() -> INPUTS.join(IMAGE, ROW.to(DType.F32)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("inputs need one dtype, got F64 and F32");
    assertThatThrownBy(() -> INPUTS.split(ROW))
        .isInstanceOf(ShapeException.class)
        .hasMessage("joined inputs are (n, 13), got (3, 5)");
    assertThatThrownBy(() -> INPUTS.regions(Regions.each()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("these are 2 inputs, got regions of 1");
    assertThatThrownBy(() -> new Inputs(List.of()))
        .hasMessage("inputs need at least one tensor, got none");
  }
}
