package dev.backlight.nn.model;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Train;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A residual network for images: a convolution, four stages of [blocks][ResNetBlock] of which each
/// but the first halves the image and doubles the width, the mean of every channel, and a dense
/// layer. From (n, c, h, w) to logits (n, classes). K. He et al., "Deep residual learning for image
/// recognition" (2016).
///
/// The components are named as in torchvision, whose weights [TorchWeights] reads. On a tape the
/// blocks are labelled `layer1.0`, `layer1.1`, ..., the first convolution `conv1`, the logits `fc`.
///
/// @param conv1 of 7 × 7 and stride 2; of 3 × 3 and stride 1 for small images
/// @param bn1 behind it
/// @param maxpool of 3 × 3 and stride 2, or `null` for small images
/// @param layer1 the first stage
/// @param layer2 the second
/// @param layer3 the third
/// @param layer4 the fourth
/// @param fc to the logits
public record ResNet(
    Conv2d conv1,
    BatchNorm bn1,
    @Nullable MaxPool2d maxpool,
    List<ResNetBlock> layer1,
    List<ResNetBlock> layer2,
    List<ResNetBlock> layer3,
    List<ResNetBlock> layer4,
    Linear fc)
    implements Layer {
  /// How wide the first stage of the networks of the paper is.
  public static final int WIDTH = 64;

  public ResNet {
    layer1 = List.copyOf(layer1);
    layer2 = List.copyOf(layer2);
    layer3 = List.copyOf(layer3);
    layer4 = List.copyOf(layer4);
  }

  /// How many layers with weights there are, and of which blocks.
  public enum Depth {
    /// Basic blocks 2, 2, 2, 2: 11.7 million parameters for 1000 classes.
    R18(false, 2, 2, 2, 2),
    /// Basic blocks 3, 4, 6, 3: 21.8 million.
    R34(false, 3, 4, 6, 3),
    /// Bottleneck blocks 3, 4, 6, 3: 25.6 million.
    R50(true, 3, 4, 6, 3);

    private final boolean bottleneck;
    private final int first;
    private final int second;
    private final int third;
    private final int fourth;

    Depth(boolean bottleneck, int first, int second, int third, int fourth) {
      this.bottleneck = bottleneck;
      this.first = first;
      this.second = second;
      this.third = third;
      this.fourth = fourth;
    }

    private int[] blocks() {
      return new int[] {first, second, third, fourth};
    }

    private ResNetBlock block(int in, int width, int stride, Key key) {
      return bottleneck
          ? ResNetBlock.Bottleneck.of(in, width, stride, key)
          : ResNetBlock.Basic.of(in, width, stride, key);
    }
  }

  /// A new network of `F32` as in the paper, for images of 224 × 224 or so: the first convolution
  /// and a pool take a quarter of the side.
  ///
  /// @param channels c, of the images
  /// @param width of the first stage, [#WIDTH] in the paper
  /// @param classes how many logits
  public static ResNet of(Depth depth, int channels, int width, int classes, Key key) {
    Pool2dOptions pool = Pool2dOptions.of(3).stride(2).padding(1);
    Conv2dOptions stem = Conv2dOptions.of().stride(2).padding(3);
    return of(depth, channels, width, classes, 7, stem, new MaxPool2d(pool), key);
  }

  /// A new network of `F32` for images of 32 × 32 or so: the first convolution is 3 × 3 and keeps
  /// the side, and there is no pool.
  ///
  /// @param channels c, of the images
  /// @param width of the first stage
  /// @param classes how many logits
  public static ResNet small(Depth depth, int channels, int width, int classes, Key key) {
    return of(depth, channels, width, classes, 3, Conv2dOptions.of().padding(1), null, key);
  }

  private static ResNet of(
      Depth depth,
      int channels,
      int width,
      int classes,
      int kernel,
      Conv2dOptions stem,
      @Nullable MaxPool2d pool,
      Key key) {
    Passes.require("resnet: channels", channels);
    Passes.require("resnet: a width", width);
    Passes.require("resnet: classes", classes);
    Key[] keys = key.split(6);
    List<List<ResNetBlock>> stages = new ArrayList<>();
    int in = width;
    for (int stage = 0; stage < 4; stage++) {
      int inner = Math.multiplyExact(width, 1 << stage);
      List<ResNetBlock> blocks = new ArrayList<>();
      for (int i = 0; i < depth.blocks()[stage]; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        blocks.add(depth.block(in, inner, stride, keys[stage].fold(i)));
        in = depth.bottleneck ? ResNetBlock.BOTTLENECK * inner : inner;
      }
      stages.add(blocks);
    }
    return new ResNet(
        Conv2d.of(channels, width, kernel, stem, keys[4]).withoutBias(),
        BatchNorm.of(width),
        pool,
        stages.get(0),
        stages.get(1),
        stages.get(2),
        stages.get(3),
        Linear.of(in, classes, keys[5]));
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
    if (x.rank() != 4 || x.size(1) != conv1.weight().size(1)) {
      throw new ShapeException(
          "resnet needs images (n, " + conv1.weight().size(1) + ", h, w), got " + x.shape());
    }
    Tensor y = Passes.of(bn1, conv1.apply(x), pass).relu().named("conv1");
    y = maxpool == null ? y : maxpool.apply(y);
    List<List<ResNetBlock>> stages = List.of(layer1, layer2, layer3, layer4);
    for (int stage = 0; stage < 4; stage++) {
      List<ResNetBlock> blocks = stages.get(stage);
      for (int i = 0; i < blocks.size(); i++) {
        y = Passes.of(blocks.get(i), y, pass).named("layer" + (stage + 1) + "." + i);
      }
    }
    return fc.apply(y.globalAvgPool()).named("fc");
  }
}
