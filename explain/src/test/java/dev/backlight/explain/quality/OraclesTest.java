package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.explain.Baseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every metric is asked about an additive model: its exact explanation scores perfectly, draws do
/// not.
class OraclesTest {
  private static final Map<String, Oracles> ORACLES = Oracles.all();

  static List<Metrics.Entry> entries() {
    List<Metrics.Entry> all = new ArrayList<>(Metrics.all(Baseline.zeros()));
    all.addAll(Metrics.ofPictures(8, 8));
    return all;
  }

  @Test
  void everyMetricHasAnOracleAndAllThatHasToBeKnown() {
    assertThat(entries()).extracting(Metrics.Entry::name).doesNotHaveDuplicates();
    assertThat(entries())
        .extracting(Metrics.Entry::name)
        .containsExactlyInAnyOrderElementsOf(ORACLES.keySet());
    assertThat(entries())
        .allSatisfy(entry ->
            assertThat(List.of(entry.question(), entry.paper(), entry.confounders()))
                .doesNotContain(""));
  }

  @TestFactory
  Stream<DynamicTest> theExactExplanationScoresPerfectlyAndDrawsDoNot() {
    return ORACLES.values().stream()
        .map(oracle ->
            DynamicTest.dynamicTest(
                oracle.metric().name(),
                () -> {
                  double exact = oracle.ofExact();
                  double random = oracle.ofRandom();
                  Scale scale = oracle.metric().scale();
                  assertThat(exact).isCloseTo(oracle.perfect(), within(oracle.within()));
                  assertThat(exact).isBetween(scale.low(), scale.high() + 1e-12);
                  assertThat(scale.higherIsBetter() ? exact - random : random - exact)
                      .as("by how much draws are worse, %s and %s", exact, random)
                      .isGreaterThan(oracle.margin());
                }));
  }
}
