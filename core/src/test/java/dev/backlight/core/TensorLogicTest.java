package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorLogicTest {
  private static final double NAN = Double.NaN;

  @Test
  void comparisonsOfTensorsAreFalseForNaNExceptDiffers() {
    Tensor x = Tensor.of(1.0, 2.0, 3.0, NAN, NAN);
    Tensor y = Tensor.of(2.0, 2.0, 2.0, 2.0, NAN);

    assertThat(x.gt(y).toBooleans()).containsExactly(false, false, true, false, false);
    assertThat(x.ge(y).toBooleans()).containsExactly(false, true, true, false, false);
    assertThat(x.lt(y).toBooleans()).containsExactly(true, false, false, false, false);
    assertThat(x.le(y).toBooleans()).containsExactly(true, true, false, false, false);
    assertThat(x.eq(y).toBooleans()).containsExactly(false, true, false, false, false);
    assertThat(x.ne(y).toBooleans()).containsExactly(true, false, true, true, true);
  }

  @Test
  void comparisonsWithANumberAreThoseWithATensorFullOfIt() {
    for (DType dtype : new DType[] {DType.F32, DType.F64, DType.I32, DType.I64}) {
      Tensor x = Tensor.of(1.0, 2.0, 3.0).to(dtype);
      Tensor two = Tensor.full(Shape.of(3), dtype, 2);

      assertThat(x.gt(2).toBooleans()).as("%s", dtype).containsExactly(false, false, true);
      assertThat(x.gt(2).sameAs(x.gt(two))).isTrue();
      assertThat(x.ge(2).sameAs(x.ge(two))).isTrue();
      assertThat(x.lt(2).sameAs(x.lt(two))).isTrue();
      assertThat(x.le(2).sameAs(x.le(two))).isTrue();
      assertThat(x.eq(2).sameAs(x.eq(two))).isTrue();
      assertThat(x.ne(2).sameAs(x.ne(two))).isTrue();
    }
  }

  @Test
  void aTensorOfFloatsFilledWithATenthEqualsATenth() {
    assertThat(Tensor.full(Shape.of(2), DType.F32, 0.1).eq(0.1).toBooleans()).containsOnly(true);
  }

  @Test
  void longsAreComparedWithoutPassingThroughDoubles() {
    long big = (1L << 53) + 1;

    assertThat(Tensor.of(big).gt(Tensor.of(big - 1)).toBooleans()).containsExactly(true);
    assertThat(Tensor.of(big).gt(0x1p53).toBooleans()).containsExactly(true);
  }

  @Test
  void truthValuesCompareToo() {
    Tensor x = Tensor.of(true, true, false, false);
    Tensor y = Tensor.of(true, false, true, false);

    assertThat(x.eq(y).toBooleans()).containsExactly(true, false, false, true);
    assertThat(x.gt(y).toBooleans()).containsExactly(false, true, false, false);
    assertThat(x.eq(0).toBooleans()).containsExactly(false, false, true, true);
  }

  @Test
  void comparisonsBroadcast() {
    Tensor labels = Tensor.of(Shape.of(3, 1), 2, 0, 1);
    Tensor oneHot = labels.eq(Tensor.arange(3, DType.I32));

    assertThat(oneHot.shape()).isEqualTo(Shape.of(3, 3));
    assertThat(oneHot.toBooleans())
        .containsExactly(false, false, true, true, false, false, false, true, false);
  }

  @Test
  void comparisonsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> Tensor.of(1f).gt(Tensor.of(1)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("gt needs one dtype, got F32 and I32");
    assertThatThrownBy(() -> Tensor.of(1, 2).lt(0.5))
        .isInstanceOf(DTypeException.class)
        .hasMessage("lt on I32 needs a number of that type, got 0.5");
    assertThatThrownBy(() -> Tensor.of(1L).eq(NAN))
        .isInstanceOf(DTypeException.class)
        .hasMessage("eq on I64 needs a number of that type, got NaN");
    assertThatThrownBy(() -> Tensor.of(true).eq(2))
        .isInstanceOf(DTypeException.class)
        .hasMessage("eq on BOOL needs a number of that type, got 2.0");
    assertThatThrownBy(() -> Tensor.zeros(2).ne(Tensor.zeros(3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "ne needs sizes that are equal or 1, aligned at the last axis, got (2) and (3)");
  }

  @Test
  void andOrNotFollowTheirTruthTables() {
    Tensor x = Tensor.of(true, true, false, false);
    Tensor y = Tensor.of(true, false, true, false);

    assertThat(x.and(y).toBooleans()).containsExactly(true, false, false, false);
    assertThat(x.or(y).toBooleans()).containsExactly(true, true, true, false);
    assertThat(x.not().toBooleans()).containsExactly(false, false, true, true);
    assertThat(x.and(Tensor.of(true)).sameAs(x)).isTrue();
    assertThatThrownBy(() -> x.and(Tensor.ones(4)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("and needs BOOL, got F32");
    assertThatThrownBy(() -> Tensor.ones(4).not())
        .isInstanceOf(DTypeException.class)
        .hasMessage("not needs BOOL, got F32");
  }

  @Test
  void whereChoosesExactly() {
    Tensor c = Tensor.of(true, false, true);

    for (DType dtype : DType.values()) {
      Tensor a = Tensor.of(1.0, 1.0, 0.0).to(dtype);
      Tensor b = Tensor.of(0.0, 0.0, 1.0).to(dtype);
      assertThat(c.where(a, b).toDoubles()).as("%s", dtype).containsExactly(1, 0, 0);
    }
    assertThat(c.where(Tensor.of(1.0, NAN, -0.0), 7).toDoubles()).containsExactly(1, 7, -0.0);
    assertThat(c.where(5, Tensor.of(NAN, 2.0, NAN)).toDoubles()).containsExactly(5, 2, 5);
    assertThat(Tensor.where(c, Tensor.of(1), Tensor.of(2)).toInts()).containsExactly(1, 2, 1);
  }

  @Test
  void whereBroadcastsAllThree() {
    Tensor c = Tensor.of(Shape.of(2, 1), true, false);
    Tensor chosen = c.where(Tensor.of(1f, 2f, 3f), Tensor.scalar(0f));

    assertThat(chosen.sameAs(Tensor.of(new float[][] {{1, 2, 3}, {0, 0, 0}}))).isTrue();
  }

  @Test
  void whereRefusesWhatDoesNotFit() {
    Tensor c = Tensor.of(true, false);

    assertThatThrownBy(() -> Tensor.ones(2).where(Tensor.ones(2), 0))
        .isInstanceOf(DTypeException.class)
        .hasMessage("where needs a BOOL condition, got F32");
    assertThatThrownBy(() -> c.where(Tensor.of(1f, 2f), Tensor.of(1.0, 2.0)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("where needs one dtype, got F32 and F64");
    assertThatThrownBy(() -> c.where(Tensor.ones(3), Tensor.ones(3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "where needs sizes that are equal or 1, aligned at the last axis, got (2) and (3) and"
                + " (3)");
  }
}
