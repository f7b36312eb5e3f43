package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorImagesTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static Tensor random(DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(5).doubles(shape.elements(), -1, 1).toArray()).to(dtype);
  }

  /// The definition, for volumes: one output after the other.
  private static double slow(Tensor x, Tensor w, int[] at, int s, int before, int d, int groups) {
    double sum = 0;
    int per = w.size(0) / groups;
    for (int c = 0; c < w.size(1); c++) {
      for (int p = 0; p < w.size(2); p++) {
        for (int q = 0; q < w.size(3); q++) {
          for (int r = 0; r < w.size(4); r++) {
            int i = at[2] * s + p * d - before;
            int j = at[3] * s + q * d - before;
            int k = at[4] * s + r * d - before;
            boolean inside =
                i >= 0 && i < x.size(2) && j >= 0 && j < x.size(3) && k >= 0 && k < x.size(4);
            if (inside) {
              int channel = at[1] / per * w.size(1) + c;
              sum += x.at(at[0], channel, i, j, k) * w.at(at[1], c, p, q, r);
            }
          }
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void volumesAreConvolvedAsTheDefinitionSays(DType dtype) {
    Tensor x = random(dtype, 2, 4, 5, 4, 6);
    Tensor w = random(dtype, 6, 2, 3, 2, 2);
    ConvOptions options =
        ConvOptions.of().stride(2).padding(List.of(1), List.of(2)).dilation(2).groups(2);
    Tensor y = x.conv3d(w, options);
    assertThat(y.shape()).isEqualTo(Shape.of(2, 6, 2, 3, 4));
    for (int n = 0; n < 2; n++) {
      for (int o = 0; o < 6; o++) {
        for (int i = 0; i < 2; i++) {
          for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 4; k++) {
              int[] at = {n, o, i, j, k};
              assertThat(y.at(at))
                  .isCloseTo(slow(x, w, at, 2, 1, 2, 2), within(dtype == DType.F32 ? 1e-5 : 1e-12));
            }
          }
        }
      }
    }
  }

  @Test
  void linesAndImagesAreVolumesWithOneLayer() {
    Tensor x = random(DType.F64, 2, 3, 7);
    Tensor w = random(DType.F64, 4, 3, 3);
    ConvOptions options = ConvOptions.of().stride(2).padding(List.of(0), List.of(2));
    Tensor deep =
        x.reshape(2, 3, 1, 1, 7)
            .conv3d(w.reshape(4, 3, 1, 1, 3), options.padding(List.of(0, 0, 0), List.of(0, 0, 2)));
    assertThat(x.conv1d(w, options).toDoubles()).containsExactly(deep.toDoubles(), within(1e-13));
    assertThat(x.conv1d(w, options).shape()).isEqualTo(Shape.of(2, 4, 4));
  }

  @Test
  void transposesAreTransposes() {
    // ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩ where the sizes come out even.
    ConvOptions options = ConvOptions.of().stride(2).padding(1).dilation(2).groups(2);
    Tensor line = random(DType.F64, 2, 4, 9);
    Tensor lineWeight = random(DType.F64, 6, 2, 3);
    same(line.conv1d(lineWeight, options), line, y -> y.convTranspose1d(lineWeight, options));
    Tensor image = random(DType.F64, 1, 4, 7, 5);
    Tensor imageWeight = random(DType.F64, 2, 2, 2, 2);
    same(image.conv2d(imageWeight, options), image, y -> y.convTranspose2d(imageWeight, options));
    Tensor volume = random(DType.F64, 2, 2, 5, 7, 5);
    Tensor volumeWeight = random(DType.F64, 4, 1, 2, 2, 2);
    same(
        volume.conv3d(volumeWeight, options),
        volume,
        y -> y.convTranspose3d(volumeWeight, options));
  }

  private static void same(
      Tensor y, Tensor x, java.util.function.UnaryOperator<Tensor> transposed) {
    Tensor g = Tensor.of(y.shape(), new Random(8).doubles(y.elements()).toArray());
    Tensor back = transposed.apply(g);
    assertThat(back.shape()).isEqualTo(x.shape());
    assertThat(back.mul(x).sum().item()).isCloseTo(g.mul(y).sum().item(), within(1e-12));
  }

  @Test
  void samePaddingKeepsTheSizeOverTheStride() {
    for (int size = 1; size < 9; size++) {
      for (int stride = 1; stride < 4; stride++) {
        Tensor x = Tensor.ones(Shape.of(1, 1, size), DType.F64);
        Tensor w = Tensor.ones(Shape.of(1, 1, 3), DType.F64);
        ConvOptions options = ConvOptions.of().stride(stride).samePadding(x.shape(), w.shape());
        assertThat(x.conv1d(w, options).size(2)).isEqualTo(Math.ceilDiv(size, stride));
      }
    }
    ConvOptions odd = ConvOptions.of().samePadding(Shape.of(1, 1, 5, 5), Shape.of(1, 1, 2, 4));
    assertThat(odd.before()).containsExactly(0, 1);
    assertThat(odd.after()).containsExactly(1, 2);
  }

  @Test
  void nothingIsConvolvedToNothing() {
    Tensor none = Tensor.zeros(0, 2, 5);
    assertThat(none.conv1d(Tensor.zeros(3, 2, 2), ConvOptions.of()).shape())
        .isEqualTo(Shape.of(0, 3, 4));
    assertThat(
            Tensor.zeros(0, 2, 3, 3, 3)
                .conv3d(Tensor.zeros(1, 2, 2, 2, 2), ConvOptions.of())
                .shape())
        .isEqualTo(Shape.of(0, 1, 2, 2, 2));
    assertThat(none.convTranspose1d(Tensor.zeros(2, 3, 2), ConvOptions.of()).shape())
        .isEqualTo(Shape.of(0, 3, 6));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Tensor x = Tensor.zeros(1, 2, 5);
    refused(
        () -> x.conv1d(Tensor.zeros(3, 1, 2), ConvOptions.of()),
        "conv1d needs x (n, c, w) and weight (o, c/groups, kw), got (1, 2, 5) and (3, 1, 2)");
    refused(
        () -> Tensor.zeros(1, 4, 5, 5).conv2d(Tensor.zeros(3, 2, 2, 2), ConvOptions.of().groups(2)),
        "conv2d needs x (n, c, h, w) and weight (o, c/groups, kh, kw) for 2 groups, got"
            + " (1, 4, 5, 5) and (3, 2, 2, 2)");
    refused(
        () -> x.conv3d(Tensor.zeros(3, 2, 2), ConvOptions.of()),
        "conv3d needs x (n, c, d, h, w) and weight (o, c/groups, kd, kh, kw), got (1, 2, 5) and"
            + " (3, 2, 2)");
    refused(
        () -> x.convTranspose1d(Tensor.zeros(3, 2, 2), ConvOptions.of()),
        "convTranspose1d needs x (n, c, w) and weight (c, o/groups, kw), got (1, 2, 5) and"
            + " (3, 2, 2)");
    ConvOptions two = ConvOptions.of().stride(1, 2);
    refused(
        () -> x.conv1d(Tensor.zeros(3, 2, 2), two),
        "conv1d needs options for 1 dimensions or one for all, got " + two);
    refused(
        () -> x.conv1d(Tensor.zeros(3, 2, 6), ConvOptions.of()),
        "conv1d needs a window that fits into the padded input, got x (1, 2, 5), weight (3, 2, 6)"
            + " and "
            + ConvOptions.of());
    ConvOptions more = ConvOptions.of().stride(2).outputPadding(2);
    refused(
        () -> x.convTranspose1d(Tensor.zeros(2, 3, 2), more),
        "convTranspose1d needs output padding below stride or dilation, got " + more);
    ConvOptions gone = ConvOptions.of().padding(4);
    refused(
        () -> x.convTranspose1d(Tensor.zeros(2, 3, 2), gone),
        "convTranspose1d needs padding that leaves an output, got x (1, 2, 5), weight (2, 3, 2) and "
            + gone);
    refused(
        () -> ConvOptions.of().stride(0),
        "a convolution needs strides of at least 1, one or as many as dimensions, got [0]");
    refused(
        () -> ConvOptions.of().padding(-1),
        "a convolution needs padding of at least 0, one or as many as dimensions, got [-1]");
    refused(() -> ConvOptions.of().groups(0), "a convolution needs at least 1 group, got 0");
    refused(
        () -> Tensor.zeros(1, 2, 0).convTranspose1d(Tensor.zeros(2, 3, 2), ConvOptions.of()),
        "convTranspose1d needs at least one element, got (1, 2, 0)");
  }
}
