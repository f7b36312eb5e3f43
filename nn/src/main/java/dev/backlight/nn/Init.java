package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// How the weights of a new layer are drawn, so that signals neither grow nor fade from layer to
/// layer.
///
/// A unit reads `fanIn` numbers and is read by `fanOut`. The same key draws the same weights.
@FunctionalInterface
public interface Init {
  /// Uniform with the variance `2 / (fanIn + fanOut)`, for tanh, sigmoid and outputs. X. Glorot and
  /// Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
  Init GLOROT = new VarianceScaling(1, VarianceScaling.Fan.MEAN, false);

  /// Uniform with the variance `2 / fanIn`, for relu and its kin. K. He et al., "Delving deep into
  /// rectifiers" (2015).
  Init HE = new VarianceScaling(2, VarianceScaling.Fan.IN, false);

  /// Uniform with the variance `1 / fanIn`, for selu. Y. LeCun et al., "Efficient backprop" (1998).
  Init LECUN = new VarianceScaling(1, VarianceScaling.Fan.IN, false);

  /// As [#GLOROT], normal up to two deviations.
  Init GLOROT_NORMAL = new VarianceScaling(1, VarianceScaling.Fan.MEAN, true);

  /// As [#HE], normal up to two deviations.
  Init HE_NORMAL = new VarianceScaling(2, VarianceScaling.Fan.IN, true);

  /// As [#LECUN], normal up to two deviations.
  Init LECUN_NORMAL = new VarianceScaling(1, VarianceScaling.Fan.IN, true);

  /// Orthonormal rows or columns, whichever are fewer, see [Orthogonal].
  Init ORTHOGONAL = new Orthogonal(1);

  /// Weights that hand their input on: `y = x` for as many features as there are on both sides, the
  /// others are 0. Windows have a 1 in their middle, at `⌊size / 2⌋`.
  ///
  /// Of a layer with groups only the first group does so.
  Init IDENTITY = new Identity();

  /// Weights of a shape, for units that read `fanIn` numbers and are read by `fanOut`.
  Tensor draw(Shape shape, int fanIn, int fanOut, DType dtype, Key key);

  /// Normal numbers with this deviation.
  static Init normal(double deviation) {
    requireScale("deviation", deviation);
    return (shape, _, _, dtype, key) -> key.normal(shape, dtype).mul(deviation);
  }

  /// Normal numbers with this deviation, of which those beyond two deviations are drawn anew: the
  /// deviation of what remains is 0.8796 times as large.
  static Init truncatedNormal(double deviation) {
    requireScale("deviation", deviation);
    return (shape, _, _, dtype, key) -> VarianceScaling.truncated(shape, dtype, key, deviation);
  }

  /// Uniform numbers in `[-bound, bound)`.
  static Init uniform(double bound) {
    requireScale("bound", bound);
    return (shape, _, _, dtype, key) -> key.uniform(shape, dtype, -bound, bound);
  }

  /// The same number everywhere.
  static Init constant(double value) {
    return (shape, _, _, dtype, _) -> Tensor.full(shape, dtype, value);
  }

  /// Orthonormal rows or columns times this gain, see [Orthogonal].
  static Init orthogonal(double gain) {
    return new Orthogonal(gain);
  }

  private static void requireScale(String what, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "weights need a finite " + what + " above 0, got " + value);
    }
  }

  /// See [#IDENTITY].
  record Identity() implements Init {
    @Override
    public Tensor draw(Shape shape, int fanIn, int fanOut, DType dtype, Key key) {
      if (shape.rank() < 2) {
        throw new IllegalArgumentException(
            "an identity needs weights of at least 2 axes, got " + shape);
      }
      int window = 1;
      int middle = 0;
      for (int axis = 2; axis < shape.rank(); axis++) {
        window *= shape.size(axis);
        middle = middle * shape.size(axis) + shape.size(axis) / 2;
      }
      double[] values = new double[shape.elements()];
      for (int i = 0; i < Math.min(shape.size(0), shape.size(1)); i++) {
        values[(i * shape.size(1) + i) * window + middle] = 1;
      }
      return Tensor.of(shape, values).to(dtype);
    }
  }
}
