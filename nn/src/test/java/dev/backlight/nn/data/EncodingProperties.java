package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EncodingProperties {
  /// Rows of a number and a name from 0 to 3; 0 leaves the cell empty.
  private static Table table(List<Integer> cells) {
    StringBuilder text = new StringBuilder("n,c\n1,a\n");
    for (int cell : cells) {
      int number = cell / 4;
      int name = cell % 4;
      text.append(number == 0 ? "" : String.valueOf(number)).append(',');
      text.append(name == 0 ? "" : String.valueOf("?abc".charAt(name))).append('\n');
    }
    return Csv.parse("t.csv", text.toString());
  }

  private static final Encoder FILLING =
      Encoder.of().numbers(Missing.median()).categories(Missing.mostFrequent());

  @Property(tries = 200)
  void everyRowHasOneOfItsClassesAndNumbersWithinTheirRange(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 39) Integer> cells) {
    Table table = table(cells);
    Encoding encoding = FILLING.fit(table, List.of("n", "c"));
    Tensor x = encoding.apply(table, DType.F64);
    double[] known = table.complete(List.of("n")).numbers("n");
    double least = Arrays.stream(known).min().orElseThrow();
    double largest = Arrays.stream(known).max().orElseThrow();
    for (int row = 0; row < table.rows(); row++) {
      double ones = 0;
      for (int k = 1; k < x.size(1); k++) {
        ones += x.at(row, k);
      }
      assertThat(ones).isEqualTo(1);
      assertThat(x.at(row, 0)).isBetween(least, largest);
    }
  }

  @Property(tries = 200)
  void aRowIsEncodedAloneAsAmongOthers(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 39) Integer> cells) {
    Table table = table(cells);
    Encoding encoding = FILLING.fit(table, List.of("n", "c"));
    Tensor all = encoding.apply(table, DType.F32);
    List<Tensor> one = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      one.add(encoding.apply(table.select(row), DType.F32));
    }
    assertThat(Tensor.concat(0, one).sameAs(all)).isTrue();
  }
}
