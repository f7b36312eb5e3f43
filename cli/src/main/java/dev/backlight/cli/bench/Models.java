package dev.backlight.cli.bench;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Layer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.TransformerBlock;

/// The networks that are trained and explained, of the sizes that the peers have.
enum Models {
  /// A perceptron 784-512-256-10 with ReLU.
  MLP(128, 256, 2, 5, 784) {
    @Override
    Sequential model() {
      return Sequential.mlp(Key.of(3), Activation.RELU, 784, 512, 256, 10);
    }
  },
  /// Two convolutions 3x3 with 32 and 64 channels, each with ReLU and a pool, then 128 and 10.
  CNN(64, 64, 2, 3, 1, 28, 28) {
    @Override
    Sequential model() {
      Key[] keys = Key.of(6).split(4);
      Conv2dOptions padded = Conv2dOptions.of().padding(1);
      return Sequential.of(
          Conv2d.of(1, 32, 3, padded, keys[0]),
          Activation.RELU,
          MaxPool2d.of(2),
          Conv2d.of(32, 64, 3, padded, keys[1]),
          Activation.RELU,
          MaxPool2d.of(2),
          new Flatten(),
          Linear.of(3136, 128, keys[2]),
          Activation.RELU,
          Linear.of(128, 10, keys[3]));
    }
  },
  /// Two encoder blocks of width 128 with four heads on sequences of 64, their mean, then 10.
  TRANSFORMER(16, 16, 1.8, 2, 64, 128) {
    @Override
    Sequential model() {
      Key[] keys = Key.of(7).split(3);
      return Sequential.of(
          TransformerBlock.of(128, 4, 512, keys[0]),
          TransformerBlock.of(128, 4, 512, keys[1]),
          LayerNorm.of(128),
          new MeanOverTime(),
          Linear.of(128, 10, keys[2]));
    }
  },
  /// An LSTM of 128 on 32 steps of 64, then 10 from the last step.
  LSTM(32, 32, 1, 0, 32, 64) {
    @Override
    Sequential model() {
      Key[] keys = Key.of(8).split(2);
      return Sequential.of(
          Recurrent.of(Recurrent.Kind.LSTM, 64, 128, 1, keys[0]).lastOnly(),
          Linear.of(128, 10, keys[1]));
    }
  };

  /// The mean of the places of a sequence, from (n, t, d) to (n, d).
  record MeanOverTime() implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.mean(1);
    }
  }

  /// How many examples a training step has.
  final int batch;

  /// How many inputs are explained at once, where it is not one.
  final int many;

  /// How many times as fast as the peer a training step should be.
  final double trained;

  /// How many times as fast as the peer integrated gradients should be; 0 if nothing is asked.
  final double explained;

  @SuppressWarnings("ImmutableEnumChecker") // nobody else has the array
  private final int[] example;

  Models(int batch, int many, double trained, double explained, int... example) {
    this.batch = batch;
    this.many = many;
    this.trained = trained;
    this.explained = explained;
    this.example = example;
  }

  abstract Sequential model();

  Tensor inputs(int rows) {
    int[] sizes = new int[example.length + 1];
    sizes[0] = rows;
    System.arraycopy(example, 0, sizes, 1, example.length);
    return Key.of(4).normal(Shape.of(sizes), DType.F32);
  }

  Tensor labels(int rows) {
    return Key.of(5).integers(Shape.of(rows), 0, 10);
  }
}
