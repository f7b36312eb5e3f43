package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorShapingTest {
  private static Tensor arange(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.arange(shape.elements(), DType.F64).reshape(shape);
  }

  private static Tensor random(int seed, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(seed).doubles(shape.elements(), -1, 1).toArray());
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  // ---- shapes ----

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyDtypeMovesThroughTheShapes(DType dtype) {
    Tensor x = Tensor.of(Shape.of(2, 3), 0, 1, 0, 1, 1, 0).to(dtype);

    assertThat(x.expand(Shape.of(2, 2, 3)).toDoubles())
        .containsExactly(0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0);
    assertThat(x.reshape(3, 2).sameAs(Tensor.of(Shape.of(3, 2), 0, 1, 0, 1, 1, 0).to(dtype)))
        .isTrue();
    assertThat(x.transpose().toDoubles()).containsExactly(0, 1, 1, 1, 0, 0);
    assertThat(x.slice(1, 0, 3, 2).toDoubles()).containsExactly(0, 0, 1, 0);
    assertThat(x.flip(0, 1).toDoubles()).containsExactly(0, 1, 1, 0, 1, 0);
    assertThat(x.pad(1, 0, 1).toDoubles()).containsExactly(0, 1, 0, 0, 1, 1, 0, 0);
    assertThat(x.pad(1, 0, 1, 1).toDoubles()).containsExactly(0, 1, 0, 1, 1, 1, 0, 1);
    assertThat(Tensor.concat(0, x, x.slice(0, 1, 2)).toDoubles())
        .containsExactly(0, 1, 0, 1, 1, 0, 1, 1, 0);
    assertThat(x.take(0, Tensor.of(1L)).toDoubles()).containsExactly(1, 1, 0);
    assertThat(x.takeAlong(1, Tensor.of(Shape.of(2, 1), 1, 2)).toDoubles()).containsExactly(1, 0);
    assertThat(x.transpose().expand(Shape.of(2, 3, 2)).dtype()).isEqualTo(dtype);
  }

  @Test
  void expandRepeatsAlongOnesAndNewAxes() {
    assertThat(Tensor.of(Shape.of(2, 1), 1.0, 2.0).expand(Shape.of(2, 2, 3)).toDoubles())
        .containsExactly(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
    assertThat(Tensor.scalar(3.0).expand(Shape.of(2, 2)).toDoubles()).containsExactly(3, 3, 3, 3);
    assertThat(Tensor.zeros(1, 3).expand(Shape.of(0, 3)).shape()).isEqualTo(Shape.of(0, 3));
    refused(
        () -> arange(2, 3).expand(Shape.of(3, 2)),
        "expand to (3, 2) needs sizes that are equal or 1, aligned at the last axis, got (2, 3)");
  }

  @Test
  void sumToIsTheTransposeOfExpand() {
    Tensor x = arange(2, 3);

    assertThat(x.sumTo(Shape.of(3)).toDoubles()).containsExactly(3, 5, 7);
    assertThat(x.sumTo(Shape.of(2, 1)).sameAs(Tensor.of(Shape.of(2, 1), 3.0, 12.0))).isTrue();
    assertThat(x.sumTo(Shape.SCALAR).item()).isEqualTo(15);
    assertThat(x.sumTo(x.shape())).isSameAs(x);
    assertThat(Tensor.zeros(0, 3).sumTo(Shape.of(1, 3)).toDoubles()).containsExactly(0, 0, 0);
    refused(() -> x.sumTo(Shape.of(2)), "sumTo needs a shape that expands to (2, 3), got (2)");
  }

  @Test
  void reshapeFindsTheOpenSize() {
    Tensor x = arange(2, 6);

    assertThat(x.reshape(3, -1).shape()).isEqualTo(Shape.of(3, 4));
    assertThat(x.reshape(2, 6)).isSameAs(x);
    assertThat(x.flatten().shape()).isEqualTo(Shape.of(12));
    assertThat(arange(2, 3, 2).flattenFrom(1).shape()).isEqualTo(Shape.of(2, 6));
    assertThat(arange(2, 3, 2).flattenFrom(-1).shape()).isEqualTo(Shape.of(2, 3, 2));
    assertThat(Tensor.scalar(1.0).flatten().shape()).isEqualTo(Shape.of(1));
    refused(() -> x.reshape(5, 2), "reshape to (5, 2) needs 10 elements, got 12 of (2, 6)");
    refused(
        () -> x.reshape(5, -1),
        "reshape needs sizes whose product divides 12 to find the -1, got [5, -1]");
    refused(() -> x.reshape(-1, -1), "reshape needs at most one size of -1, got [-1, -1]");
    refused(
        () -> Tensor.zeros(0).reshape(0, -1),
        "reshape needs sizes whose product divides 0 to find the -1, got [0, -1]");
  }

  @Test
  void axesOfSizeOneComeAndGo() {
    Tensor x = arange(2, 3);

    assertThat(x.unsqueeze(0).shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(x.unsqueeze(1).shape()).isEqualTo(Shape.of(2, 1, 3));
    assertThat(x.unsqueeze(-1).shape()).isEqualTo(Shape.of(2, 3, 1));
    assertThat(x.unsqueeze(-1).squeeze(2).shape()).isEqualTo(Shape.of(2, 3));
    refused(() -> x.squeeze(1), "squeeze needs size 1 on axis 1, got (2, 3)");
    refused(() -> x.unsqueeze(3), "unsqueeze of (2, 3) needs an axis in -3..2, got 3");
  }

  @Test
  void permuteMovesEveryElementToItsPlace() {
    Tensor x = arange(2, 3, 4, 5);
    Tensor y = x.permute(2, 0, -1, 1);

    assertThat(y.shape()).isEqualTo(Shape.of(4, 2, 5, 3));
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 3; b++) {
        for (int c = 0; c < 4; c++) {
          for (int d = 0; d < 5; d++) {
            assertThat(y.at(c, a, d, b)).isEqualTo(x.at(a, b, c, d));
          }
        }
      }
    }
    Tensor large = arange(70, 45);
    assertThat(large.transpose().at(44, 69)).isEqualTo(large.at(69, 44));
    assertThat(large.transpose().transpose().sameAs(large)).isTrue();
    assertThat(large.transpose().get(33).sameAs(large.slice(1, 33, 34).squeeze(1))).isTrue();
    assertThat(x.permute(0, 1, 2, 3)).isSameAs(x);
    assertThat(x.transpose().shape()).isEqualTo(Shape.of(2, 3, 5, 4));
    assertThat(x.swap(0, -1).shape()).isEqualTo(Shape.of(5, 3, 4, 2));
    refused(() -> x.permute(0, 1), "permute of (2, 3, 4, 5) needs 4 axes, got [0, 1]");
    refused(() -> arange(2, 2).permute(0, 0), "permute needs every axis of 0..1 once, got [0, 0]");
    refused(() -> Tensor.of(1.0).transpose(), "an axis of (1) lies in -1..0, got -2");
  }

  // ---- parts ----

  @Test
  void slicesCountFromBothEndsAndInSteps() {
    Tensor x = arange(2, 5);

    assertThat(x.slice(1, 1, 3).toDoubles()).containsExactly(1, 2, 6, 7);
    assertThat(x.slice(1, -2, 5).toDoubles()).containsExactly(3, 4, 8, 9);
    assertThat(x.slice(-1, 0, -1, 3).toDoubles()).containsExactly(0, 3, 5, 8);
    assertThat(x.slice(0, 1, 1).shape()).isEqualTo(Shape.of(0, 5));
    assertThat(x.slice(1, 0, 5)).isSameAs(x);
    refused(
        () -> x.slice(1, 2, 7),
        "slice of axis 1 of (2, 5) needs 0 <= from <= to <= 5 and step >= 1, got 2..7 and 1");
  }

  @Test
  void leadingIndicesPickAPart() {
    Tensor x = arange(2, 3);

    assertThat(x.get(1).sameAs(Tensor.of(3.0, 4.0, 5.0))).isTrue();
    assertThat(x.get(-1, 0).item()).isEqualTo(3);
    assertThat(x.get()).isSameAs(x);
    refused(() -> x.get(2), "axis 0 of (2, 3) has indices -2..1, got 2");
    refused(() -> x.get(0, 0, 0), "get of (2, 3) needs at most 2 indices, got 3");
  }

  @Test
  void splitUndoesConcat() {
    Tensor x = arange(2, 5);
    List<Tensor> parts = x.split(1, 1, 0, 4);

    assertThat(parts).hasSize(3);
    assertThat(parts.get(1).shape()).isEqualTo(Shape.of(2, 0));
    assertThat(Tensor.concat(1, parts).sameAs(x)).isTrue();
    refused(
        () -> x.split(1, 2, 2),
        "split of axis 1 of (2, 5) needs sizes that add up to 5, got [2, 2]");
  }

  @Test
  void concatAndStackNeedShapesThatFit() {
    Tensor x = arange(2);

    assertThat(Tensor.stack(0, x, x.add(5)).toDoubles()).containsExactly(0, 1, 5, 6);
    assertThat(Tensor.stack(-1, List.of(x, x.add(5))).toDoubles()).containsExactly(0, 5, 1, 6);
    refused(
        () -> Tensor.concat(0, arange(2, 3), arange(2, 2)),
        "concat needs equal sizes except along axis 0, got (2, 3) and (2, 2)");
    refused(() -> Tensor.concat(0, x, x.to(DType.F32)), "concat needs one dtype, got F64 and F32");
    refused(() -> Tensor.concat(0), "concat needs at least one input, got 0");
    refused(() -> Tensor.stack(0, x, arange(3)), "stack needs equal shapes, got (2) and (3)");
  }

  @Test
  void padSurroundsWithZerosOrAValue() {
    assertThat(arange(2, 2).pad(0, 1, 0).toDoubles()).containsExactly(0, 0, 0, 1, 2, 3);
    assertThat(arange(2).pad(0, 1, 2, -7).toDoubles()).containsExactly(-7, 0, 1, -7, -7);
    assertThat(Tensor.zeros(0).pad(0, 1, 1).shape()).isEqualTo(Shape.of(2));
    refused(() -> arange(2).pad(0, -1, 0), "pad needs before >= 0 and after >= 0, got -1 and 0");
  }

  @Test
  void takeLooksUpAlongAnAxis() {
    Tensor x = arange(3, 2);

    assertThat(x.take(0, Tensor.of(Shape.of(2, 2), 2, 0, 1, 2)).toDoubles())
        .containsExactly(4, 5, 0, 1, 2, 3, 4, 5);
    assertThat(x.take(1, Tensor.of(Shape.SCALAR, 1)).toDoubles()).containsExactly(1, 3, 5);
    assertThat(x.take(0, Tensor.of(new int[0])).shape()).isEqualTo(Shape.of(0, 2));
    assertThat(arange(3).takeAdd(0, Tensor.of(1, 1, 0), 2).toDoubles()).containsExactly(2, 1);
    refused(() -> arange(5).take(0, Tensor.of(7)), "take needs indices in 0..4, got 7");
    refused(
        () -> arange(5).take(0, Tensor.of(1L << 40)),
        "take needs indices in 0..4, got 1099511627776");
    refused(() -> arange(5).take(0, Tensor.of(-1)), "take needs indices in 0..4, got -1");
    refused(() -> arange(5).take(0, Tensor.of(1.0)), "take needs an index of I32 or I64, got F64");
    refused(
        () -> arange(3).takeAdd(0, Tensor.of(0, 1), 2),
        "takeadd needs x with the axes of the index from axis 0 on, got x (3) and index (2)");
  }

  @Test
  void takeAlongPicksInEveryLine() {
    Tensor x = arange(2, 3);
    Tensor index = Tensor.of(Shape.of(2, 2), 2, 2, 0, 1);

    assertThat(x.takeAlong(1, index).toDoubles()).containsExactly(2, 2, 3, 4);
    assertThat(x.takeAlong(0, Tensor.of(Shape.of(1, 3), 1, 0, 1)).toDoubles())
        .containsExactly(3, 1, 5);
    assertThat(arange(2, 2).addAlong(1, index, 3).toDoubles()).containsExactly(0, 0, 1, 2, 3, 0);
    refused(
        () -> x.takeAlong(1, Tensor.of(0, 1)),
        "takealong needs an index with the sizes of x except along axis 1,"
            + " got x (2, 3) and index (2)");
    refused(() -> x.addAlong(1, index, 3), "addalong needs equal shapes, got (2, 3) and (2, 2)");
    refused(
        () -> x.takeAlong(1, Tensor.of(Shape.of(2, 1), 0, 3)),
        "takealong needs indices in 0..2, got 3");
  }

  @Test
  void oneHotMarksTheClass() {
    assertThat(Tensor.of(2L, 0L).oneHot(3, DType.F32).toFloats()).containsExactly(0, 0, 1, 1, 0, 0);
    assertThat(Tensor.of(1).oneHot(2, DType.BOOL).toBooleans()).containsExactly(false, true);
    refused(() -> Tensor.of(3).oneHot(3, DType.F32), "onehot needs indices in 0..2, got 3");
  }

  // ---- products ----

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void matmulIsTheSumOverTheInnerAxis(boolean ta, boolean tb) {
    for (int[] size : new int[][] {{1, 1, 1}, {3, 5, 7}, {8, 13, 9}, {2, 0, 3}, {0, 2, 3}}) {
      int m = size[0];
      int k = size[1];
      int n = size[2];
      Tensor x = random(1, m, k);
      Tensor y = random(2, k, n);
      Tensor z = (ta ? x.transpose() : x).matmul(tb ? y.transpose() : y, ta, tb);
      Tensor single =
          (ta ? x.transpose() : x)
              .to(DType.F32)
              .matmul((tb ? y.transpose() : y).to(DType.F32), ta, tb);

      assertThat(z.shape()).isEqualTo(Shape.of(m, n));
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int l = 0; l < k; l++) {
            sum += x.at(i, l) * y.at(l, j);
          }
          assertThat(z.at(i, j)).isCloseTo(sum, within(1e-14));
          assertThat(single.at(i, j)).isCloseTo(sum, within(1e-5));
        }
      }
    }
  }

  @Test
  void matmulBroadcastsBatchesAndTakesVectors() {
    Tensor x = random(1, 2, 1, 3, 4);
    Tensor y = random(2, 5, 4, 2);
    Tensor z = x.matmul(y);

    assertThat(z.shape()).isEqualTo(Shape.of(2, 5, 3, 2));
    assertThat(z.get(1, 4).sameAs(x.get(1, 0).matmul(y.get(4)))).isTrue();
    assertThat(x.matmul(y.get(0)).get(1, 0).sameAs(x.get(1, 0).matmul(y.get(0)))).isTrue();
    assertThat(random(3, 4).matmul(y).shape()).isEqualTo(Shape.of(5, 2));
    assertThat(x.matmul(random(3, 4)).shape()).isEqualTo(Shape.of(2, 1, 3));
    assertThat(Tensor.of(1.0, 2.0).matmul(Tensor.of(3.0, 4.0)).item()).isEqualTo(11);
    assertThat(Tensor.of(1.0, 2.0).dot(Tensor.of(3.0, 4.0)).item()).isEqualTo(11);
    assertThat(Tensor.of(1.0, 2.0).outer(Tensor.of(3.0, 4.0)).toDoubles())
        .containsExactly(3, 4, 6, 8);
  }

  @Test
  void matmulSaysWhatItNeeds() {
    refused(
        () -> arange(1, 5).matmul(arange(4, 16)),
        "matmul needs (m, k) and (k, n), got (1, 5) and (4, 16)");
    refused(
        () -> arange(5, 1).matmul(arange(16, 4), true, true),
        "matmul needs (k, m) and (n, k), got (5, 1) and (16, 4)");
    refused(
        () -> arange(2, 3, 4).matmul(arange(2, 3, 4)),
        "matmul needs (…, m, k) and (…, k, n), got (2, 3, 4) and (2, 3, 4)");
    refused(
        () -> arange(3).matmul(arange(2, 3)), "matmul needs (m, k) and (k, n), got (3) and (2, 3)");
    refused(
        () -> arange().matmul(arange(2, 3)), "matmul needs (m, k) and (k, n), got () and (2, 3)");
    refused(
        () -> arange(2, 2).matmul(arange(2, 2).to(DType.F32)),
        "matmul needs one dtype, got F64 and F32");
    refused(() -> arange(2).dot(arange(3)), "dot needs two vectors of one size, got (2) and (3)");
    refused(() -> arange(2, 2).outer(arange(3)), "outer needs two vectors, got (2, 2) and (3)");
  }
}
