package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.cli.bench.Comparison;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @Test
  void aCaseIsTimedInAProcessOfItsOwnAndWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rows.json");

    Ran ran = Ran.of("bench", "--quick", "--only", "tape_1000", "--json", file);

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().skip(1))
        .singleElement()
        .asString()
        .startsWith("tape_1000_ops_per_op                 1 ");
    assertThat((List<?>) Json.read(file))
        .singleElement()
        .isInstanceOfSatisfying(
            Map.class,
            row -> {
              assertThat(row.get("case")).isEqualTo("tape_1000_ops_per_op");
              assertThat(row.get("threads")).isEqualTo(1L);
              assertThat((Double) row.get("ours_us")).isPositive();
              assertThat(row.get("peer")).isNull();
              assertThat(row.get("peer_us")).isNull();
              assertThat(row.get("target")).isEqualTo(100.0);
              assertThat(row.get("met")).isNull();
            });
  }

  @Test
  void anUnknownCaseIsBadInput() {
    Ran ran = Ran.of("bench", "--only", "sgemv");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualToNormalizingNewlines(
            "backlight: a case is needed, got sgemv; there are "
                + String.join(", ", Comparison.names())
                + "\n");
  }

  @Test
  void aPythonWithoutTorchIsNoPeer() {
    Ran ran =
        Ran.of("bench", "--quick", "--peers", "--python", "no-such-python", "--only", "tape_1000");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .startsWith("no-such-python has no PyTorch: there is nothing to compare with");
  }

  @Test
  void theTableSaysWhatIsMet() {
    assertThat(
            Comparison.table(
                List.of(
                    new Comparison.Row("fast", 1, 10, "torch", 45.67, 4, ""),
                    new Comparison.Row("slow", 2, 1234.56, "torch", 617.28, 2, ""),
                    new Comparison.Row("alone", 1, 0.5, "", Double.NaN, 2, ""),
                    new Comparison.Row(
                        "wrong", 1, Double.NaN, "", Double.NaN, 2, "y needs 1, got 2"))))
        .isEqualToNormalizingNewlines(
            """
            case                                 t      ours µs     torch µs   ratio  target
            fast                                 1         10.0         45.7    4.57     4.0  met
            slow                                 2       1234.6        617.3    0.50     2.0  not met
            alone                                1          0.5                          2.0
            wrong                                1  y needs 1, got 2\
            """);
  }
}
