package dev.backlight.nn;

import dev.backlight.core.Interpolation;
import dev.backlight.core.Tensor;

/// Inputs (n, c, ...) so many times as large along every axis behind (n, c).
///
/// @param how numbers between those of the input are found
/// @param factor how many times
public record Upsample(Interpolation how, int factor) implements Layer {
  /// By repeating every number.
  public static Upsample nearest(int factor) {
    return new Upsample(Interpolation.NEAREST, factor);
  }

  /// In straight lines.
  public static Upsample linear(int factor) {
    return new Upsample(Interpolation.LINEAR, factor);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.upsample(how, factor);
  }
}
