package dev.backlight.core;

import dev.backlight.core.op.Acos;
import dev.backlight.core.op.Acosh;
import dev.backlight.core.op.Asin;
import dev.backlight.core.op.Asinh;
import dev.backlight.core.op.Atan;
import dev.backlight.core.op.Atan2;
import dev.backlight.core.op.Atanh;
import dev.backlight.core.op.Cbrt;
import dev.backlight.core.op.Copysign;
import dev.backlight.core.op.Cosh;
import dev.backlight.core.op.Entr;
import dev.backlight.core.op.Erfc;
import dev.backlight.core.op.Erfcx;
import dev.backlight.core.op.Erfinv;
import dev.backlight.core.op.Exp2;
import dev.backlight.core.op.FloorDiv;
import dev.backlight.core.op.Fmod;
import dev.backlight.core.op.Hypot;
import dev.backlight.core.op.Lgamma;
import dev.backlight.core.op.Log10;
import dev.backlight.core.op.Log2;
import dev.backlight.core.op.LogAddExp;
import dev.backlight.core.op.Logit;
import dev.backlight.core.op.Polygamma;
import dev.backlight.core.op.Remainder;
import dev.backlight.core.op.Sinc;
import dev.backlight.core.op.Sinh;
import dev.backlight.core.op.Softsign;
import dev.backlight.core.op.Trunc;
import dev.backlight.core.op.TruncDiv;

