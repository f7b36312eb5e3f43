package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TensorIndexingTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static Tensor counted(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.arange(shape.elements(), DType.F64).reshape(shape);
  }

  @Test
  void coordinatesPickElementsAndSlices() {
    Tensor x = counted(2, 3, 2);
    assertThat(x.gatherNd(Tensor.of(Shape.of(2, 3), 1, 2, 0, 0, 1, 1)).toDoubles())
        .containsExactly(10, 3);
    assertThat(x.gatherNd(Tensor.of(Shape.of(1, 1, 2), 1, 0)).toDoubles()).containsExactly(6, 7);
    assertThat(x.gatherNd(Tensor.of(Shape.of(2, 1), 1, 1)).shape()).isEqualTo(Shape.of(2, 3, 2));
    assertThat(x.gatherNd(Tensor.of(1, 1, 1)).item()).isEqualTo(9);
    assertThatThrownBy(() -> x.gatherNd(Tensor.of(Shape.of(1, 2), 0, 5)))
        .as("5 would be row 1, column 2 of the flattened axes")
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("flatindex needs indices in 0..2, got 5");
    refused(
        () -> x.gatherNd(Tensor.of(Shape.of(1, 4), 0, 0, 0, 0)),
        "gatherNd needs an index (..., k) with k in 1..3 for (2, 3, 2), got (1, 4)");
  }

  @Test
  void whatIsAddedTwiceCountsTwice() {
    Tensor x = counted(2, 2);
    Tensor index = Tensor.of(Shape.of(3, 2), 0, 1, 0, 1, 1, 0);
    assertThat(x.scatterAddNd(index, Tensor.of(10.0, 20, 30)).toDoubles())
        .containsExactly(0, 31, 32, 3);
    assertThat(x.scatterAddNd(Tensor.of(Shape.of(1, 1), 1), counted(1, 2)).toDoubles())
        .containsExactly(0, 1, 2, 4);
    assertThat(x.indexAdd(0, Tensor.of(1, 1), counted(2, 2)).toDoubles())
        .containsExactly(0, 1, 4, 7);
    assertThat(x.scatterAdd(1, Tensor.of(Shape.of(2, 2), 0, 0, 1, 0), counted(2, 2)).toDoubles())
        .containsExactly(1, 1, 5, 5);
    refused(
        () -> x.scatterAddNd(index, Tensor.of(1.0)),
        "scatterAddNd needs a source of (3) for the index (3, 2) into (2, 2), got (1)");
  }

  @Test
  void ofElementsThatGoToOnePlaceTheLastStays() {
    Tensor x = counted(2, 3);
    Tensor index = Tensor.of(Shape.of(2, 2), 1, 1, 2, 0);
    Tensor source = Tensor.of(new double[][] {{10, 20}, {30, 40}});
    assertThat(x.scatter(1, index, source).toDoubles()).containsExactly(0, 20, 2, 40, 4, 30);
    Tensor none = Tensor.of(Shape.of(2, 0), new int[0]);
    assertThat(x.scatter(1, none, Tensor.zeros(Shape.of(2, 0), DType.F64))).isSameAs(x);
    refused(
        () -> x.scatter(1, index, Tensor.zeros(2, 3)),
        "scatter along axis 1 of (2, 3) needs an index and a source of one shape with its other"
            + " sizes, got (2, 2) and (2, 3)");
    assertThatThrownBy(() -> x.scatter(1, Tensor.of(Shape.of(2, 1), 3, 0), counted(2, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lastwriter needs indices in 0..2, got 3");
  }

  @Test
  void diagonalsAndTrianglesOfEveryOffset() {
    Tensor x = counted(3, 4);
    assertThat(x.diagonal().toDoubles()).containsExactly(0, 5, 10);
    assertThat(x.diagonal(1, 0, 1).toDoubles()).containsExactly(1, 6, 11);
    assertThat(x.diagonal(-2, 0, 1).toDoubles()).containsExactly(8);
    assertThat(x.diagonal(9, 0, 1).shape()).isEqualTo(Shape.of(0));
    assertThat(x.diagonal(0, 1, 0).toDoubles()).containsExactly(0, 5, 10);
    assertThat(counted(2, 3, 2).diagonal(0, 0, 2).toDoubles()).containsExactly(0, 7, 2, 9, 4, 11);
    assertThat(x.tril(0).toDoubles()).containsExactly(0, 0, 0, 0, 4, 5, 0, 0, 8, 9, 10, 0);
    assertThat(x.triu(1).toDoubles()).containsExactly(0, 1, 2, 3, 0, 0, 6, 7, 0, 0, 0, 11);
    assertThat(Tensor.of(1.0, 2).diagEmbed(-1).toDoubles())
        .containsExactly(0, 0, 0, 1, 0, 0, 0, 2, 0);
    assertThat(Tensor.of(1.0, 2).diagEmbed(0).diagonal().toDoubles()).containsExactly(1, 2);
    refused(() -> Tensor.zeros(3).tril(0), "tril needs (..., m, n), got (3)");
    refused(() -> Tensor.scalar(1f).diagEmbed(0), "diagEmbed needs (..., n), got a scalar");
    refused(() -> x.diagonal(0, 1, 1), "axes of (3, 4) need to differ, got (1, 1)");
  }

  @Test
  void wholesAndSlicesAreRepeated() {
    Tensor x = Tensor.of(new double[][] {{1, 2}, {3, 4}});
    assertThat(x.tile(2).toDoubles()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    assertThat(x.tile(2, 1, 1).shape()).isEqualTo(Shape.of(2, 2, 2));
    assertThat(x.tile(0, 1).shape()).isEqualTo(Shape.of(0, 2));
    assertThat(x.repeatInterleave(2, 1).toDoubles()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
    assertThat(x.repeatInterleave(2, 0).toDoubles()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    refused(() -> x.tile(-1), "tile needs counts of at least 0, got -1");
    refused(() -> x.repeatInterleave(-2, 0), "repeatInterleave needs counts of at least 0, got -2");
  }

  @Test
  void axesAreMovedRolledCutAndSeenThroughWindows() {
    Tensor x = counted(2, 5);
    assertThat(x.roll(2, 1).get(0).toDoubles()).containsExactly(3, 4, 0, 1, 2);
    assertThat(x.roll(-6, 1).get(0).toDoubles()).containsExactly(1, 2, 3, 4, 0);
    assertThat(x.roll(5, 1)).isSameAs(x);
    assertThat(Tensor.zeros(0).roll(1, 0).shape()).isEqualTo(Shape.of(0));
    assertThat(x.chunk(3, 1).stream().map(t -> t.size(1)).toList()).containsExactly(2, 2, 1);
    assertThat(x.windows(1, 2, 2).toDoubles()).containsExactly(0, 1, 2, 3, 5, 6, 7, 8);
    assertThat(x.windows(0, 2, 1).shape()).isEqualTo(Shape.of(1, 2, 5));
    assertThat(counted(2, 3, 4).moveAxis(-1, 0).shape()).isEqualTo(Shape.of(4, 2, 3));
    assertThat(Tensor.of(2, 0).oneHot(3, DType.I32, 0).toInts()).containsExactly(0, 1, 0, 0, 1, 0);
    assertThat(x.maskedFill(x.gt(6), -1).get(1).toDoubles()).containsExactly(5, 6, -1, -1, -1);
    refused(() -> x.chunk(0, 1), "chunk needs at least 1 part, got 0");
    refused(
        () -> x.windows(1, 6, 1),
        "windows need a size in 1..5 and a step of at least 1 along axis 1 of (2, 5), got 6 and 1");
  }

  @Test
  void paddingsStandBeyondTheEnds() {
    Tensor x = Tensor.of(1.0, 2, 3);
    assertThat(x.pad(0, 2, 3, Padding.REFLECT).toDoubles()).containsExactly(3, 2, 1, 2, 3, 2, 1, 2);
    assertThat(x.pad(0, 2, 4, Padding.SYMMETRIC).toDoubles())
        .containsExactly(2, 1, 1, 2, 3, 3, 2, 1, 1);
    assertThat(x.pad(0, 1, 2, Padding.REPLICATE).toDoubles()).containsExactly(1, 1, 2, 3, 3, 3);
    assertThat(x.pad(0, 4, 1, Padding.CIRCULAR).toDoubles())
        .containsExactly(3, 1, 2, 3, 1, 2, 3, 1);
    assertThat(Tensor.of(7.0).pad(0, 1, 2, Padding.REFLECT).toDoubles())
        .containsExactly(7, 7, 7, 7);
    assertThat(x.pad(0, 0, 0, Padding.REFLECT)).isSameAs(x);
    refused(
        () -> Tensor.zeros(2, 0).pad(1, 1, 0, Padding.CIRCULAR),
        "pad needs at least one element along axis 1, got (2, 0)");
    refused(
        () -> x.pad(0, -1, 0, Padding.REFLECT),
        "pad needs before >= 0 and after >= 0, got -1 and 0");
  }
}
