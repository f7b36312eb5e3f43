package dev.backlight.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final List<Guard.Row> ROWS =
      List.of(
          new Guard.Row(64, "sgemm_nn_512", 0.8, 0.9, ""),
          new Guard.Row(32, "sgemm_nn_512", 0.44, 0.9, ""),
          new Guard.Row(16, "exp_100000", 0.02, Double.NaN, ""),
          new Guard.Row(16, "tanh_100000", Double.NaN, 0.01, "it did not finish"));

  @Test
  void lessThanHalfOfTheRecordedShareIsBroken() {
    assertThat(Guard.table(ROWS))
        .isEqualToNormalizingNewlines(
            """
             B  case                                 of peak  recorded
            64  sgemm_nn_512                         80.00 %   90.00 %
            32  sgemm_nn_512                         44.00 %   90.00 %  broken
            16  exp_100000                            2.00 %            not recorded
            16  tanh_100000                                     1.00 %  it did not finish
            2 of 4 kernels have less than half of their recorded share\
            """);
  }

  @Test
  void sharesAreWrittenAsTheyAreRead() {
    assertThat(Guard.shares(ROWS))
        .isEqualTo(
            Map.of(
                "64", Map.of("sgemm_nn_512", 0.8),
                "32", Map.of("sgemm_nn_512", 0.44),
                "16", Map.of("exp_100000", 0.02)));
  }

  @Test
  void everyKernelHasItsShareRecordedAtEveryWidth() throws IOException {
    Guard guard = Guard.recorded(_ -> {});
    assertThat(guard.recorded()).containsOnlyKeys("64", "32", "16");
    assertThat(guard.recorded().values())
        .allSatisfy(cases -> {
          assertThat(cases.keySet())
              .isEqualTo(Objects.requireNonNull(guard.recorded().get("64")).keySet())
              .hasSize(15);
          assertThat(cases.values())
              .allSatisfy(share -> assertThat(share).isStrictlyBetween(0.0, 2.0));
        });
  }
}
