package dev.backlight.nn.model;

import dev.backlight.core.Tensor;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Train;
import org.jspecify.annotations.Nullable;

/// A model's forward pass is written once, for inference and for training.
final class Passes {
  private Passes() {}

  /// What a layer makes, in training if there is a pass.
  static Tensor of(Layer layer, Tensor x, @Nullable Train pass) {
    return pass == null ? layer.apply(x) : layer.train(x, pass);
  }

  /// What layers make one after another.
  static Tensor of(Iterable<? extends Layer> layers, Tensor x, @Nullable Train pass) {
    Tensor y = x;
    for (Layer layer : layers) {
      y = of(layer, y, pass);
    }
    return y;
  }

  /// Requires a size of a model to be at least 1.
  static void require(String what, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(what + " of at least 1 needed, got " + size);
    }
  }
}
