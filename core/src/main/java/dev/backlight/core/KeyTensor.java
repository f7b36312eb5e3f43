package dev.backlight.core;

import dev.backlight.core.op.Draw;
import dev.backlight.core.op.FoldKey;

/// A [Key] as a tensor: what a tape takes as an input in order to draw anew on every replay.
///
/// A plain `Key` inside a recorded function draws once, and the tape keeps what it drew. With a
/// `KeyTensor` the draws are nodes: they follow the key that is played, with the bits that the
/// plain key gives.
///
/// {@snippet :
/// KeyTensor key = KeyTensor.of(Key.of(7));
/// Tensor noise = key.fold(step).normal(x.shape(), x.dtype()); // step: an I64 scalar on the tape
/// }
///
/// @param bits the two components of the key, `I64` of (2)
public record KeyTensor(Tensor bits) {
  /// The same key as a tensor.
  public static KeyTensor of(Key key) {
    return new KeyTensor(Tensor.of(key.key(), key.stream()));
  }

  /// The key for this number, as [Key#fold]: different numbers give independent keys.
  public KeyTensor fold(long data) {
    return fold(Tensor.of(Shape.SCALAR, data));
  }

  /// The key for a number that the tape computes or takes in, an `I64` scalar.
  public KeyTensor fold(Tensor data) {
    return new KeyTensor(Tensor.apply(new FoldKey(), bits, data));
  }

  /// Uniform in `[0, 1)`.
  public Tensor uniform(Shape shape, DType dtype) {
    return Tensor.apply(new Draw(Draw.Kind.UNIFORM, shape, dtype), bits);
  }

  /// Normal with mean 0 and variance 1.
  public Tensor normal(Shape shape, DType dtype) {
    return Tensor.apply(new Draw(Draw.Kind.NORMAL, shape, dtype), bits);
  }

  /// `true` with probability `p`, as `BOOL`.
  public Tensor bernoulli(Shape shape, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("bernoulli needs a probability in 0..1, got " + p);
    }
    return uniform(shape, DType.F64).lt(p);
  }
}
