package dev.backlight.core;

import static dev.backlight.core.Interpolation.CUBIC;
import static dev.backlight.core.Interpolation.LINEAR;
import static dev.backlight.core.Interpolation.NEAREST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorResizingTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static Tensor random(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(5).doubles(shape.elements(), -1, 1).toArray());
  }

  @ParameterizedTest
  @EnumSource
  void constantsStayConstantsAndTheOwnSizeChangesNothing(Interpolation how) {
    Tensor flat = Tensor.full(Shape.of(1, 2, 3, 4), DType.F64, 7);
    for (boolean corners : new boolean[] {false, true}) {
      assertThat(flat.resize(how, corners, 5, 2).toDoubles())
          .containsOnly(new double[] {7}, within(1e-12));
      Tensor x = random(1, 2, 3, 4);
      assertThat(x.resize(how, corners, 3, 4).toDoubles())
          .containsExactly(x.toDoubles(), within(1e-15));
    }
    assertThat(random(1, 1, 2, 2).to(DType.F32).resize(how, 3, 3).dtype()).isEqualTo(DType.F32);
  }

  @Test
  void straightLinesStayStraightBetweenTheirCentres() {
    Tensor ramp = Tensor.of(Shape.of(1, 1, 4), 0.0, 1, 2, 3);
    assertThat(ramp.resize(LINEAR, true, 7).toDoubles())
        .containsExactly(new double[] {0, .5, 1, 1.5, 2, 2.5, 3}, within(1e-15));
    assertThat(ramp.resize(LINEAR, 8).toDoubles())
        .containsExactly(new double[] {0, .25, .75, 1.25, 1.75, 2.25, 2.75, 3}, within(1e-15));
    assertThat(ramp.resize(NEAREST, 6).toDoubles()).containsExactly(0, 0, 1, 2, 2, 3);
    assertThat(ramp.resize(CUBIC, 2).toDoubles())
        .containsExactly(new double[] {.5, 2.5}, within(.2));
    assertThat(ramp.upsample(NEAREST, 2).toDoubles()).containsExactly(0, 0, 1, 1, 2, 2, 3, 3);
  }

  @Test
  void foldingIsTheTransposeOfPatches() {
    Conv2dOptions options = Conv2dOptions.of().stride(2, 1).padding(1).dilation(1, 2);
    Tensor x = random(2, 3, 5, 6);
    Tensor columns = x.patches(2, 3, options);
    Tensor g = random(columns.shape().sizes());
    assertThat(g.fold(5, 6, 2, 3, options).mul(x).sum().item())
        .isCloseTo(g.mul(columns).sum().item(), within(1e-12));
    Tensor w = random(4, 3, 2, 3);
    assertThat(w.flattenFrom(1).matmul(columns).toDoubles())
        .as("a convolution is a product with patches")
        .containsExactly(x.conv2d(w, options).toDoubles(), within(1e-12));
  }

  @Test
  void pixelsBecomeChannelsAndBack() {
    Tensor x = random(2, 3, 4, 6);
    assertThat(x.pixelUnshuffle(2).shape()).isEqualTo(Shape.of(2, 12, 2, 3));
    assertThat(x.pixelUnshuffle(2).pixelShuffle(2).toDoubles()).containsExactly(x.toDoubles());
  }

  @Test
  void theIdentityGridShowsTheImageItself() {
    Tensor x = random(2, 3, 4, 5);
    Tensor identity = Tensor.of(Shape.of(1, 2, 3), 1.0, 0, 0, 0, 1, 0).expand(Shape.of(2, 2, 3));
    for (boolean corners : new boolean[] {false, true}) {
      Tensor grid = identity.affineGrid(4, 5, corners);
      for (Interpolation how : new Interpolation[] {LINEAR, NEAREST}) {
        assertThat(x.gridSample(grid, how, false, corners).toDoubles())
            .containsExactly(x.toDoubles(), within(1e-12));
      }
    }
    Tensor far = Tensor.full(Shape.of(2, 1, 1, 2), DType.F64, 5);
    assertThat(x.gridSample(far, LINEAR, false, true).toDoubles()).containsOnly(0);
    assertThat(x.gridSample(far, LINEAR, true, true).get(1, 2).item())
        .as("the lower right corner")
        .isEqualTo(x.at(1, 2, 3, 4));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Tensor x = Tensor.zeros(1, 2, 3, 4);
    refused(
        () -> x.resize(LINEAR, 5),
        "resize needs (n, c, ...) with a size for each further axis, got 1 sizes for (1, 2, 3, 4)");
    refused(
        () -> x.resize(LINEAR, 5, 0), "resize needs sizes of at least 1, got 0 for (1, 2, 3, 4)");
    refused(
        () -> x.upsample(LINEAR, 0),
        "upsample needs (n, c, ...) and a factor of at least 1, got (1, 2, 3, 4) and 0");
    refused(
        () -> x.patches(4, 1, Conv2dOptions.of()),
        "patches needs windows that fit into the padded image, got (4, 1)");
    refused(
        () -> x.fold(3, 4, 2, 2, Conv2dOptions.of()), "fold needs (n, c·4, 6), got (1, 2, 3, 4)");
    refused(() -> x.pixelShuffle(2), "pixelShuffle needs (n, c·2², h, w), got (1, 2, 3, 4)");
    refused(() -> x.pixelUnshuffle(2), "pixelUnshuffle needs (n, c, h·2, w·2), got (1, 2, 3, 4)");
    refused(
        () -> x.gridSample(Tensor.zeros(1, 2, 2, 3), LINEAR, false, false),
        "gridSample needs images (n, c, h, w) and a grid (n, oh, ow, 2), got (1, 2, 3, 4) and"
            + " (1, 2, 2, 3)");
    assertThatThrownBy(() -> x.gridSample(Tensor.zeros(1, 2, 2, 2), CUBIC, false, false))
        .hasMessage("gridSample needs NEAREST or LINEAR, got CUBIC");
    refused(
        () -> x.affineGrid(2, 2, false),
        "affineGrid needs maps (n, 2, 3) and sizes of at least 1, got (1, 2, 3, 4), 2 and 2");
  }
}
