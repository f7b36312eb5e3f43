package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// A step of a gated recurrent unit: with `r`, `z` and `n` of `x · input + bias` and of `h ·
/// recurrent`, `n' = tanh(n(x) + σ(r) (n(h) + inner))` and `h' = (1 − σ(z)) n' + σ(z) h`. K. Cho et
/// al. (2014).
///
/// The gates lie side by side in the order `r z n`, as in PyTorch; of its two biases those of `r`
/// and `z` are one here, their sum, and the recurrent one of `n` is `inner`.
///
/// @param input (in, 3h)
/// @param recurrent (h, 3h)
/// @param bias (3h)
/// @param inner (h)
public record GruCell(Tensor input, Tensor recurrent, Tensor bias, Tensor inner) implements Cell {
  /// A new cell, drawn by [Init#GLOROT], with biases of zeros.
  public static GruCell of(int in, int hidden, DType dtype, Key key) {
    Key[] keys = key.split(2);
    return new GruCell(
        Init.GLOROT.draw(Shape.of(in, 3 * hidden), in, hidden, dtype, keys[0]),
        Init.GLOROT.draw(Shape.of(hidden, 3 * hidden), hidden, hidden, dtype, keys[1]),
        Tensor.zeros(Shape.of(3 * hidden), dtype),
        Tensor.zeros(Shape.of(hidden), dtype));
  }

  @Override
  public int hidden() {
    return inner.elements();
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
    int h = hidden();
    Tensor before = state.getFirst();
    List<Tensor> read = projected.split(-1, h, h, h);
    List<Tensor> held = before.matmul(recurrent).split(-1, h, h, h);
    Tensor r = read.get(0).add(held.get(0)).sigmoid();
    Tensor z = read.get(1).add(held.get(1)).sigmoid();
    Tensor n = read.get(2).add(r.mul(held.get(2).add(inner))).tanh();
    return List.of(n.add(z.mul(before.sub(n))));
  }
}
