package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Weights whose rows or columns, whichever are fewer, are orthonormal, times a gain: signals keep
/// their norm.
///
/// The first axis against all others is the matrix. It is the `Q` of a normal matrix with the signs
/// of `R`'s diagonal, which makes every rotation equally likely. A. Saxe et al., "Exact solutions
/// to the nonlinear dynamics of learning in deep linear neural networks" (2014).
///
/// @param gain the factor, as √2 for relu
public record Orthogonal(double gain) implements Init {
  public Orthogonal {
    if (!Double.isFinite(gain) || gain == 0) {
      throw new IllegalArgumentException("weights need a finite gain other than 0, got " + gain);
    }
  }

  @Override
  public Tensor draw(Shape shape, int fanIn, int fanOut, DType dtype, Key key) {
    if (shape.rank() < 2 || shape.elements() == 0) {
      throw new IllegalArgumentException(
          "orthogonal weights need at least 2 axes, none of size 0, got " + shape);
    }
    int rows = shape.size(0);
    int columns = shape.elements() / rows;
    int many = Math.max(rows, columns);
    int few = Math.min(rows, columns);
    var factors = key.normal(Shape.of(many, few), DType.F64).qr();
    Tensor signs =
        factors.r().mul(Tensor.eye(few, DType.F64)).sum(1).ge(0).to(DType.F64).mul(2).sub(1);
    Tensor q = factors.q().mul(signs);
    return (rows < columns ? q.transpose() : q).reshape(shape).mul(gain).to(dtype);
  }
}
