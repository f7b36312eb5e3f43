package dev.backlight.core;

import dev.backlight.core.op.Abs;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Ceil;
import dev.backlight.core.op.Compare;
import dev.backlight.core.op.Compare.Kind;
import dev.backlight.core.op.CompareTo;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Exp;
import dev.backlight.core.op.Expm1;
import dev.backlight.core.op.Floor;
import dev.backlight.core.op.Log;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Reciprocal;
import dev.backlight.core.op.Relu;
import dev.backlight.core.op.Round;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sigmoid;
import dev.backlight.core.op.Sign;
import dev.backlight.core.op.Sqrt;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Tanh;
import dev.backlight.core.op.Where;

/// Operations on single elements and on pairs of them.
///
/// Two tensors are broadcast by NumPy's rule: aligned at the last axis, sizes equal or 1. They need one
/// dtype; a `double` operand is rounded to the dtype of the tensor.
public sealed interface TensorMath permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- sums and products ----

  /// `self + other`, element by element.
  default Tensor add(Tensor other) {
    return pair(new Add(), self(), other);
  }

  /// `self + number`.
  default Tensor add(double number) {
    return Tensor.apply(new Shift(number), self());
  }

  /// `self - other`, element by element.
  default Tensor sub(Tensor other) {
    return pair(new Sub(), self(), other);
  }

  /// `self - number`.
  default Tensor sub(double number) {
    return Tensor.apply(new Shift(-number), self());
  }

  /// `self · other`, element by element.
  default Tensor mul(Tensor other) {
    return pair(new Mul(), self(), other);
  }

  /// `self · number`.
  default Tensor mul(double number) {
    return Tensor.apply(new Scale(number), self());
  }

  /// `self / other`, element by element.
  default Tensor div(Tensor other) {
    return pair(new Div(), self(), other);
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

  // ---- functions of one number ----

  /// The absolute value; its slope at 0 is 0.
  default Tensor abs() {
    return Tensor.apply(new Abs(), self());
  }

  /// The square root; NaN below 0, and the slope at 0 is infinite.
  default Tensor sqrt() {
    return Tensor.apply(new Sqrt(), self());
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

  /// The hyperbolic tangent.
  default Tensor tanh() {
    return Tensor.apply(new Tanh(), self());
  }

  /// The logistic function, `1 / (1 + e⁻ˣ)`.
  default Tensor sigmoid() {
    return Tensor.apply(new Sigmoid(), self());
  }

  /// The positive part, `max(x, 0)`; its slope at 0 is 0.
  default Tensor relu() {
    return Tensor.apply(new Relu(), self());
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

  // ---- comparisons, of dtype BOOL ----

  /// `self > other`.
  default Tensor gt(Tensor other) {
    return pair(new Compare(Kind.GT), self(), other);
  }

  /// `self > number`.
  default Tensor gt(double number) {
    return Tensor.apply(new CompareTo(Kind.GT, number), self());
  }

  /// `self ≥ other`.
  default Tensor ge(Tensor other) {
    return pair(new Compare(Kind.GE), self(), other);
  }

  /// `self ≥ number`.
  default Tensor ge(double number) {
    return Tensor.apply(new CompareTo(Kind.GE, number), self());
  }

  /// `self < other`.
  default Tensor lt(Tensor other) {
    return pair(new Compare(Kind.LT), self(), other);
  }

  /// `self < number`.
  default Tensor lt(double number) {
    return Tensor.apply(new CompareTo(Kind.LT, number), self());
  }

  /// `self ≤ other`.
  default Tensor le(Tensor other) {
    return pair(new Compare(Kind.LE), self(), other);
  }

  /// `self ≤ number`.
  default Tensor le(double number) {
    return Tensor.apply(new CompareTo(Kind.LE, number), self());
  }

  /// `self = other`; NaN equals nothing.
  default Tensor eq(Tensor other) {
    return pair(new Compare(Kind.EQ), self(), other);
  }

  /// `self = number`; NaN equals nothing.
  default Tensor eq(double number) {
    return Tensor.apply(new CompareTo(Kind.EQ, number), self());
  }

  /// `self ≠ other`; NaN differs from everything.
  default Tensor ne(Tensor other) {
    return pair(new Compare(Kind.NE), self(), other);
  }

  /// `self ≠ number`; NaN differs from everything.
  default Tensor ne(double number) {
    return Tensor.apply(new CompareTo(Kind.NE, number), self());
  }

  // ---- choice and conversion ----

  /// `a` where this condition is true and `b` elsewhere. What is not chosen contributes nothing, neither to
  /// the value nor to a derivative, be it NaN or infinite.
  default Tensor where(Tensor a, Tensor b) {
    Tensor c = self();
    Shape shape = Shape.broadcast(Shape.broadcast(c.shape(), a.shape()), b.shape());
    return Tensor.apply(new Where(), wide(c, shape), wide(a, shape), wide(b, shape));
  }

  /// `a` where this condition is true and a number elsewhere.
  default Tensor where(Tensor a, double b) {
    return where(a, Tensor.full(Shape.SCALAR, a.dtype(), b));
  }

  /// A number where this condition is true and `b` elsewhere.
  default Tensor where(double a, Tensor b) {
    return where(Tensor.full(Shape.SCALAR, b.dtype(), a), b);
  }

  /// The same values in another dtype; this tensor if it has that dtype already. To integers they are
  /// truncated toward zero; to `BOOL`, everything but 0 is true. Derivatives flow between `F32` and `F64`.
  default Tensor to(DType dtype) {
    return self().dtype() == dtype ? self() : Tensor.apply(new Cast(dtype), self());
  }

  private static Tensor pair(Op op, Tensor x, Tensor y) {
    Shape shape = Shape.broadcast(x.shape(), y.shape());
    return Tensor.apply(op, wide(x, shape), wide(y, shape));
  }

  private static Tensor wide(Tensor x, Shape shape) {
    if (!x.shape().equals(shape)) {
      throw new ShapeException("equal shapes are needed, got " + x.shape() + " and " + shape);
    }
    return x;
  }
}
