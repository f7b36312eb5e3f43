package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;

/// The direction, scaled down so that the Euclidean norm over all parameters together is at most
/// `max`.
///
/// A shorter one passes unchanged. R. Pascanu et al., "On the difficulty of training recurrent
/// neural networks" (2013).
public record ClipByNorm(double max) implements Transform {
  public ClipByNorm {
    if (!(max > 0)) {
      throw new IllegalArgumentException("a clipping norm needs to be above 0, got " + max);
    }
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    Tensor[] norms =
        move.direction().stream().map(d -> d.norm().to(DType.F64)).toArray(Tensor[]::new);
    if (norms.length == 0) {
      return move;
    }
    Tensor factor = Tensor.stack(0, norms).norm().maximum(max).reciprocal().mul(max);
    return new Move(
        move.direction().stream().map(d -> d.mul(factor.to(d.dtype()))).toList(), move.memory());
  }
}
