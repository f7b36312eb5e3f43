package dev.backlight.nn.model;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.AvgPool2d;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Init;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;

/// LeNet-5, the convolutional network for small images: two convolutions of 5 × 5, each with tanh
/// and means of 2 × 2 behind it, then three dense layers. From (n, c, s, s) to logits (n, classes).
///
/// The first convolution pads by 2, as the original did by drawing its digits of 28 on 32. Y. LeCun
/// et al., "Gradient-based learning applied to document recognition" (1998); its third layer, which
/// there reads only some channels, and its radial outputs are plain here, as in most copies.
///
/// On a tape the layers are labelled `conv1`, `conv2`, `fc1`, `fc2` and `out`.
///
/// @param conv1 from c to 6 channels
/// @param conv2 from 6 to 16
/// @param fc1 to 120
/// @param fc2 to 84
/// @param fc3 to the classes
public record LeNet(Conv2d conv1, Conv2d conv2, Linear fc1, Linear fc2, Linear fc3)
    implements Layer {
  /// A new network of `F32` for square images.
  ///
  /// @param channels c, of the images
  /// @param side of the images, at least 12: 28 for MNIST
  /// @param classes how many logits
  public static LeNet of(int channels, int side, int classes, Key key) {
    Passes.require("lenet: channels", channels);
    Passes.require("lenet: classes", classes);
    int left = (side / 2 - 4) / 2;
    if (left < 1) {
      throw new IllegalArgumentException("lenet needs images of at least 12 × 12, got " + side);
    }
    Key[] keys = key.split(5);
    return new LeNet(
        Conv2d.of(channels, 6, 5, Conv2dOptions.of().padding(2), keys[0]),
        Conv2d.of(6, 16, 5, keys[1]),
        Linear.of(16 * left * left, 120, Init.GLOROT, keys[2]),
        Linear.of(120, 84, Init.GLOROT, keys[3]),
        Linear.of(84, classes, Init.GLOROT, keys[4]));
  }

  @Override
  public Tensor apply(Tensor x) {
    if (x.rank() != 4 || x.size(1) != conv1.weight().size(1)) {
      throw new ShapeException(
          "lenet needs images (n, " + conv1.weight().size(1) + ", s, s), got " + x.shape());
    }
    Layer halves = AvgPool2d.of(2);
    Tensor y = halves.apply(conv1.apply(x).tanh().named("conv1"));
    y = halves.apply(conv2.apply(y).tanh().named("conv2")).flattenFrom(1);
    if (y.size(1) != fc1.weight().size(0)) {
      throw new ShapeException(
          "this lenet needs images that leave "
              + fc1.weight().size(0)
              + " numbers behind its convolutions, got "
              + y.size(1)
              + " from "
              + x.shape());
    }
    y = fc1.apply(y).tanh().named("fc1");
    return fc3.apply(fc2.apply(y).tanh().named("fc2")).named("out");
  }
}