/// Special functions and activations, element by element.
///
/// Two tensors are broadcast and typed as in [TensorMath].
public sealed interface TensorSpecial permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- angles ----

  /// The angle in [-π/2, π/2] whose sine this is; NaN outside [-1, 1].
  default Tensor asin() {
    return Tensor.apply(new Asin(), self());
  }

  /// The angle in [0, π] whose cosine this is; NaN outside [-1, 1].
  default Tensor acos() {
    return Tensor.apply(new Acos(), self());
  }

  /// The angle in [-π/2, π/2] whose tangent this is.
  default Tensor atan() {
    return Tensor.apply(new Atan(), self());
  }

  /// The angle in [-π, π] of the point (x, self); its slopes at the origin are 0.
  default Tensor atan2(Tensor x) {
    return Broadcast.apply(new Atan2(), self(), x);
  }

  /// The length `√(self² + other²)`, without overflow; its slopes at the origin are 0.
  default Tensor hypot(Tensor other) {
    return Broadcast.apply(new Hypot(), self(), other);
  }

  /// The length `√(self² + number²)`, without overflow.
  default Tensor hypot(double number) {
    return hypot(like(number));
  }

  // ---- hyperbolic functions ----

  /// The hyperbolic sine, `(eˣ - e⁻ˣ) / 2`.
  default Tensor sinh() {
    return Tensor.apply(new Sinh(), self());
  }

  /// The hyperbolic cosine, `(eˣ + e⁻ˣ) / 2`.
  default Tensor cosh() {
    return Tensor.apply(new Cosh(), self());
  }

  /// The inverse of [#sinh].
  default Tensor asinh() {
    return Tensor.apply(new Asinh(), self());
  }

  /// The inverse of [#cosh]; NaN below 1.
  default Tensor acosh() {
    return Tensor.apply(new Acosh(), self());
  }

  /// The inverse of the hyperbolic tangent; infinite at ±1 and NaN beyond.
  default Tensor atanh() {
    return Tensor.apply(new Atanh(), self());
  }

  // ---- exponentials, logarithms, roots ----

  /// `2ˣ`, exact for integers.
  default Tensor exp2() {
    return Tensor.apply(new Exp2(), self());
  }

  /// The logarithm to base 2, exact for powers of two; `-inf` at 0 and NaN below.
  default Tensor log2() {
    return Tensor.apply(new Log2(), self());
  }

  /// The logarithm to base 10; `-inf` at 0 and NaN below.
  default Tensor log10() {
    return Tensor.apply(new Log10(), self());
  }

  /// The cube root, also of negative numbers; its slope at 0 is infinite.
  default Tensor cbrt() {
    return Tensor.apply(new Cbrt(), self());
  }

  /// `ln(eˣ + eʸ)`, without overflow. Two of +∞ share the derivative, two of -∞ have none.
  default Tensor logAddExp(Tensor other) {
    return Broadcast.apply(new LogAddExp(), self(), other);
  }

  /// `self · ln(other)`, and 0 where self is 0, be the logarithm infinite or NaN.
  default Tensor xlogy(Tensor other) {
    Tensor nothing = self().eq(0).and(other.le(0).or(other.eq(Double.POSITIVE_INFINITY)));
    return nothing.where(0, self().mul(nothing.where(1, other).log()));
  }

  /// `self · ln(1 + other)`, accurate near 0, and 0 where self is 0, be the logarithm infinite or
  /// NaN.
  default Tensor xlog1py(Tensor other) {
    Tensor nothing = self().eq(0).and(other.le(-1).or(other.eq(Double.POSITIVE_INFINITY)));
    return nothing.where(0, self().mul(nothing.where(1, other).log1p()));
  }

  /// The entropy of a probability, `-x ln x`, 0 at 0; NaN below.
  default Tensor entr() {
    return Tensor.apply(new Entr(), self());
  }

  /// The inverse of the logistic function, `ln(x / (1 - x))`; NaN outside [0, 1].
  default Tensor logit() {
    return Tensor.apply(new Logit(), self());
  }

  // ---- division with a remainder, and parts of a number ----

  /// What is left after division by `other` rounded down, with the sign of `other`, as in Python.
  default Tensor remainder(Tensor other) {
    return Broadcast.apply(new Remainder(), self(), other);
  }

  /// What is left after division by a number rounded down, with the sign of the number.
  default Tensor remainder(double number) {
    return remainder(like(number));
  }

  /// What is left after division by `other` rounded toward zero, with the sign of self, as `%` in
  /// Java.
  default Tensor fmod(Tensor other) {
    return Broadcast.apply(new Fmod(), self(), other);
  }

  /// What is left after division by a number rounded toward zero, with the sign of self.
  default Tensor fmod(double number) {
    return fmod(like(number));
  }

  /// The quotient rounded down; no derivative flows through it.
  default Tensor floorDiv(Tensor other) {
    return Broadcast.apply(new FloorDiv(), self(), other);
  }

  /// The quotient by a number, rounded down; no derivative flows through it.
  default Tensor floorDiv(double number) {
    return floorDiv(like(number));
  }

  /// The quotient rounded toward zero, as `/` of integers in Java; no derivative flows through it.
  default Tensor truncDiv(Tensor other) {
    return Broadcast.apply(new TruncDiv(), self(), other);
  }

  /// Rounded toward zero; no derivative flows through it.
  default Tensor trunc() {
    return Tensor.apply(new Trunc(), self());
  }

  /// What [#trunc] takes away, with the sign of self; its slope is 1.
  default Tensor frac() {
    return self().sub(trunc());
  }

  /// The size of self with the sign of `other`, that of a zero included.
  default Tensor copysign(Tensor other) {
    return Broadcast.apply(new Copysign(), self(), other);
  }

  /// True where self is NaN, of dtype `BOOL`.
  default Tensor isNan() {
    return self().ne(self());
  }

  /// True where self is infinite, of dtype `BOOL`.
  default Tensor isInf() {
    return self().abs().eq(Double.POSITIVE_INFINITY);
  }

  /// True where self is neither infinite nor NaN, of dtype `BOOL`.
  default Tensor isFinite() {
    return self().abs().lt(Double.POSITIVE_INFINITY);
  }

  /// Self with other numbers for NaN, +∞ and -∞, through which no derivative flows.
  default Tensor nanToNum(double nan, double positive, double negative) {
    Tensor named = isNan().where(nan, self());
    Tensor above = self().eq(Double.POSITIVE_INFINITY).where(positive, named);
    return self().eq(Double.NEGATIVE_INFINITY).where(negative, above);
  }

  // ---- between two numbers ----

  /// `self + weight (end - self)`.
  default Tensor lerp(Tensor end, Tensor weight) {
    return self().add(end.sub(self()).mul(weight));
  }

  /// `self + weight (end - self)`, exact at both ends.
  default Tensor lerp(Tensor end, double weight) {
    return weight < 0.5
        ? self().add(end.sub(self()).mul(weight))
        : end.sub(end.sub(self()).mul(1 - weight));
  }

  /// Held between two tensors, `min(max(self, lo), hi)`; a tie shares the derivative evenly.
  default Tensor clamp(Tensor lo, Tensor hi) {
    return self().maximum(lo).minimum(hi);
  }

  // ---- the gamma function ----

  /// The logarithm of the gamma function's size, `ln |Γ(x)|`; +∞ at the poles 0, -1, -2, …
  default Tensor lgamma() {
    return Tensor.apply(new Lgamma(), self());
  }

  /// The derivative of [#lgamma]; NaN at the poles.
  default Tensor digamma() {
    return polygamma(0);
  }

  /// The derivative of order `n + 1` of [#lgamma].
  default Tensor polygamma(int n) {
    return Tensor.apply(new Polygamma(n), self());
  }

  // ---- the error function and the normal distribution ----

  /// The complement of the error function, `1 - erf(x)`, without cancellation.
  default Tensor erfc() {
    return Tensor.apply(new Erfc(), self());
  }

  /// `exp(x²) erfc(x)`, which neither underflows nor cancels for large `x`.
  default Tensor erfcx() {
    return Tensor.apply(new Erfcx(0), self());
  }

  /// The inverse of the error function; infinite at ±1 and NaN beyond.
  default Tensor erfinv() {
    return Tensor.apply(new Erfinv(), self());
  }

  /// The distribution function of the normal distribution, `½ erfc(-x / √2)`.
  default Tensor ndtr() {
    return self().mul(-Math.sqrt(0.5)).erfc().mul(0.5);
  }

  /// The logarithm of [#ndtr], exact far to the left, too.
  default Tensor logNdtr() {
    Tensor left = self().lt(0);
    Tensor below = left.where(self(), 0);
    Tensor above = left.where(0, self());
    Tensor tail = below.mul(-Math.sqrt(0.5)).erfcx().mul(0.5).log().sub(below.square().mul(0.5));
    return left.where(tail, above.mul(Math.sqrt(0.5)).erfc().mul(-0.5).log1p());
  }

  /// `sin(πx) / (πx)`, 1 at 0, with all its derivatives.
  default Tensor sinc() {
    return Tensor.apply(new Sinc(), self());
  }

  // ---- activations ----

  /// `x / (1 + |x|)`.
  default Tensor softsign() {
    return Tensor.apply(new Softsign(), self());
  }

  /// The self-normalising [TensorMath#elu]: `1.0507 · elu(x)` with `alpha = 1.67326`. G. Klambauer
  /// et al., "Self-normalizing neural networks" (2017).
  default Tensor selu() {
    return self().elu(1.6732632423543772848).mul(1.0507009873554804934);
  }

  /// The continuously differentiable exponential linear unit: `x` above 0 and `alpha (exp(x /
  /// alpha) - 1)` below. J. T. Barron, "Continuously differentiable exponential linear units"
  /// (2017).
  default Tensor celu(double alpha) {
    if (alpha == 0 || !(Math.abs(alpha) < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("celu needs a finite alpha other than 0, got " + alpha);
    }
    return self().gt(0).where(self(), self().div(alpha).expm1().mul(alpha));
  }

  /// `x · tanh(softplus(x))`. D. Misra, "Mish: a self regularized non-monotonic activation
  /// function" (2019).
  default Tensor mish() {
    return self().mul(self().softplus().tanh());
  }

  /// The logistic function by straight lines, `min(max(x + 3, 0), 6) / 6`; its slope at ±3 is 0.
  default Tensor hardSigmoid() {
    return self().add(3).relu6().div(6);
  }

  /// `x ·` [#hardSigmoid]. A. Howard et al., "Searching for MobileNetV3" (2019).
  default Tensor hardSwish() {
    return self().mul(hardSigmoid());
  }

  /// Held between -1 and 1; the slope is 1 also on the bounds, as of `clamp`.
  default Tensor hardTanh() {
    return self().clamp(-1, 1);
  }

  /// Nearer to 0 by `lambda`: `x - lambda` above it, `x + lambda` below its negative, else 0.
  default Tensor softShrink(double lambda) {
    checkShrink("softShrink", lambda);
    return self().sub(self().clamp(-lambda, lambda));
  }

  /// Self where it is farther from 0 than `lambda`, else 0.
  default Tensor hardShrink(double lambda) {
    checkShrink("hardShrink", lambda);
    return self().abs().le(lambda).where(0, self());
  }

  /// `x - tanh(x)`.
  default Tensor tanhShrink() {
    return self().sub(self().tanh());
  }

  /// Self where it is greater than `at`, else `value`.
  default Tensor threshold(double at, double value) {
    return self().le(at).where(value, self());
  }

  /// `(x + √(x² + b)) / 2`, a smooth positive part. J. T. Barron, "Squareplus: a softplus-like
  /// algebraic rectifier" (2021).
  default Tensor squareplus(double b) {
    if (!(b >= 0 && b < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("squareplus needs a finite b of at least 0, got " + b);
    }
    Tensor root = self().hypot(Math.sqrt(b));
    // Below 0 the sum would cancel; it is b over the difference.
    return self().lt(0).where(root.sub(self()).reciprocal().mul(b / 2), root.add(self()).mul(0.5));
  }

  /// The first half along an axis, gated by the second: `a · sigmoid(b)`. Y. Dauphin et al.,
  /// "Language modeling with gated convolutional networks" (2017).
  default Tensor glu(int axis) {
    int size = self().shape().size(axis);
    if (size % 2 != 0) {
      throw new ShapeException(
          "glu needs an even size along axis " + axis + ", got " + self().shape());
    }
    return self().slice(axis, 0, size / 2).mul(self().slice(axis, size / 2, size).sigmoid());
  }

  private Tensor like(double number) {
    return Tensor.full(Shape.SCALAR, self().dtype(), number);
  }

  private static void checkShrink(String name, double lambda) {
    if (!(lambda >= 0)) {
      throw new IllegalArgumentException(name + " needs a lambda of at least 0, got " + lambda);
    }
  }
}
