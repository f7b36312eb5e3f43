package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.op.MaxPool2d;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolution and pooling, asked of the definition written again slowly.
class TensorImagesTest {
  private static Tensor random(int seed, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(seed).doubles(shape.elements(), -1, 1).toArray());
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  static Stream<Arguments> convolutions() {
    Conv2dOptions plain = Conv2dOptions.of();
    return Stream.of(
        Arguments.of(plain, Shape.of(1, 1, 1, 1), Shape.of(1, 1, 1, 1)),
        Arguments.of(plain, Shape.of(2, 3, 5, 7), Shape.of(4, 3, 3, 3)),
        Arguments.of(plain.padding(1), Shape.of(2, 3, 8, 8), Shape.of(5, 3, 3, 3)),
        Arguments.of(plain.stride(2).padding(1), Shape.of(1, 2, 9, 6), Shape.of(3, 2, 3, 3)),
        Arguments.of(plain.stride(1, 3).padding(0, 2), Shape.of(1, 2, 5, 9), Shape.of(3, 2, 2, 5)),
        Arguments.of(plain.dilation(2, 1), Shape.of(1, 2, 7, 5), Shape.of(3, 2, 3, 2)),
        Arguments.of(plain.groups(2).padding(1), Shape.of(2, 4, 5, 5), Shape.of(6, 2, 3, 3)),
        Arguments.of(plain.groups(4), Shape.of(1, 4, 4, 4), Shape.of(4, 1, 2, 2)),
        Arguments.of(plain, Shape.of(0, 3, 5, 5), Shape.of(4, 3, 3, 3)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void conv2dIsItsDefinition(Conv2dOptions at, Shape x, Shape w) {
    Tensor image = random(1, x.sizes());
    Tensor window = random(2, w.sizes());
    Tensor y = image.conv2d(window, at);
    Tensor single = image.to(DType.F32).conv2d(window.to(DType.F32), at);
    int perGroup = w.size(0) / at.groups();
    for (int n = 0; n < y.size(0); n++) {
      for (int o = 0; o < y.size(1); o++) {
        for (int i = 0; i < y.size(2); i++) {
          for (int j = 0; j < y.size(3); j++) {
            double sum = 0;
            for (int c = 0; c < w.size(1); c++) {
              for (int p = 0; p < w.size(2); p++) {
                for (int q = 0; q < w.size(3); q++) {
                  int row = i * at.strideH() + p * at.dilationH() - at.padH();
                  int column = j * at.strideW() + q * at.dilationW() - at.padW();
                  if (row >= 0 && row < x.size(2) && column >= 0 && column < x.size(3)) {
                    int channel = o / perGroup * w.size(1) + c;
                    sum += image.at(n, channel, row, column) * window.at(o, c, p, q);
                  }
                }
              }
            }
            assertThat(y.at(n, o, i, j)).isCloseTo(sum, within(1e-13));
            assertThat(single.at(n, o, i, j)).isCloseTo(sum, within(1e-5));
          }
        }
      }
    }
    assertThat(y.shape())
        .isEqualTo(
            Shape.of(
                x.size(0),
                w.size(0),
                at.height(x.size(2), w.size(2)),
                at.width(x.size(3), w.size(3))));
  }

  @Test
  void conv2dSaysWhatItNeeds() {
    Tensor x = random(1, 1, 3, 5, 5);
    refused(
        () -> x.conv2d(random(1, 4, 2, 3, 3), Conv2dOptions.of()),
        "conv2d needs x (n, c, h, w) and weight (o, c/groups, kh, kw),"
            + " got (1, 3, 5, 5) and (4, 2, 3, 3)");
    refused(
        () -> x.conv2d(random(1, 4, 3, 3, 3), Conv2dOptions.of().groups(3)),
        "conv2d needs x (n, c, h, w) and weight (o, c/groups, kh, kw) for 3 groups,"
            + " got (1, 3, 5, 5) and (4, 3, 3, 3)");
    refused(
        () -> x.conv2d(random(1, 4, 3, 6, 3), Conv2dOptions.of()),
        "conv2d needs a window that fits into the padded image, got x (1, 3, 5, 5),"
            + " weight (4, 3, 6, 3) and Conv2dOptions[strideH=1, strideW=1, padH=0, padW=0,"
            + " dilationH=1, dilationW=1, groups=1]");
    refused(
        () -> Conv2dOptions.of().stride(0),
        "a convolution needs strides, dilations and groups of at least 1, got strides (0, 0),"
            + " dilations (1, 1) and groups 1");
    refused(
        () -> Conv2dOptions.of().padding(-1),
        "a convolution needs padding of at least 0, got (-1, -1)");
  }

  static Stream<Arguments> pools() {
    return Stream.of(
        Arguments.of(Pool2dOptions.of(2), Shape.of(2, 3, 4, 6)),
        Arguments.of(Pool2dOptions.of(2), Shape.of(1, 1, 5, 7)),
        Arguments.of(Pool2dOptions.of(3, 2).stride(1, 2).padding(1), Shape.of(1, 2, 5, 5)),
        Arguments.of(
            Pool2dOptions.of(3).stride(2).padding(1).countPadding(false), Shape.of(1, 2, 7, 4)),
        Arguments.of(Pool2dOptions.of(2), Shape.of(0, 3, 4, 6)));
  }

  @ParameterizedTest
  @MethodSource("pools")
  void poolsAreTheirDefinition(Pool2dOptions at, Shape shape) {
    Tensor x = random(1, shape.sizes());
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Tensor rounded = x.to(dtype);
      Tensor[] largest = Tensor.applyAll(new MaxPool2d(at), rounded);
      Tensor mean = rounded.avgPool2d(at);
      Shape made = at.output(shape);
      for (int plane = 0; plane < shape.size(0) * shape.size(1); plane++) {
        int n = plane / shape.size(1);
        int c = plane % shape.size(1);
        for (int i = 0; i < made.size(2); i++) {
          for (int j = 0; j < made.size(3); j++) {
            double max = Double.NEGATIVE_INFINITY;
            int place = -1;
            double sum = 0;
            int count = 0;
            for (int p = i * at.strideH() - at.padH(), dp = 0; dp < at.kernelH(); p++, dp++) {
              for (int q = j * at.strideW() - at.padW(), dq = 0; dq < at.kernelW(); q++, dq++) {
                boolean inside = p >= 0 && p < shape.size(2) && q >= 0 && q < shape.size(3);
                double value = inside ? rounded.at(n, c, p, q) : 0;
                sum += value;
                count += inside || at.countPadding() ? 1 : 0;
                if (inside && value > max) {
                  max = value;
                  place = (plane * shape.size(2) + p) * shape.size(3) + q;
                }
              }
            }
            assertThat(largest[0].at(n, c, i, j)).isEqualTo(max);
            assertThat(largest[1].at(n, c, i, j)).isEqualTo(place);
            assertThat(mean.at(n, c, i, j)).isCloseTo(sum / count, within(1e-6));
          }
        }
      }
      assertThat(mean.shape()).isEqualTo(made);
      assertThat(rounded.maxPool2d(at).shape()).isEqualTo(made);
    }
  }

  @Test
  void poolsSayWhatTheyNeed() {
    refused(
        () -> random(1, 2, 3).maxPool2d(Pool2dOptions.of(2)),
        "a pooling needs (n, c, h, w) with a padded image of at least (2, 2), got (2, 3)");
    refused(
        () -> random(1, 1, 1, 3, 1).avgPool2d(Pool2dOptions.of(2)),
        "a pooling needs (n, c, h, w) with a padded image of at least (2, 2), got (1, 1, 3, 1)");
    refused(
        () -> Pool2dOptions.of(2).padding(2),
        "a pooling needs padding of at most half its window (2, 2), got (2, 2)");
    refused(
        () -> Pool2dOptions.of(0),
        "a pooling needs windows and strides of at least 1, got windows (0, 0) and strides (0, 0)");
  }
}
