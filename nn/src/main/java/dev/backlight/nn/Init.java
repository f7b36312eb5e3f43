package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// How the weights of a new layer are drawn: uniformly in `[-a, a)`, with a bound `a` that keeps
/// signals from growing or fading from layer to layer.
///
/// A unit reads `fanIn` numbers and is read by `fanOut`.
public enum Init {
  /// `a = √(6 / (fanIn + fanOut))`, for tanh, sigmoid and outputs. X. Glorot and Y. Bengio,
  /// "Understanding the difficulty of training deep feedforward neural networks" (2010).
  GLOROT {
    @Override
    double bound(int fanIn, int fanOut) {
      return Math.sqrt(6.0 / (fanIn + fanOut));
    }
  },
  /// `a = √(6 / fanIn)`, for relu and its kin. K. He et al., "Delving deep into rectifiers" (2015).
  HE {
    @Override
    double bound(int fanIn, int fanOut) {
      return Math.sqrt(6.0 / fanIn);
    }
  };

  abstract double bound(int fanIn, int fanOut);

  /// Weights of a shape, for units that read `fanIn` numbers and are read by `fanOut`.
  public Tensor draw(Shape shape, int fanIn, int fanOut, DType dtype, Key key) {
    if (fanIn < 1 || fanOut < 1) {
      throw new IllegalArgumentException(
          "a layer needs at least 1 input and 1 output, got " + fanIn + " and " + fanOut);
    }
    double a = bound(fanIn, fanOut);
    return key.uniform(shape, dtype, -a, a);
  }
}
