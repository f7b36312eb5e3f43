package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.quality.Benchmark;
import dev.backlight.explain.quality.Sparseness;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aBarIsRewrittenUntilItIsFull() {
    Progress bar = Progress.bar("judging", out);
    bar.at(0, 40);
    bar.at(1, 40);
    assertThat(printed()).isEmpty();
    bar.at(20, 40);
    bar.at(40, 40);
    assertThat(printed())
        .isEqualTo(
            "\r[##########----------] judging, 20 of 40\r[####################] judging, 40 of 40"
                + System.lineSeparator());
  }

  @Test
  void aBenchmarkTellsEveryQuarter() {
    Tensor x = Nets.draw(1, DType.F64, 3, 4);
    Benchmark.of(v -> v.mul(2).sumKeep(1), x)
        .explainers(new Saliency(), new GradientTimesInput(), new RandomAttribution(1))
        .metrics(new Sparseness())
        .progress(Progress.lines("judging", out))
        .run();
    assertThat(printed().lines())
        .containsExactly(
            "judging, 2 of 6", "judging, 3 of 6", "judging, 5 of 6", "judging, 6 of 6");
  }
}
