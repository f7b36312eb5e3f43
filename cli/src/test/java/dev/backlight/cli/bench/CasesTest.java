package dev.backlight.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CasesTest {
  @Test
  void everyNameIsOneCase() {
    assertThat(Comparison.names()).doesNotHaveDuplicates();
  }

  @Test
  void whoeverIsAskedForIsAPeerOrALimit() {
    List<String> known =
        Stream.concat(
                Peer.all("python3").stream().flatMap(peer -> peer.names().stream()),
                Stream.of(Demand.PEAK, Demand.LIMIT))
            .toList();
    assertThat(Cases.all())
        .flatExtracting(Case::demands)
        .allSatisfy(demand -> assertThat(demand.peer()).isIn(known));
  }

  @Test
  void aShareOfThePeakIsAskedOfCasesThatCountOperations() {
    assertThat(Cases.all())
        .filteredOn(c -> c.demands().stream().anyMatch(d -> d.peer().equals(Demand.PEAK)))
        .isNotEmpty()
        .allSatisfy(c -> assertThat(c.flops()).isPositive());
  }

  @Test
  void whatIsComparedAcrossLanguagesIsCalledTheSame() throws IOException {
    for (String script : List.of("peer_torch.py", "peer_jax.py")) {
      try (InputStream in = Objects.requireNonNull(Cases.class.getResourceAsStream(script))) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text)
            .contains("sgemm_tn_784x128x512", "layernorm_backward_1024x768", "tape_1000_ops_per_op")
            .contains("conv_relu_pool_N64_1x28x28_32", "ig{nodes}_{name}_b{inputs}");
      }
    }
  }

  @Test
  void theCasesOfTheShortPassGiveTheRightAnswers() {
    List<String> small =
        List.of("sgemm_nn_512", "softmax_1024x1000", "inputgrad_mlp_b1", "tape_1000_ops_per_op");
    for (Case each : Cases.all()) {
      if (small.contains(each.name())) {
        each.ready().get().run();
      }
    }
  }
}
