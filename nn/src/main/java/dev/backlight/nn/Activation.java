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
  SOFTPLUS,
  /// `0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))`, as the first GPTs have it.
  GELU_TANH,
  /// `x · tanh(ln(1 + eˣ))`.
  MISH,
  /// `x` above 0 and `eˣ − 1` below.
  ELU,
  /// An `elu` whose outputs keep mean 0 and deviation 1, for [AlphaDropout].
  SELU,
  /// `x · hard_sigmoid(x)`.
  HARD_SWISH,
  /// `x / 6 + 1 / 2` between -3 and 3, and 0 or 1 beyond.
  HARD_SIGMOID,
  /// `x` between -1 and 1, and the nearer of both beyond.
  HARD_TANH,
  /// `min(max(x, 0), 6)`.
  RELU6,
  /// `ln(1 / (1 + e⁻ˣ))`.
  LOG_SIGMOID,
  /// `x / (1 + |x|)`.
  SOFTSIGN,
  /// `x − tanh x`.
  TANH_SHRINK;

  @Override
  public Tensor apply(Tensor x) {
    return switch (this) {
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
      case GELU -> x.gelu();
      case SILU -> x.silu();
      case SOFTPLUS -> x.softplus();
      case GELU_TANH -> x.geluTanh();
      case MISH -> x.mish();
      case ELU -> x.elu(1);
      case SELU -> x.selu();
      case HARD_SWISH -> x.hardSwish();
      case HARD_SIGMOID -> x.hardSigmoid();
      case HARD_TANH -> x.hardTanh();
      case RELU6 -> x.relu6();
      case LOG_SIGMOID -> x.logSigmoid();
      case SOFTSIGN -> x.softsign();
      case TANH_SHRINK -> x.tanhShrink();
    };
  }

  /// `relu`, `tanh`, ...
  @Override
  public String kind() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// How weights before it are best drawn: [Init#GLOROT] for tanh, sigmoid and their kin,
  /// [Init#LECUN_NORMAL] for selu, [Init#HE] for the others.
  public Init init() {
    return switch (this) {
      case TANH, SIGMOID, HARD_TANH, HARD_SIGMOID, SOFTSIGN, TANH_SHRINK, LOG_SIGMOID ->
          Init.GLOROT;
      case SELU -> Init.LECUN_NORMAL;
      default -> Init.HE;
    };
  }
}
