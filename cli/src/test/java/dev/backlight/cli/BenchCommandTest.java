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
    assertThat(ran.out().lines().skip(1).limit(2))
        .allMatch(line -> line.startsWith("tape_1000_ops_per_op               1 "));
    List<?> rows = (List<?>) Json.read(file);
    assertThat(rows)
        .element(0)
        .isInstanceOfSatisfying(
            Map.class,
            row -> {
              assertThat(row.get("case")).isEqualTo("tape_1000_ops_per_op");
              assertThat(row.get("threads")).isEqualTo(1L);
              assertThat((Double) row.get("ours_us")).isPositive();
              assertThat(row.get("peer")).isEqualTo("torch");
              assertThat(row.get("peer_us")).isNull();
              assertThat(row.get("target")).isEqualTo(100.0);
              assertThat(row.get("met")).isNull();
            });
    assertThat(rows)
        .element(1)
        .isInstanceOfSatisfying(
            Map.class,
            row -> {
              assertThat(row.get("peer")).isEqualTo("limit");
              assertThat(row.get("peer_us")).isEqualTo(0.04);
              assertThat(row.get("met")).isInstanceOf(Boolean.class);
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
  void whoIsNotThereIsLeftOutAndSaysWhy() {
    Ran ran =
        Ran.of("bench", "--quick", "--peers", "--python", "no-such-python", "--only", "tape_1000");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .contains("without torch: there is no no-such-python")
        .contains("without jax: there is no no-such-python")
        .contains("without djl: it is not built: mvn -Ppeers -DskipTests package");
  }
}
