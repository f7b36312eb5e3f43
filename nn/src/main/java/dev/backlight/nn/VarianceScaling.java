package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Weights with the mean 0 and the variance `scale / fan`, uniform or normal.
///
/// The normal ones are cut at two deviations and widened so that the variance is as said, as in
/// Keras.
///
/// @param scale 1 keeps the variance of a linear unit, 2 that of a rectifier
/// @param fan what the variance is divided by
/// @param normal whether drawn from the normal distribution
public record VarianceScaling(double scale, Fan fan, boolean normal) implements Init {
  /// The deviation of a standard normal that is cut at ±2.
  private static final double CUT = 0.87962566103423978;

  /// `erf(√2)`: how much of a normal distribution lies within two deviations.
  private static final double WITHIN_TWO = 0.95449973610364158;

  /// What the variance is divided by.
  public enum Fan {
    /// How many numbers a unit reads: keeps the variance forwards.
    IN,
    /// How many units read it: keeps the variance backwards.
    OUT,
    /// The mean of both.
    MEAN
  }

  public VarianceScaling {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weights need a finite scale above 0, got " + scale);
    }
  }

  @Override
  public Tensor draw(Shape shape, int fanIn, int fanOut, DType dtype, Key key) {
    if (fanIn < 1 || fanOut < 1) {
      throw new IllegalArgumentException(
          "a layer needs at least 1 input and 1 output, got " + fanIn + " and " + fanOut);
    }
    double among =
        switch (fan) {
          case IN -> fanIn;
          case OUT -> fanOut;
          case MEAN -> (fanIn + (double) fanOut) / 2;
        };
    if (normal) {
      return truncated(shape, dtype, key, Math.sqrt(scale / among) / CUT);
    }
    double a = Math.sqrt(3 * scale / among);
    return key.uniform(shape, dtype, -a, a);
  }

  /// Normal numbers within two deviations, by the inverse of the distribution: one draw a number,
  /// none thrown away.
  static Tensor truncated(Shape shape, DType dtype, Key key, double deviation) {
    Tensor part = key.uniform(shape, DType.F64, -WITHIN_TWO, WITHIN_TWO);
    return part.erfinv().mul(Math.sqrt(2) * deviation).to(dtype);
  }
}
