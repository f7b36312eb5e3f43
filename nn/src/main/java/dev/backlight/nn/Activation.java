package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// A nonlinearity, element by element; the formulas are those of the tensor operations of the same
// names.
public enum Activation implements Layer {
  /// `max(x, 0)`.
  RELU(Tensor::relu),
  /// The hyperbolic tangent.
  TANH(Tensor::tanh),
  /// `1 / (1 + e⁻ˣ)`.
  SIGMOID(Tensor::sigmoid),
  /// `x · Φ(x)`, with the error function.
  GELU(Tensor::gelu),
  /// `x · sigmoid(x)`.
  SILU(Tensor::silu),
  /// `ln(1 + eˣ)`.
  SOFTPLUS(Tensor::softplus);

  private final UnaryOperator<Tensor> function;

  Activation(UnaryOperator<Tensor> function) {
    this.function = function;
  }

  @Override
  public Tensor apply(Tensor x) {
    return function.apply(x);
  }

  /// `relu`, `tanh`, ...
  @Override
  public String kind() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// How weights before it are best drawn: [Init#GLOROT] for tanh and sigmoid, [Init#HE] for the
  // others.
  public Init init() {
    return this == TANH || this == SIGMOID ? Init.GLOROT : Init.HE;
  }
}
