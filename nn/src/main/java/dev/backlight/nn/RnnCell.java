package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// A plain recurrent step: `h' = tanh(x · input + h · recurrent + bias)`. J. Elman (1990).
///
/// @param input (in, h)
/// @param recurrent (h, h)
/// @param bias (h)
public record RnnCell(Tensor input, Tensor recurrent, Tensor bias) implements Cell {
  /// A new cell, drawn by [Init#GLOROT], with a bias of zeros.
  public static RnnCell of(int in, int hidden, DType dtype, Key key) {
    Key[] keys = key.split(2);
    return new RnnCell(
        Init.GLOROT.draw(Shape.of(in, hidden), in, hidden, dtype, keys[0]),
        Init.GLOROT.draw(Shape.of(hidden, hidden), hidden, hidden, dtype, keys[1]),
        Tensor.zeros(Shape.of(hidden), dtype));
  }

  @Override
  public int hidden() {
    return bias.elements();
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public Tensor projected(Tensor x) {
    return x.matmul(input).add(bias);
  }

  @Override
  public List<Tensor> step(Tensor projected, List<Tensor> state) {
    return List.of(projected.add(state.getFirst().matmul(recurrent)).tanh());
  }
}
