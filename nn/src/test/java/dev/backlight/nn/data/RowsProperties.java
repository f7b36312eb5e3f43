package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Key;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RowsProperties {
  @Property(tries = 300)
  void everyRowIsOnOneSideAndEachClassGivesItsShare(
      @ForAll @Size(min = 2, max = 60) List<@IntRange(max = 4) Integer> labels,
      @ForAll @DoubleRange(min = 0.05, max = 0.95) double fraction,
      @ForAll long seed) {
    int[] y = labels.stream().mapToInt(Integer::intValue).toArray();
    Rows rows = Rows.stratified(y, fraction, Key.of(seed));
    int[] all =
        IntStream.concat(Arrays.stream(rows.train()), Arrays.stream(rows.held()))
            .sorted()
            .toArray();
    assertThat(all).isEqualTo(IntStream.range(0, y.length).toArray());
    for (int c = 0; c <= 4; c++) {
      int label = c;
      long count = Arrays.stream(y).filter(v -> v == label).count();
      long held = Arrays.stream(rows.held()).filter(row -> y[row] == label).count();
      assertThat(held).isBetween((long) (fraction * count), (long) (fraction * count) + 1);
      assertThat(held == count && count > 0).isFalse();
    }
    assertThat(rows.held().length)
        .isLessThanOrEqualTo((int) Math.max(1, Math.round(fraction * y.length)));
  }
}
