package dev.backlight.nn.model;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Train;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A block of a [ResNet]: convolutions with batch normalisation, and around them the way past, with
/// relu behind the sum.
public sealed interface ResNetBlock extends Layer {
  /// How many channels come out of a block, for each of the width inside.
  int BOTTLENECK = 4;

  /// What the way past does: nothing, or a convolution of 1 × 1 and a normalisation where the block
  /// changes the shape.
  List<Layer> downsample();

  /// What the block adds to the way past.
  Tensor inside(Tensor x, @Nullable Train pass);

  @Override
  default Tensor apply(Tensor x) {
    return apply(x, null);
  }

  @Override
  default Tensor train(Tensor x, Train pass) {
    return apply(x, pass);
  }

  @Override
  default boolean differsInTraining() {
    return true;
  }

  private Tensor apply(Tensor x, @Nullable Train pass) {
    Tensor inside = inside(x, pass);
    return inside.add(Passes.of(downsample(), x, pass)).relu();
  }

  /// Two convolutions of 3 × 3, the first of which strides.
  ///
  /// @param conv1 without a bias, as all are
  /// @param bn1 behind it
  /// @param conv2 of the same width
  /// @param bn2 behind it
  /// @param downsample a convolution and a [BatchNorm], or nothing
  record Basic(Conv2d conv1, BatchNorm bn1, Conv2d conv2, BatchNorm bn2, List<Layer> downsample)
      implements ResNetBlock {
    public Basic {
      downsample = List.copyOf(downsample);
    }

    static Basic of(int in, int width, int stride, Key key) {
      Key[] keys = key.split(3);
      return new Basic(
          conv(in, width, 3, stride, keys[0]),
          BatchNorm.of(width),
          conv(width, width, 3, 1, keys[1]),
          BatchNorm.of(width),
          past(in, width, stride, keys[2]));
    }

    @Override
    public Tensor inside(Tensor x, @Nullable Train pass) {
      Tensor y = Passes.of(bn1, conv1.apply(x), pass).relu();
      return Passes.of(bn2, conv2.apply(y), pass);
    }
  }

  /// A convolution of 1 × 1 to the width, one of 3 × 3 that strides, and one of 1 × 1 to four times
  /// the width.
  ///
  /// @param conv1 without a bias, as all are
  /// @param bn1 behind it
  /// @param conv2 which strides: "version 1.5", as in torchvision
  /// @param bn2 behind it
  /// @param conv3 to four times the width
  /// @param bn3 behind it
  /// @param downsample a convolution and a [BatchNorm], or nothing
  record Bottleneck(
      Conv2d conv1,
      BatchNorm bn1,
      Conv2d conv2,
      BatchNorm bn2,
      Conv2d conv3,
      BatchNorm bn3,
      List<Layer> downsample)
      implements ResNetBlock {
    public Bottleneck {
      downsample = List.copyOf(downsample);
    }

    static Bottleneck of(int in, int width, int stride, Key key) {
      Key[] keys = key.split(4);
      int out = BOTTLENECK * width;
      return new Bottleneck(
          conv(in, width, 1, 1, keys[0]),
          BatchNorm.of(width),
          conv(width, width, 3, stride, keys[1]),
          BatchNorm.of(width),
          conv(width, out, 1, 1, keys[2]),
          BatchNorm.of(out),
          past(in, out, stride, keys[3]));
    }

    @Override
    public Tensor inside(Tensor x, @Nullable Train pass) {
      Tensor y = Passes.of(bn1, conv1.apply(x), pass).relu();
      y = Passes.of(bn2, conv2.apply(y), pass).relu();
      return Passes.of(bn3, conv3.apply(y), pass);
    }
  }

  /// A convolution without a bias that keeps the size but for the stride.
  private static Conv2d conv(int in, int out, int kernel, int stride, Key key) {
    Conv2dOptions options = Conv2dOptions.of().stride(stride).padding(kernel / 2);
    return Conv2d.of(in, out, kernel, options, key).withoutBias();
  }

  private static List<Layer> past(int in, int out, int stride, Key key) {
    return in == out && stride == 1
        ? List.of()
        : List.of(conv(in, out, 1, stride, key), BatchNorm.of(out));
  }
}
