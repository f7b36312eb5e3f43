package dev.backlight.explain;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.function.Function;

/// Small networks with fixed random weights that many tests share.
final class Nets {
  private Nets() {}

  static Tensor draw(int seed, DType dtype, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), dtype);
  }

  /// 5 inputs, two hidden layers of 7, 3 outputs.
  static Function<Tensor, Tensor> mlp(
      int seed, DType dtype, Function<Tensor, Tensor> activation, boolean biases) {
    Tensor w1 = draw(seed, dtype, 5, 7);
    Tensor w2 = draw(seed + 1, dtype, 7, 7);
    Tensor w3 = draw(seed + 2, dtype, 7, 3);
    Tensor b1 = bias(seed + 3, dtype, 7, biases);
    Tensor b2 = bias(seed + 4, dtype, 7, biases);
    Tensor b3 = bias(seed + 5, dtype, 3, biases);
    return x -> {
      Tensor h1 = activation.apply(x.matmul(w1).add(b1).named("pre1")).named("hidden1");
      Tensor h2 = activation.apply(h1.matmul(w2).add(b2)).named("hidden2");
      return h2.matmul(w3).add(b3).named("logits");
    };
  }

  private static Tensor bias(int seed, DType dtype, int n, boolean biases) {
    return biases ? draw(seed, dtype, n) : Tensor.zeros(Shape.of(n), dtype);
  }

  /// Images (n, 1, 6, 6): convolution, ReLU, max pool, convolution, ReLU, 3 outputs.
  static Function<Tensor, Tensor> cnn(int seed, DType dtype, boolean biases) {
    Tensor k1 = draw(seed, dtype, 3, 1, 3, 3);
    Tensor k2 = draw(seed + 1, dtype, 4, 3, 3, 3);
    Tensor w = draw(seed + 2, dtype, 36, 3);
    Tensor b1 = bias(seed + 3, dtype, 3, biases).reshape(1, 3, 1, 1);
    Tensor b2 = bias(seed + 4, dtype, 4, biases).reshape(1, 4, 1, 1);
    Tensor b = bias(seed + 5, dtype, 3, biases);
    Conv2dOptions same = Conv2dOptions.of().padding(1);
    return x -> {
      Tensor h1 = x.conv2d(k1, same).add(b1).relu().named("conv1");
      Tensor pooled = h1.maxPool2d(Pool2dOptions.of(2)).named("pool");
      Tensor h2 = pooled.conv2d(k2, same).add(b2).relu().named("conv2");
      return h2.flattenFrom(1).matmul(w).add(b).named("logits");
    };
  }
}
