package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void aShapeIsAValue() {
    int[] sizes = {2, 3};
    Shape shape = Shape.of(sizes);
    sizes[0] = 9;
    shape.sizes()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).hasToString("(2, 3)");
    assertThat(shape.hashCode()).isEqualTo(Shape.of(2, 3).hashCode());
    assertThat(shape).isNotEqualTo(Shape.of(3, 2));
    assertThat(Shape.of()).isSameAs(Shape.SCALAR).hasToString("()");
  }

  @Test
  void elementsAndStridesAreRowMajor() {
    assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
    assertThat(Shape.of(2, 3, 4).strides()).containsExactly(12, 4, 1);
    assertThat(Shape.SCALAR.elements()).isEqualTo(1);
    assertThat(Shape.of(5, 0, 2).elements()).isZero();
  }

  @Test
  void negativeAxesCountFromTheEnd() {
    assertThat(Shape.of(2, 3).size(-1)).isEqualTo(3);
    assertThat(Shape.of(2, 3).axis(-2)).isZero();
    assertThatThrownBy(() -> Shape.of(2, 3).size(2))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an axis of (2, 3) lies in -2..1, got 2");
  }

  @Test
  void axesAreDroppedKeptAndReplaced() {
    assertThat(Shape.of(2, 3, 4).without(1)).isEqualTo(Shape.of(2, 4));
    assertThat(Shape.of(2, 3, 4).keeping(0, -1)).isEqualTo(Shape.of(1, 3, 1));
    assertThat(Shape.of(2, 3).with(-1, 7)).isEqualTo(Shape.of(2, 7));
    assertThatThrownBy(() -> Shape.of(2, 3).without(1, -1))
        .hasMessage("axes of (2, 3) need to differ, got (1, -1)");
  }

  @Test
  void broadcastingIsNumPys() {
    assertThat(Shape.broadcast(Shape.of(2, 1, 3), Shape.of(4, 1))).isEqualTo(Shape.of(2, 4, 3));
    assertThat(Shape.broadcast(Shape.SCALAR, Shape.of(2))).isEqualTo(Shape.of(2));
    assertThat(Shape.broadcast(Shape.of(0, 1), Shape.of(5))).isEqualTo(Shape.of(0, 5));
    assertThatThrownBy(() -> Shape.broadcast(Shape.of(2, 3), Shape.of(2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "broadcasting needs sizes that are equal or 1, aligned at the last axis, got (2, 3) and (2)");
    assertThat(Shape.of(1, 3).expandsTo(Shape.of(5, 2, 3))).isTrue();
    assertThat(Shape.of(2, 3).expandsTo(Shape.of(3))).isFalse();
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> Shape.of(2, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a shape needs sizes of at least 0, got (2, -1)");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 16))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a shape needs at most 2147483647 elements, got (65536, 65536)");
    assertThatThrownBy(() -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isInstanceOf(ShapeException.class);
  }

  @Test
  void prependPutsAnAxisInFront() {
    assertThat(Shape.of(2, 3).prepend(5)).isEqualTo(Shape.of(5, 2, 3));
    assertThat(Shape.SCALAR.prepend(0)).isEqualTo(Shape.of(0));
    assertThatThrownBy(() -> Shape.of(2).prepend(-1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("-1");
  }
}
