package dev.backlight.nn;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// What a layer makes, added to what it reads: `x + inner(x)`. K. He et al., "Deep residual
/// learning" (2016).
///
/// @param inner the layer, which keeps the shape
public record Residual(Layer inner) implements Layer {
  /// Layers one after another, and around them the way past.
  public static Residual of(Layer... layers) {
    return new Residual(layers.length == 1 ? layers[0] : Sequential.of(layers));
  }

  @Override
  public Tensor apply(Tensor x) {
    return joined(x, inner.apply(x));
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return joined(x, inner.train(x, pass));
  }

  @Override
  public boolean differsInTraining() {
    return inner.differsInTraining();
  }

  private static Tensor joined(Tensor x, Tensor y) {
    if (!y.shape().equals(x.shape())) {
      throw new ShapeException(
          "a residual needs a layer that keeps the shape " + x.shape() + ", got " + y.shape());
    }
    return x.add(y);
  }
}
