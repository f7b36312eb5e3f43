package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.op.MaxPool2dInput;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorPoolingTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static Tensor random(DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(5).doubles(shape.elements(), -1, 1).toArray()).to(dtype);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void volumesArePooledWindowByWindow(DType dtype) {
    Tensor x = random(dtype, 2, 3, 4, 5, 6);
    PoolOptions options = PoolOptions.of(2, 3, 2).stride(2, 2, 2);
    Tensor largest = x.maxPool3d(options);
    Tensor mean = x.avgPool3d(options);
    assertThat(largest.shape()).isEqualTo(Shape.of(2, 3, 2, 2, 3));
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 3; k++) {
          double max = Double.NEGATIVE_INFINITY;
          double sum = 0;
          for (int e = 0; e < 12; e++) {
            double v = x.at(1, 2, 2 * i + e / 6, 2 * j + e / 2 % 3, 2 * k + e % 2);
            max = Math.max(max, v);
            sum += v;
          }
          assertThat(largest.at(1, 2, i, j, k)).isEqualTo(max);
          assertThat(mean.at(1, 2, i, j, k)).isCloseTo(sum / 12, within(1e-6));
        }
      }
    }
  }

  @Test
  void aWindowMayEndBeyondTheInputButNotBeginThere() {
    Tensor x = Tensor.of(Shape.of(1, 1, 5), 1.0, 2, 3, 4, 5);
    assertThat(x.maxPool1d(PoolOptions.of(2)).toDoubles()).containsExactly(2, 4);
    assertThat(x.maxPool1d(PoolOptions.of(2).ceil(true)).toDoubles()).containsExactly(2, 4, 5);
    assertThat(x.avgPool1d(PoolOptions.of(2).ceil(true)).toDoubles()).containsExactly(1.5, 3.5, 5);
    PoolOptions far = PoolOptions.of(2).stride(3).padding(1).ceil(true);
    assertThat(x.maxPool1d(far).toDoubles())
        .as("the third would begin in the padding")
        .containsExactly(1, 4);
    assertThat(x.avgPool1d(far).toDoubles()).containsExactly(.5, 3.5);
    assertThat(x.avgPool1d(far.countPadding(false)).toDoubles()).containsExactly(1, 3.5);
  }

  @Test
  void placesAreCountedInTheirOwnImage() {
    Tensor x = random(DType.F64, 2, 2, 4, 6);
    Selected s = x.maxPool2dSelected(Pool2dOptions.of(2));
    Tensor again = x.flattenFrom(2).takeAlong(2, s.index().flattenFrom(2));
    assertThat(again.toDoubles()).containsExactly(s.values().toDoubles());
  }

  @Test
  void adaptiveWindowsCoverEverythingEvenly() {
    Tensor x = Tensor.of(Shape.of(1, 1, 5), 1.0, 2, 3, 4, 5);
    assertThat(x.adaptiveAvgPool1d(2).toDoubles()).containsExactly(2, 4);
    assertThat(x.adaptiveAvgPool1d(5).toDoubles()).containsExactly(1, 2, 3, 4, 5);
    assertThat(x.adaptiveAvgPool1d(7).shape()).isEqualTo(Shape.of(1, 1, 7));
    assertThat(x.adaptiveMaxPool1d(3).toDoubles()).containsExactly(2, 4, 5);
    Tensor image = random(DType.F64, 2, 3, 7, 5);
    assertThat(image.adaptiveAvgPool2d(1, 1).flatten().toDoubles())
        .containsExactly(image.globalAvgPool().flatten().toDoubles(), within(1e-14));
    assertThat(image.adaptiveMaxPool2d(1, 1).flatten().toDoubles())
        .containsExactly(image.globalMaxPool().flatten().toDoubles());
  }

  @Test
  void normsOfWindowsAreThoseOfTheirElements() {
    Tensor x = Tensor.of(Shape.of(1, 1, 4), 3.0, -4, 0, 0);
    assertThat(x.lpPool1d(2, 2, 2).toDoubles()).containsExactly(5, 0);
    assertThat(x.lpPool1d(1, 3, 1).toDoubles()).containsExactly(7, 4);
    assertThat(x.reshape(1, 1, 2, 2).lpPool2d(2, 2, 1).item()).isEqualTo(5);
  }

  @Test
  void nothingIsPooledToNothing() {
    assertThat(Tensor.zeros(0, 2, 4).maxPool1d(PoolOptions.of(2)).shape())
        .isEqualTo(Shape.of(0, 2, 2));
    assertThat(Tensor.zeros(0, 2, 4, 4, 4).avgPool3d(PoolOptions.of(2)).shape())
        .isEqualTo(Shape.of(0, 2, 2, 2, 2));
    assertThat(Tensor.zeros(0, 2, 4).adaptiveAvgPool1d(3).shape()).isEqualTo(Shape.of(0, 2, 3));
    assertThat(Tensor.zeros(0, 2, 4, 4).globalMaxPool().shape()).isEqualTo(Shape.of(0, 2));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Tensor x = Tensor.zeros(1, 2, 5);
    refused(() -> x.maxPool3d(PoolOptions.of(2)), "maxPool3d needs (n, c, d, h, w), got (1, 2, 5)");
    refused(
        () -> Tensor.zeros(2, 5).avgPool1d(PoolOptions.of(2)),
        "avgPool1d needs (n, c, w), got (2, 5)");
    PoolOptions two = PoolOptions.of(2, 2);
    refused(
        () -> x.maxPool1d(two),
        "maxPool1d needs options for 1 dimensions or one for all, got " + two);
    refused(
        () -> x.adaptiveAvgPool1d(0),
        "adaptiveAvgPool1d needs sizes of at least 1, got 0 for (1, 2, 5)");
    refused(() -> x.adaptiveMaxPool2d(1, 1), "adaptiveMaxPool2d needs (n, c, h, w), got (1, 2, 5)");
    refused(
        () -> Tensor.zeros(2, 3).globalAvgPool(),
        "globalAvgPool needs (n, c, ...) with places, got (2, 3)");
    refused(
        () -> x.maxPool1d(PoolOptions.of(6)),
        "a pooling needs (n, c, h, w) with a padded image of at least (1, 6), got (1, 2, 1, 5)");
    refused(
        () -> x.lpPool1d(2, 6, 1),
        "windows need a size in 1..5 and a step of at least 1 along axis 2 of (1, 2, 5), got 6 and 1");
  }

  @Test
  void theTransposeOfAMaximumNeedsSlopesAndPlacesOfThePooledShape() {
    MaxPool2dInput back = new MaxPool2dInput(Pool2dOptions.of(2), Shape.of(1, 1, 4, 4));
    Tensor g = Tensor.zeros(Shape.of(1, 1, 2, 2), DType.F32);
    assertThatThrownBy(() -> Tensor.apply(back, g, Tensor.zeros(Shape.of(1, 1, 2, 3), DType.I32)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "maxpool2dinput needs g and places (1, 1, 2, 2) for x (1, 1, 4, 4), got (1, 1, 2, 2)"
                + " and (1, 1, 2, 3)");
    assertThatThrownBy(() -> Tensor.apply(back, g, g))
        .isInstanceOf(DTypeException.class)
        .hasMessage("maxpool2dinput needs places of I32, got F32");
  }
}
