package dev.backlight.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {
  @Test
  void theTableSaysWhatIsMet() {
    assertThat(
            Row.table(
                List.of(
                    new Row("fast", 1, 10, "torch", 45.67, 4, ""),
                    new Row("fast", 1, 10, "peak", 9, 0.88, ""),
                    new Row("slow", 2, 1234.56, "jax", 617.28, 0.95, ""),
                    new Row("unasked", 2, 0.5, "djl", 1, 0, ""),
                    new Row("alone", 1, 0.5, "torch", Double.NaN, 2, ""),
                    new Row("nobody", 1, 3, "", Double.NaN, 0, ""),
                    new Row("wrong", 1, Double.NaN, "", Double.NaN, 0, "y needs 1, got 2"))))
        .isEqualToNormalizingNewlines(
            """
            case                               t     ours µs  peer            peer µs   ratio  target
            fast                               1        10.0  torch              45.7    4.57    4.00  met
            fast                               1        10.0  peak                9.0    0.90    0.88  met
            slow                               2      1234.6  jax               617.3    0.50    0.95  not met
            unasked                            2       0.500  djl                 1.0    2.00
            alone                              1       0.500  torch                              2.00
            nobody                             1         3.0
            wrong                              1  y needs 1, got 2
            2 of 3 targets met\
            """);
  }
}
