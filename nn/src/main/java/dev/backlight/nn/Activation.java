package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.Locale;

/// A nonlinearity, element by element; the formulas are those of the tensor operations of the same
/// names.
public enum Activation implements Layer {
  /// `max(x, 0)`.
  RELU,
  /// The hyperbolic tangent.
  TANH,
  /// `1 / (1 + e⁻ˣ)`.
  SIGMOID,
  /// `x · Φ(x)`, with the error function.
  GELU,
  /// `x · sigmoid(x)`.
  SILU,
  /// `ln(1 + eˣ)`.
  SOFTPLUS;

  @Override
  public Tensor apply(Tensor x) {
    return switch (this) {
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
      case GELU -> x.gelu();
      case SILU -> x.silu();
      case SOFTPLUS -> x.softplus();
    };
  }

  /// `relu`, `tanh`, ...
  @Override
  public String kind() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// How weights before it are best drawn: [Init#GLOROT] for tanh and sigmoid, [Init#HE] for the
  /// others.
  public Init init() {
    return this == TANH || this == SIGMOID ? Init.GLOROT : Init.HE;
  }
}
