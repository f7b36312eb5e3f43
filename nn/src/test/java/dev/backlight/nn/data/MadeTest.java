package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class MadeTest {
  @Test
  void moonsWithoutNoiseLieOnTwoHalfCircles() {
    Dataset moons = Made.moons(101, 0, Key.of(1));
    assertThat(moons.counts()).containsExactly(51, 50);
    assertThat(moons.features()).containsExactly("x", "y");
    for (int i = 0; i < 101; i++) {
      double x = moons.x().at(i, 0);
      double y = moons.x().at(i, 1);
      boolean upper = i % 2 == 0;
      double dx = upper ? x : x - 1;
      double dy = upper ? y : 0.5 - y;
      assertThat(dx * dx + dy * dy).isEqualTo(1, within(1e-6));
      assertThat(dy).isGreaterThan(-1e-6);
    }
  }

  @Test
  void circlesWithoutNoiseHaveTheirRadii() {
    Dataset circles = Made.circles(60, 0.25, 0, Key.of(1));
    assertThat(circles.counts()).containsExactly(30, 30);
    double[] radii = circles.x().square().sum(1).sqrt().toDoubles();
    for (int i = 0; i < 60; i++) {
      assertThat(radii[i]).isEqualTo(i % 2 == 0 ? 1 : 0.25, within(1e-6));
    }
    // Evenly spread, so that they balance.
    assertThat(circles.x().mean(0).toDoubles()).containsExactly(new double[2], within(1e-6));
  }

  @Test
  void armsOfASpiralAreTurnsOfEachOther() {
    Dataset spirals = Made.spirals(90, 3, 1.5, 0, Key.of(1));
    assertThat(spirals.counts()).containsExactly(30, 30, 30);
    double third = 2 * Math.PI / 3;
    for (int i = 0; i < 90; i += 3) {
      double x = spirals.x().at(i, 0);
      double y = spirals.x().at(i, 1);
      assertThat(Math.hypot(x, y)).isEqualTo(i / 90.0, within(1e-6));
      assertThat(spirals.x().at(i + 1, 0))
          .isEqualTo(Math.cos(third) * x - Math.sin(third) * y, within(1e-6));
      assertThat(spirals.x().at(i + 1, 1))
          .isEqualTo(Math.sin(third) * x + Math.cos(third) * y, within(1e-6));
    }
    // Half a turn at a third of 1.5 turns: on the left of the centre.
    assertThat(spirals.x().at(30, 0)).isEqualTo(-1.0 / 3, within(1e-6));
  }

  @Test
  void blobsGatherAroundTheirCenters() {
    Tensor centers = Tensor.of(new double[][] {{0, 10, 0}, {-5, 0, 7}});
    Dataset exact = Made.blobs(5, centers, 0, Key.of(1));
    assertThat(exact.features()).containsExactly("x0", "x1", "x2");
    assertThat(exact.x().toFloats())
        .containsExactly(0, 10, 0, -5, 0, 7, 0, 10, 0, -5, 0, 7, 0, 10, 0);
    Dataset blobs = Made.blobs(4000, centers, 0.5, Key.of(1));
    for (int c = 0; c < 2; c++) {
      int first = c;
      int[] rows = java.util.stream.IntStream.range(0, 2000).map(i -> 2 * i + first).toArray();
      Tensor of = blobs.select(rows).x();
      for (int j = 0; j < 3; j++) {
        // Four standard errors.
        assertThat(of.mean(0).at(j)).isEqualTo(centers.at(c, j), within(4 * 0.5 / Math.sqrt(2000)));
        assertThat(of.variance(1, 0).at(j))
            .isEqualTo(0.25, within(4 * 0.25 * Math.sqrt(2 / 2000.0)));
      }
    }
  }

  @Test
  void noiseIsAddedToThePointsAndDrawnByTheKey() {
    Dataset plain = Made.moons(2000, 0, Key.of(1));
    Dataset noisy = Made.moons(2000, 0.2, Key.of(1));
    assertThat(noisy.x().sub(plain.x()).square().mean().item())
        .isEqualTo(0.04, within(4 * 0.04 * Math.sqrt(2 / 4000.0)));
    assertThat(Made.moons(2000, 0.2, Key.of(1)).x().sameAs(noisy.x())).isTrue();
    assertThat(Made.moons(2000, 0.2, Key.of(2)).x().sameAs(noisy.x())).isFalse();
  }

  @Test
  void parityListsAllRowsAndCountsTheirOnes() {
    Dataset parity = Made.parity(3);
    assertThat(parity.x().shape()).isEqualTo(Shape.of(8, 3));
    assertThat(parity.x().toFloats())
        .containsExactly(0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1);
    assertThat(parity.y().toInts()).containsExactly(0, 1, 1, 0, 1, 0, 0, 1);
    assertThat(parity.classes()).isEqualTo(List.of("even", "odd"));
    assertThat(Made.parity(2).y().sameAs(Dataset.xor().y())).isTrue();
  }

  @Test
  void whatCannotBeMadeIsRefused() {
    refused(
        () -> Made.moons(1, 0, Key.of(1)),
        "moons need a row for each of at least 1 class, got 1 rows of 2");
    refused(
        () -> Made.spirals(5, 0, 1, 0, Key.of(1)),
        "spirals need a row for each of at least 1 class, got 5 rows of 0");
    refused(() -> Made.circles(5, 1, 0, Key.of(1)), "circles need a factor in [0, 1), got 1.0");
    refused(() -> Made.blobs(5, Tensor.of(1f), 1, Key.of(1)), "blobs need centers (k, d), got (1)");
    refused(() -> Made.moons(5, -1, Key.of(1)), "noise needs a deviation of at least 0, got -1.0");
    refused(
        () -> Made.moons(5, Double.NaN, Key.of(1)),
        "noise needs a deviation of at least 0, got NaN");
    refused(() -> Made.parity(21), "parity needs 1 to 20 bits, got 21");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String m) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(m);
  }
}
