package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class LinearSeparatorTest {
  @Test
  void itIsTheMinimumOfTheLogisticLossWithItsRidge() {
    Tensor points =
        Tensor.concat(
            0,
            Nets.draw(1, DType.F64, 12, 3).add(Tensor.of(1., -.5, 0)),
            Nets.draw(2, DType.F64, 9, 3));
    LinearSeparator plane = LinearSeparator.of(points, 12);
    // Descent on the coordinates, slowly.
    double[] centre = points.mean(0).toDoubles();
    double ridge = 0;
    for (int i = 0; i < 21; i++) {
      for (int j = 0; j < 3; j++) {
        ridge += 0.01 * Math.pow(points.at(i, j) - centre[j], 2) / 21;
      }
    }
    double[] w = new double[3];
    double b = 0;
    for (int step = 0; step < 40_000; step++) {
      double[] slope = {ridge * w[0], ridge * w[1], ridge * w[2]};
      double slopeB = 0;
      for (int i = 0; i < 21; i++) {
        double z = b;
        for (int j = 0; j < 3; j++) {
          z += w[j] * (points.at(i, j) - centre[j]);
        }
        double off = 1 / (1 + Math.exp(-z)) - (i < 12 ? 1 : 0);
        for (int j = 0; j < 3; j++) {
          slope[j] += off * (points.at(i, j) - centre[j]);
        }
        slopeB += off;
      }
      for (int j = 0; j < 3; j++) {
        w[j] -= 0.05 * slope[j];
      }
      b -= 0.05 * slopeB;
    }
    double length = Math.sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
    double offset = -b / length;
    for (int j = 0; j < 3; j++) {
      assertThat(plane.normal().at(j)).isCloseTo(w[j] / length, within(1e-8));
      offset += centre[j] * w[j] / length;
    }
    assertThat(plane.offset()).isCloseTo(offset, within(1e-8));
  }

  @Test
  void moreCoordinatesThanPointsAreSeparatedWholly() {
    Tensor points = Nets.draw(3, DType.F64, 20, 200);
    LinearSeparator plane = LinearSeparator.of(points, 10);
    assertThat(plane.normal().norm().item()).isCloseTo(1, within(1e-12));
    assertThat(plane.accuracy(points, 10)).isEqualTo(1);
  }

  @Test
  void pointsThatAreAllOneAreSeparatedByNothing() {
    LinearSeparator plane = LinearSeparator.of(Tensor.ones(6, 4).to(DType.F64), 3);
    assertThat(plane.normal().toDoubles()).containsOnly(0);
  }
}
