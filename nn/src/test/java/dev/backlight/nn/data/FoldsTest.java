package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {
  @Test
  void everyRowIsHeldOutOnceAndTrainedOnOtherwise() {
    List<Integer> held = new ArrayList<>();
    for (Rows rows : Folds.random(23, 5, Key.of(3))) {
      assertThat(rows.held()).hasSizeBetween(4, 5);
      List<Integer> all = new ArrayList<>();
      Arrays.stream(rows.train()).forEach(all::add);
      Arrays.stream(rows.held()).forEach(all::add);
      assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(23));
      Arrays.stream(rows.held()).forEach(held::add);
    }
    assertThat(held).containsExactlyInAnyOrderElementsOf(numbers(23));
  }

  @Test
  void everyFoldHasItsShareOfEveryClass() {
    int[] labels = IntStream.range(0, 61).map(i -> i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0).toArray();
    for (Rows rows : Folds.stratified(labels, 4, Key.of(3))) {
      assertThat(rows.held()).hasSizeBetween(15, 16);
      for (int c = 0; c < 3; c++) {
        int of = c;
        long all = Arrays.stream(labels).filter(l -> l == of).count();
        long here = Arrays.stream(rows.held()).filter(r -> labels[r] == of).count();
        assertThat(here).isBetween(all / 4, all / 4 + 1);
      }
    }
  }

  @Test
  void theKeyDrawsTheFolds() {
    int[] one = Folds.random(50, 5, Key.of(1)).getFirst().held();
    assertThat(Folds.random(50, 5, Key.of(1)).getFirst().held()).isEqualTo(one);
    assertThat(Folds.random(50, 5, Key.of(2)).getFirst().held()).isNotEqualTo(one);
  }

  @Test
  void aDatasetIsFoldedByItsClasses() {
    Dataset moons = Made.moons(40, 0.1, Key.of(1));
    List<Dataset.Split> folds = moons.folds(4, Key.of(2));
    assertThat(folds).hasSize(4);
    for (Dataset.Split fold : folds) {
      assertThat(fold.train().counts()).containsExactly(15, 15);
      assertThat(fold.held().counts()).containsExactly(5, 5);
    }
  }

  @Test
  void foldsNeedRows() {
    assertThatThrownBy(() -> Folds.random(3, 4, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("folds need at least 2 of them and as many rows, got 4 folds and 3 rows");
    assertThatThrownBy(() -> Folds.random(3, 1, Key.of(1)))
        .hasMessage("folds need at least 2 of them and as many rows, got 1 folds and 3 rows");
  }

  private static List<Integer> numbers(int n) {
    return IntStream.range(0, n).boxed().toList();
  }
}
