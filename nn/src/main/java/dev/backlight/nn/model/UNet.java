package dev.backlight.nn.model;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.ConvTranspose2d;
import dev.backlight.nn.Layer;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Train;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A network that answers every pixel: on the way down images are halved and channels doubled, on
/// the way up each step also sees what the same size looked like before. From (n, c, h, w) to
/// logits (n, classes, h, w). O. Ronneberger et al., "U-Net" (2015), with paddings that keep the
/// size and batch normalisation, as is usual now.
///
/// On a tape the steps are labelled `down1`, `down2`, ..., `up1`, `up2`, ..., and the logits `out`.
///
/// @param down steps from large to small, the bottom included
/// @param up transposed convolutions that double the size, from small to large
/// @param joined steps of what came up and what the same size looked like before
/// @param out a convolution of 1 × 1 to the logits
public record UNet(List<Step> down, List<ConvTranspose2d> up, List<Step> joined, Conv2d out)
    implements Layer {
  public UNet {
    down = List.copyOf(down);
    up = List.copyOf(up);
    joined = List.copyOf(joined);
    if (down.size() != up.size() + 1 || up.size() != joined.size()) {
      throw new IllegalArgumentException(
          "a u-net needs as many steps up as down but for the bottom, got "
              + down.size()
              + " down, "
              + up.size()
              + " and "
              + joined.size()
              + " up");
    }
  }

  /// Two convolutions of 3 × 3 that keep the size, each with batch normalisation and relu.
  ///
  /// @param conv1 without a bias, as both are
  /// @param norm1 behind it
  /// @param conv2 of the same width
  /// @param norm2 behind it
  public record Step(Conv2d conv1, BatchNorm norm1, Conv2d conv2, BatchNorm norm2)
      implements Layer {
    static Step of(int in, int width, Key key) {
      Conv2dOptions same = Conv2dOptions.of().padding(1);
      Key[] keys = key.split(2);
      return new Step(
          Conv2d.of(in, width, 3, same, keys[0]).withoutBias(),
          BatchNorm.of(width),
          Conv2d.of(width, width, 3, same, keys[1]).withoutBias(),
          BatchNorm.of(width));
    }

    @Override
    public Tensor apply(Tensor x) {
      return apply(x, null);
    }

    @Override
    public Tensor train(Tensor x, Train pass) {
      return apply(x, pass);
    }

    @Override
    public boolean differsInTraining() {
      return true;
    }

    private Tensor apply(Tensor x, @Nullable Train pass) {
      Tensor y = Passes.of(norm1, conv1.apply(x), pass).relu();
      return Passes.of(norm2, conv2.apply(y), pass).relu();
    }
  }

  /// A new network of `F32`.
  ///
  /// @param channels c, of the images
  /// @param width of the largest size; every halving doubles it
  /// @param halvings how often the size is halved; h and w have to be multiples of `2^halvings`
  /// @param classes how many logits a pixel
  public static UNet of(int channels, int width, int halvings, int classes, Key key) {
    Passes.require("u-net: channels", channels);
    Passes.require("u-net: a width", width);
    Passes.require("u-net: halvings", halvings);
    Passes.require("u-net: classes", classes);
    Key[] keys = key.split(4);
    List<Step> down = new ArrayList<>();
    List<ConvTranspose2d> up = new ArrayList<>();
    List<Step> joined = new ArrayList<>();
    for (int i = 0; i <= halvings; i++) {
      int in = i == 0 ? channels : width << (i - 1);
      down.add(Step.of(in, Math.multiplyExact(width, 1 << i), keys[0].fold(i)));
    }
    for (int i = halvings - 1; i >= 0; i--) {
      int to = width << i;
      up.add(ConvTranspose2d.of(2 * to, to, 2, ConvOptions.of().stride(2), keys[1].fold(i)));
      joined.add(Step.of(2 * to, to, keys[2].fold(i)));
    }
    return new UNet(down, up, joined, Conv2d.of(width, classes, 1, keys[3]));
  }

  @Override
  public Tensor apply(Tensor x) {
    return apply(x, null);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return apply(x, pass);
  }

  @Override
  public boolean differsInTraining() {
    return true;
  }

  private Tensor apply(Tensor x, @Nullable Train pass) {
    int channels = down.getFirst().conv1().weight().size(1);
    int multiple = 1 << up.size();
    if (x.rank() != 4
        || x.size(1) != channels
        || x.size(2) % multiple != 0
        || x.size(3) % multiple != 0) {
      throw new ShapeException(
          "this u-net needs images (n, %d, h, w) with h and w in multiples of %d, got %s"
              .formatted(channels, multiple, x.shape()));
    }
    Layer halved = MaxPool2d.of(2);
    List<Tensor> seen = new ArrayList<>();
    Tensor y = x;
    for (int i = 0; i < down.size(); i++) {
      y = i == 0 ? y : halved.apply(y);
      y = Passes.of(down.get(i), y, pass).named("down" + (i + 1));
      seen.add(y);
    }
    for (int i = 0; i < up.size(); i++) {
      Tensor before = seen.get(up.size() - 1 - i);
      y = Tensor.concat(1, before, up.get(i).apply(y));
      y = Passes.of(joined.get(i), y, pass).named("up" + (i + 1));
    }
    return out.apply(y).named("out");
  }
}
