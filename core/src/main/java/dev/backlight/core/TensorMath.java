package dev.backlight.core;

import dev.backlight.core.op.Abs;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Ceil;
import dev.backlight.core.op.Clamp;
import dev.backlight.core.op.Cos;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Elu;
import dev.backlight.core.op.Erf;
import dev.backlight.core.op.Exp;
import dev.backlight.core.op.Expm1;
import dev.backlight.core.op.Floor;
import dev.backlight.core.op.LeakyRelu;
import dev.backlight.core.op.Log;
import dev.backlight.core.op.Log1p;
import dev.backlight.core.op.Maximum;
import dev.backlight.core.op.Minimum;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Pow;
import dev.backlight.core.op.Power;
import dev.backlight.core.op.Reciprocal;
import dev.backlight.core.op.Relu;
import dev.backlight.core.op.Relu6;
import dev.backlight.core.op.Round;
import dev.backlight.core.op.Rsqrt;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sigmoid;
import dev.backlight.core.op.Sign;
import dev.backlight.core.op.Sin;
import dev.backlight.core.op.Softplus;
import dev.backlight.core.op.Sqrt;
import dev.backlight.core.op.StopGradient;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Tan;
import dev.backlight.core.op.Tanh;

/// Operations on single elements and on pairs of them.
///
/// Two tensors are broadcast by NumPy's rule: aligned at the last axis, sizes equal or 1. They need
/// one dtype; a `double` operand is rounded to the dtype of the tensor.
public sealed interface TensorMath permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- sums and products ----

  /// `self + other`, element by element.
  default Tensor add(Tensor other) {
    return Broadcast.apply(Add.OP, self(), other);
  }

  /// `self + number`.
  default Tensor add(double number) {
    return Tensor.apply(new Shift(number), self());
  }

  /// `self - other`, element by element.
  default Tensor sub(Tensor other) {
    return Broadcast.apply(new Sub(), self(), other);
  }

  /// `self - number`.
  default Tensor sub(double number) {
    return Tensor.apply(new Shift(-number), self());
  }

  /// `self · other`, element by element.
  default Tensor mul(Tensor other) {
    return Broadcast.apply(Mul.OP, self(), other);
  }

  /// `self · number`.
  default Tensor mul(double number) {
    return Tensor.apply(new Scale(number), self());
  }

  /// `self / other`, element by element.
  default Tensor div(Tensor other) {
    return Broadcast.apply(new Div(), self(), other);
  }

  /// `self / number`, rounded once.
  default Tensor div(double number) {
    return Tensor.apply(new Over(number), self());
  }

  /// `-self`.
  default Tensor neg() {
    return mul(-1);
  }

  /// `1 - self`.
  default Tensor oneMinus() {
    return neg().add(1);
  }

  /// `self · self`.
  default Tensor square() {
    return mul(self());
  }

  /// `1 / self`; infinite at 0.
  default Tensor reciprocal() {
    return Tensor.apply(new Reciprocal(), self());
  }

  /// `self / other`, and 0 where `other` is 0, in value and in derivative.
  default Tensor divNoNan(Tensor other) {
    Tensor zero = other.eq(0);
    return zero.where(0, div(zero.where(1, other)));
  }

  /// `self` to the power of `other`, element by element. At a base of 0 the derivatives take their
  /// limits.
  default Tensor pow(Tensor other) {
    return Broadcast.apply(new Pow(), self(), other);
  }

  /// `self` to the power of a number.
  default Tensor pow(double exponent) {
    return Tensor.apply(new Power(exponent), self());
  }

  /// The greater of the two, element by element; NaN if either is, and a tie shares the derivative
  /// evenly.
  default Tensor maximum(Tensor other) {
    return Broadcast.apply(new Maximum(), self(), other);
  }

  /// The greater of self and a number; a tie has slope ½, see [#clamp] for slope 1.
  default Tensor maximum(double number) {
    return maximum(like(number));
  }

  /// The lesser of the two, element by element; NaN if either is, and a tie shares the derivative
  /// evenly.
  default Tensor minimum(Tensor other) {
    return Broadcast.apply(new Minimum(), self(), other);
  }

  /// The lesser of self and a number; a tie has slope ½, see [#clamp] for slope 1.
  default Tensor minimum(double number) {
    return minimum(like(number));
  }

  /// Held between two numbers, of which either may be infinite; the slope is 1 also on the bounds.
  /// Needs `lo ≤ hi`.
  default Tensor clamp(double lo, double hi) {
    return Tensor.apply(new Clamp(lo, hi), self());
  }

  // ---- functions of one number ----

  /// The absolute value; its slope at 0 is 0.
  default Tensor abs() {
    return Tensor.apply(new Abs(), self());
  }

  /// The square root; NaN below 0, and the slope at 0 is infinite.
  default Tensor sqrt() {
    return Tensor.apply(new Sqrt(), self());
  }

  /// `1 / √x`; infinite at 0.
  default Tensor rsqrt() {
    return Tensor.apply(new Rsqrt(), self());
  }

  /// `eˣ`.
  default Tensor exp() {
    return Tensor.apply(new Exp(), self());
  }

  /// `eˣ - 1`, accurate near 0.
  default Tensor expm1() {
    return Tensor.apply(new Expm1(), self());
  }

  /// The natural logarithm; `-inf` at 0 and NaN below.
  default Tensor log() {
    return Tensor.apply(new Log(), self());
  }

  /// `ln(1 + x)`, accurate near 0.
  default Tensor log1p() {
    return Tensor.apply(new Log1p(), self());
  }

  /// The sine of radians.
  default Tensor sin() {
    return Tensor.apply(new Sin(), self());
  }

  /// The cosine of radians.
  default Tensor cos() {
    return Tensor.apply(new Cos(), self());
  }

  /// The tangent of radians.
  default Tensor tan() {
    return Tensor.apply(new Tan(), self());
  }

  /// The hyperbolic tangent.
  default Tensor tanh() {
    return Tensor.apply(new Tanh(), self());
  }

  /// The logistic function, `1 / (1 + e⁻ˣ)`.
  default Tensor sigmoid() {
    return Tensor.apply(new Sigmoid(), self());
  }

  /// The error function, `2/√π ∫₀ˣ e^(-t²) dt`.
  default Tensor erf() {
    return Tensor.apply(new Erf(), self());
  }

  // ---- activations ----

  /// The positive part, `max(x, 0)`; its slope at 0 is 0.
  default Tensor relu() {
    return Tensor.apply(new Relu(), self());
  }

  /// The positive part up to six, `min(max(x, 0), 6)`; its slope at 0 and at 6 is 0.
  default Tensor relu6() {
    return Tensor.apply(new Relu6(), self());
  }

  /// `x` above 0 and `leak · x` below.
  default Tensor leakyRelu(double leak) {
    return Tensor.apply(new LeakyRelu(leak), self());
  }

  /// The exponential linear unit: `x` above 0 and `alpha (eˣ - 1)` below.
  default Tensor elu(double alpha) {
    return Tensor.apply(new Elu(alpha), self());
  }

  /// The smooth positive part, `ln(1 + eˣ)`, exact for every `x`.
  default Tensor softplus() {
    return Tensor.apply(new Softplus(), self());
  }

  /// The logarithm of the logistic function, `-ln(1 + e⁻ˣ)`.
  default Tensor logSigmoid() {
    return neg().softplus().neg();
  }

  /// `x · sigmoid(x)`, also called swish.
  default Tensor silu() {
    return mul(sigmoid());
  }

  /// `x · Φ(x)`, with the distribution function of the normal distribution: `½ x (1 + erf(x /
  /// √2))`. D. Hendrycks and K. Gimpel, "Gaussian error linear units" (2016).
  default Tensor gelu() {
    return mul(mul(Math.sqrt(0.5)).erf().add(1)).mul(0.5);
  }

  /// The approximation of [#gelu] by a tanh: `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
  default Tensor geluTanh() {
    double scale = Math.sqrt(2 / Math.PI);
    Tensor inner = square().mul(0.044715 * scale).add(scale).mul(self());
    return mul(0.5).mul(inner.tanh().add(1));
  }

  // ---- rounding; no derivative flows through these ----

  /// -1, 0 or 1.
  default Tensor sign() {
    return Tensor.apply(new Sign(), self());
  }

  /// Rounded down.
  default Tensor floor() {
    return Tensor.apply(new Floor(), self());
  }

  /// Rounded up.
  default Tensor ceil() {
    return Tensor.apply(new Ceil(), self());
  }

  /// Rounded to the nearest integer, halves to the even one.
  default Tensor round() {
    return Tensor.apply(new Round(), self());
  }

  // ---- conversion ----

  /// The same values in another dtype; this tensor if it has that dtype already. To integers they
  /// are truncated toward zero; to `BOOL`, everything but 0 is true. Derivatives flow between `F32`
  /// and `F64`.
  default Tensor to(DType dtype) {
    return self().dtype() == dtype ? self() : Tensor.apply(new Cast(dtype), self());
  }

  /// The same values, through which no derivative flows back.
  default Tensor stopGradient() {
    return Tensor.apply(new StopGradient(), self());
  }

  private Tensor like(double number) {
    return Tensor.full(Shape.SCALAR, self().dtype(), number);
  }
}
