package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static Dataset numbered(int... labels) {
    int n = labels.length;
    return Dataset.of(
        Tensor.arange(n, DType.F32).reshape(n, 1),
        Tensor.of(labels),
        List.of("place"),
        List.of("a", "b", "c"));
  }

  @Test
  void aSplitHoldsOutTheSamePartOfEachClass() {
    int[] labels = new int[100];
    for (int i = 0; i < 100; i++) {
      labels[i] = i < 50 ? 0 : i < 90 ? 1 : 2;
    }
    Dataset.Split parts = numbered(labels).split(0.2, Key.of(1));
    assertThat(parts.held().counts()).containsExactly(10, 8, 2);
    assertThat(parts.train().counts()).containsExactly(40, 32, 8);
  }

  @Test
  void theTwoPartsTogetherAreTheWhole() {
    Dataset whole = numbered(0, 1, 0, 1, 0, 1, 0, 1, 2);
    Dataset.Split parts = whole.split(0.3, Key.of(1));
    double[] train = parts.train().x().toDoubles();
    double[] held = parts.held().x().toDoubles();
    assertThat(held).hasSize(3);
    boolean[] seen = new boolean[9];
    for (double place : train) {
      seen[(int) place] = true;
    }
    for (double place : held) {
      assertThat(seen[(int) place]).isFalse();
      seen[(int) place] = true;
    }
    assertThat(seen).containsOnly(true);
    assertThat(parts.train().counts().get(2)).isEqualTo(1);
  }

  @Test
  void theKeyDecidesTheSplit() {
    Rows one = Rows.random(100, 0.25, Key.of(1));
    assertThat(one.held()).hasSize(25).isEqualTo(Rows.random(100, 0.25, Key.of(1)).held());
    assertThat(one.held()).isNotEqualTo(Rows.random(100, 0.25, Key.of(2)).held()).isSorted();
    assertThatThrownBy(() -> Rows.random(10, 1, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a split needs a fraction between 0 and 1 and at least 2 rows, got 1.0 and 10");
  }

  @Test
  void selectingKeepsTheOrderAsked() {
    Dataset chosen = numbered(0, 1, 2).select(2, 0);
    assertThat(chosen.x().toFloats()).containsExactly(2, 0);
    assertThat(chosen.y().toInts()).containsExactly(2, 0);
    assertThat(chosen.to(DType.F64).x().dtype()).isEqualTo(DType.F64);
  }

  @Test
  void tensorsThatDoNotFitAreRefused() {
    assertThatThrownBy(
            () -> Dataset.of(Tensor.zeros(2, 3), Tensor.of(0, 1), List.of("a"), List.of("n", "y")))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a data set of 1 features needs x (n, 1) and y (n), got (2, 3) and (2)");
    assertThatThrownBy(() ->
            Dataset.of(Tensor.zeros(2, 1), Tensor.of(0f, 1f), List.of("a"), List.of("n", "y")))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a data set needs x of F32 or F64 and y of I32, got F32 and F32");
    assertThatThrownBy(
            () -> Dataset.of(Tensor.zeros(2, 1), Tensor.of(0, 2), List.of("a"), List.of("n", "y")))
        .isInstanceOf(DataException.class)
        .hasMessage("labels in 0..1 are needed, got 2");
  }

  @Test
  void exclusiveOrIsItsTruthTable() {
    Dataset xor = Dataset.xor();
    assertThat(xor.x().shape()).isEqualTo(Shape.of(4, 2));
    for (int i = 0; i < 4; i++) {
      assertThat(xor.y().at(i)).isEqualTo((int) xor.x().at(i, 0) ^ (int) xor.x().at(i, 1));
    }
  }
}
