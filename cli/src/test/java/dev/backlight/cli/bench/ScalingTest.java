package dev.backlight.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingTest {
  private static final Scaling.Growth NODES =
      new Scaling.Growth(
          "NODES",
          Map.of(1, new TreeMap<>(Map.of(8, 40.0, 16, 80.0, 32, 250.0))),
          new TreeMap<>(Map.of(8, 100.0, 16, 100.0, 32, 100.0)));

  @Test
  void aTableHasALineForEachSize() {
    assertThat(Scaling.tables(List.of(NODES)))
        .isEqualTo(
            """
            | nodes of integrated gradients | 1 thread µs | per unit µs | memory KiB |
            |---:|---:|---:|---:|
            | 8 | 40.00 | 5.00 | 100 |
            | 16 | 80.00 | 5.00 | 100 |
            | 32 | 250 | 7.81 | 100 |
            """);
  }

  @Test
  void aFigureIsDrawnForEach(@TempDir Path folder) throws IOException {
    Scaling.draw(List.of(NODES), folder);
    assertThat(Files.readString(folder.resolve("scaling-nodes.svg")))
        .contains("Time by nodes of integrated gradients", "1 thread", "in proportion");
  }
}
