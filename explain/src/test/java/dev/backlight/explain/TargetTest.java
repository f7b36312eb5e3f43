package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class TargetTest {
  private static final Tensor OUTPUT = Tensor.of(new double[][] {{1, 5, 2}, {7, 3, 4}});

  @Test
  void eachTargetTakesOneScalarFromEveryExample() {
    assertThat(Target.at(2).scalars(OUTPUT).toDoubles()).containsExactly(2, 4);
    assertThat(Target.each(1, 2).scalars(OUTPUT).toDoubles()).containsExactly(5, 4);
    assertThat(Target.predicted().scalars(OUTPUT).toDoubles()).containsExactly(5, 7);
    assertThat(Target.difference(1, 0).scalars(OUTPUT).toDoubles()).containsExactly(4, -4);
    assertThat(Target.of(o -> o.sum(1)).scalars(OUTPUT).toDoubles()).containsExactly(8, 14);
    assertThat(Target.only().scalars(Tensor.of(1., 2)).toDoubles()).containsExactly(1, 2);
    assertThat(Target.only().scalars(OUTPUT.slice(1, 0, 1)).toDoubles()).containsExactly(1, 7);
  }

  @Test
  void whatWasPredictedAtXStaysTheTargetElsewhere() {
    Target decided = Target.predicted().decided(() -> OUTPUT);
    Tensor elsewhere = Tensor.of(new double[][] {{9, 1, 0}, {0, 2, 9}});
    assertThat(decided.scalars(elsewhere).toDoubles()).containsExactly(1, 0);
    assertThat(decided).hasToString("outputs 1, 0");
    assertThat(Target.each(2)).hasToString("output 2");
  }

  @Test
  void targetsAreRepeatedForCopiesOfTheBatchAndNarrowedToOneExample() {
    Tensor twice = Tensor.concat(0, OUTPUT, OUTPUT);
    assertThat(Target.each(1, 2).repeated(2).scalars(twice).toDoubles())
        .containsExactly(5, 4, 5, 4);
    assertThat(Target.at(0).repeated(2).scalars(twice).toDoubles()).containsExactly(1, 7, 1, 7);
    assertThat(Target.each(1, 2).example(1).scalars(OUTPUT.slice(0, 1, 2)).toDoubles())
        .containsExactly(4);
  }

  @Test
  void aTargetSaysWhatItNeeds() {
    assertThatThrownBy(() -> Target.at(3).scalars(OUTPUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a target of 3 outputs needs an index in 0..2, got 3");
    assertThatThrownBy(() -> Target.each(0, -1).scalars(OUTPUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a target of 3 outputs needs an index in 0..2, got -1");
    assertThatThrownBy(() -> Target.each(0, 1, 2).scalars(OUTPUT))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a target for each example needs 2 indices, got 3");
    assertThatThrownBy(() -> Target.at(0).scalars(Tensor.of(1., 2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a target with an index needs outputs (n, k), got (2)");
    assertThatThrownBy(() -> Target.only().scalars(OUTPUT))
        .isInstanceOf(ShapeException.class)
        .hasMessage("the only output needs outputs (n) or (n, 1), got (2, 3)");
    assertThatThrownBy(() -> Target.each(OUTPUT))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a target for each example needs I32 or I64, got F64");
    assertThatThrownBy(() -> new Saliency().explain(x -> x, OUTPUT, Target.of(Tensor::sum)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a target needs one scalar for every example, (2), got ()");
  }

  @Test
  void anExplainerNeedsABatchOfFloatsWithValues() {
    assertThatThrownBy(() -> new Saliency().explain(x -> x, Tensor.of(1, 2), Target.only()))
        .isInstanceOf(DTypeException.class)
        .hasMessage("an explanation needs x of F32 or F64, got I32");
    assertThatThrownBy(() -> new Saliency().explain(x -> x, Tensor.scalar(1.), Target.only()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an explanation needs x (n, …) with a batch axis of at least 1, got ()");
    assertThatThrownBy(() ->
            new Saliency()
                .explain(x -> x, Tensor.zeros(Shape.of(0, 3), OUTPUT.dtype()), Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an explanation needs x (n, …) with a batch axis of at least 1, got (0, 3)");
  }
}
