package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// A step of long short-term memory: with the gates `i`, `f`, `g`, `o` of `x · input + h ·
/// recurrent + bias`, `c' = σ(f) c + σ(i) tanh(g)` and `h' = σ(o) tanh(c')`. S. Hochreiter and J.
/// Schmidhuber (1997).
///
/// The state is `h` and `c`. The gates lie side by side in the order `i f g o`, as in PyTorch,
/// whose two biases are one here: their sum.
///
/// @param input (in, 4h)
/// @param recurrent (h, 4h)
/// @param bias (4h)
public record LstmCell(Tensor input, Tensor recurrent, Tensor bias) implements Cell {
  /// A new cell, drawn by [Init#GLOROT], with a bias of zeros but for the forget gate, which begins
  /// open at 1.
  public static LstmCell of(int in, int hidden, DType dtype, Key key) {
    Key[] keys = key.split(2);
    Tensor none = Tensor.zeros(Shape.of(hidden), dtype);
    return new LstmCell(
        Init.GLOROT.draw(Shape.of(in, 4 * hidden), in, hidden, dtype, keys[0]),
        Init.GLOROT.draw(Shape.of(hidden, 4 * hidden), hidden, hidden, dtype, keys[1]),
        Tensor.concat(0, none, Tensor.ones(Shape.of(hidden), dtype), none, none));
  }

  @Override
  public int hidden() {
    return bias.elements() / 4;
  }

  @Override
  public int states() {
    return 2;
  }

  @Override
  public Tensor projected(Tensor x) {
    return x.matmul(input).add(bias);
  }

  @Override
  public List<Tensor> step(Tensor projected, List<Tensor> state) {
    int h = hidden();
    List<Tensor> gates = projected.add(state.getFirst().matmul(recurrent)).split(-1, h, h, h, h);
    Tensor kept = gates.get(1).sigmoid().mul(state.getLast());
    Tensor c = kept.add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
    return List.of(gates.get(3).sigmoid().mul(c.tanh()), c);
  }
}
