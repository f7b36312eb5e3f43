package dev.backlight.core;

import dev.backlight.core.op.And;
import dev.backlight.core.op.Compare;
import dev.backlight.core.op.Compare.Kind;
import dev.backlight.core.op.CompareTo;
import dev.backlight.core.op.Not;
import dev.backlight.core.op.Or;
import dev.backlight.core.op.Where;

/// Questions asked of every element: comparisons, truth tables, and the choice between two tensors.
///
/// Answers are tensors of dtype `BOOL`, and no derivative flows through them. Operands are
/// broadcast and typed as in [TensorMath].
public sealed interface TensorLogic permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- comparisons, of dtype BOOL ----

  /// `self > other`.
  default Tensor gt(Tensor other) {
    return Broadcast.apply(new Compare(Kind.GT), self(), other);
  }

  /// `self > number`.
  default Tensor gt(double number) {
    return Tensor.apply(new CompareTo(Kind.GT, number), self());
  }

  /// `self ≥ other`.
  default Tensor ge(Tensor other) {
    return Broadcast.apply(new Compare(Kind.GE), self(), other);
  }

  /// `self ≥ number`.
  default Tensor ge(double number) {
    return Tensor.apply(new CompareTo(Kind.GE, number), self());
  }

  /// `self < other`.
  default Tensor lt(Tensor other) {
    return Broadcast.apply(new Compare(Kind.LT), self(), other);
  }

  /// `self < number`.
  default Tensor lt(double number) {
    return Tensor.apply(new CompareTo(Kind.LT, number), self());
  }

  /// `self ≤ other`.
  default Tensor le(Tensor other) {
    return Broadcast.apply(new Compare(Kind.LE), self(), other);
  }

  /// `self ≤ number`.
  default Tensor le(double number) {
    return Tensor.apply(new CompareTo(Kind.LE, number), self());
  }

  /// `self = other`; NaN equals nothing.
  default Tensor eq(Tensor other) {
    return Broadcast.apply(new Compare(Kind.EQ), self(), other);
  }

  /// `self = number`; NaN equals nothing.
  default Tensor eq(double number) {
    return Tensor.apply(new CompareTo(Kind.EQ, number), self());
  }

  /// `self ≠ other`; NaN differs from everything.
  default Tensor ne(Tensor other) {
    return Broadcast.apply(new Compare(Kind.NE), self(), other);
  }

  /// `self ≠ number`; NaN differs from everything.
  default Tensor ne(double number) {
    return Tensor.apply(new CompareTo(Kind.NE, number), self());
  }

  /// Whether both are true; needs `BOOL`.
  default Tensor and(Tensor other) {
    return Broadcast.apply(new And(), self(), other);
  }

  /// Whether one or both are true; needs `BOOL`.
  default Tensor or(Tensor other) {
    return Broadcast.apply(new Or(), self(), other);
  }

  /// True where this is false; needs `BOOL`.
  default Tensor not() {
    return Tensor.apply(new Not(), self());
  }

  // ---- choice ----

  /// `a` where this condition is true and `b` elsewhere. What is not chosen contributes nothing,
  /// neither to the value nor to a derivative, be it NaN or infinite.
  default Tensor where(Tensor a, Tensor b) {
    return Broadcast.apply(new Where(), self(), a, b);
  }

  /// `a` where this condition is true and a number elsewhere.
  default Tensor where(Tensor a, double b) {
    return where(a, Tensor.full(Shape.SCALAR, a.dtype(), b));
  }

  /// A number where this condition is true and `b` elsewhere.
  default Tensor where(double a, Tensor b) {
    return where(Tensor.full(Shape.SCALAR, b.dtype(), a), b);
  }
}
