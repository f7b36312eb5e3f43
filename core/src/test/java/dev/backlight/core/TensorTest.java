package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void aTensorKeepsItsOwnCopy() {
    double[] values = {1, 2, 3};
    Tensor t = Tensor.of(values);
    values[0] = 9;
    t.toDoubles()[1] = 9;
    assertThat(t.toDoubles()).containsExactly(1, 2, 3);
  }

  @Test
  void theArrayTypeDecidesTheDType() {
    assertThat(Tensor.of(1f).spec()).hasToString("F32(1)");
    assertThat(Tensor.of(1.).spec()).hasToString("F64(1)");
    assertThat(Tensor.of(1).spec()).hasToString("I32(1)");
    assertThat(Tensor.of(1L).spec()).hasToString("I64(1)");
    assertThat(Tensor.of(true).spec()).hasToString("BOOL(1)");
    assertThat(Tensor.scalar(2f).spec()).hasToString("F32()");
    assertThat(Tensor.zeros(2, 0).elements()).isZero();
  }

  @Test
  void factoriesFill() {
    assertThat(Tensor.eye(2, DType.F64).toDoubles()).containsExactly(1, 0, 0, 1);
    assertThat(Tensor.arange(3, DType.I32).toInts()).containsExactly(0, 1, 2);
    assertThat(Tensor.linspace(0, 1, 5, DType.F64).toDoubles()).containsExactly(0, .25, .5, .75, 1);
    assertThat(Tensor.linspace(3, 9, 1, DType.F64).toDoubles()).containsExactly(3);
    assertThat(Tensor.full(Shape.of(2), DType.I64, 7).toLongs()).containsExactly(7, 7);
    assertThat(Tensor.ones(Shape.of(2), DType.BOOL).toBooleans()).containsExactly(true, true);
    assertThat(Tensor.of(new double[][] {{1, 2}, {3, 4}}).at(1, 0)).isEqualTo(3);
    assertThat(Tensor.of(new float[][] {}).shape()).isEqualTo(Shape.of(0, 0));
  }

  @Test
  void wrongCountsAreRefused() {
    assertThatThrownBy(() -> Tensor.of(Shape.of(2, 3), 1., 2.))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a tensor of (2, 3) needs 6 values, got 2");
    assertThatThrownBy(() -> Tensor.of(new double[][] {{1, 2}, {3}}))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a matrix needs rows of one length, got 2 in row 0 and 1 in row 1");
  }

  @Test
  void elementsAreReadByIndex() {
    Tensor t = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    assertThat(t.at(1, -1)).isEqualTo(6);
    assertThatThrownBy(() -> t.at(0, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("axis 1 of (2, 3) has indices -3..2, got 3");
    assertThatThrownBy(() -> t.at(0)).hasMessage("an index into (2, 3) needs 2 numbers, got 1");
    assertThatThrownBy(t::item).hasMessage("item() needs one element, got (2, 3)");
    assertThatThrownBy(() -> t.test(v -> v > 0)).hasMessage("test() needs one element, got (2, 3)");
  }

  @Test
  void readingAsAnotherTypeIsRefused() {
    assertThatThrownBy(() -> Tensor.of(1.).toFloats())
        .isInstanceOf(DTypeException.class)
        .hasMessage("toFloats() needs F32, got F64");
    assertThat(Tensor.of(true, false).toDoubles()).containsExactly(1, 0);
    assertThat(Tensor.of(1f).toDoubles()).containsExactly(1);
  }

  @Test
  void samenessIsOfBits() {
    assertThat(Tensor.of(Double.NaN).sameAs(Tensor.of(Double.NaN))).isTrue();
    assertThat(Tensor.of(0.).sameAs(Tensor.of(-0.))).isFalse();
    assertThat(Tensor.of(1.).sameAs(Tensor.of(1f))).isFalse();
    assertThat(Tensor.of(1, 2).sameAs(Tensor.of(1, 3))).isFalse();
  }

  @Test
  void blocksRefuseWhatDoesNotFit() {
    assertThatThrownBy(() -> Block.over(Spec.of(Shape.of(2), DType.F32), new double[2]))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a block of F32 needs its own array type, got double[]");
    assertThatThrownBy(() -> Block.over(Spec.of(Shape.of(3), DType.F32), new float[2]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a block of (3) needs 3 elements, got 2");
    Block a = Block.allocate(Spec.of(Shape.of(2), DType.F32));
    Block b = Block.allocate(Spec.of(Shape.of(3), DType.F32));
    assertThatThrownBy(() -> a.copyFrom(b)).hasMessage("a copy needs F32(2), got F32(3)");
    assertThatThrownBy(() -> a.swap(b)).hasMessage("a swap needs F32(2), got F32(3)");
  }

  @Test
  void swappedBlocksExchangeTheirMemory() {
    Block a = Block.over(Spec.of(Shape.of(1), DType.F32), new float[] {1});
    Block b = Block.over(Spec.of(Shape.of(1), DType.F32), new float[] {2});
    a.swap(b);
    assertThat(a.get(0)).isEqualTo(2);
    assertThat(b.get(0)).isEqualTo(1);
  }
}
