package dev.backlight.bench;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Sequential;

/// The perceptron that several benchmarks time: 784-512-256-10 with ReLU.
final class Mlps {
  private Mlps() {}

  static Sequential model() {
    return Sequential.mlp(Key.of(3), Activation.RELU, 784, 512, 256, 10);
  }

  static Tensor inputs(int rows) {
    return Key.of(4).normal(Shape.of(rows, 784), DType.F32);
  }
}
