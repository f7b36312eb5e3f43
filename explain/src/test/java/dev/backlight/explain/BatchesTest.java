package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How many copies of a batch are asked about at once.
class BatchesTest {
  @ParameterizedTest
  @CsvSource({"50, 32768, 5", "50, 25088, 5", "256, 32768, 4", "53, 32768, 3", "50, 100, 50"})
  void blocksOfOneSizeLeaveFewCopiesOver(int wanted, int elements, int copies) {
    assertThat(Batches.even(1, elements, wanted)).isEqualTo(copies);
  }

  @ParameterizedTest
  @CsvSource({"50, 32768, 4", "64, 100, 64", "65, 100, 33"})
  void blocksWhoseLastMayBeSmallerFit(int wanted, int elements, int copies) {
    assertThat(Batches.copies(1, elements, wanted)).isEqualTo(copies);
  }

  @ParameterizedTest
  @CsvSource({"50, 1000000", "1, 10", "7, 100"})
  void thereIsAtLeastOneAndNeverMoreThanAreWanted(int wanted, int elements) {
    assertThat(Batches.even(100, elements, wanted)).isEqualTo(1);
    assertThat(Batches.even(1, elements, wanted)).isBetween(1, wanted);
  }
}
