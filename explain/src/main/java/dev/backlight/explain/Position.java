package dev.backlight.explain;

import dev.backlight.core.Op;
import org.jspecify.annotations.Nullable;

/// Where among the layers of a network a rule is for: see [CompositeRule#at].
///
/// | position | layers |
/// |---|---|
/// | `Position.first()` | those that read the input, with nothing but moves between |
/// | `Position.last()` | those that no other layer follows |
/// | `Position.layer(2)`, `Position.layer(-1)` | the third in the order of computation, the last |
/// | `Position.nth(Conv2d.class, 0)` | the first of an op; from the end if negative |
/// | `Position.fromInput(0, 3)` | those with less than three layers before them on the longest way from the input |
/// | `Position.fromOutput(1, 4)` | those with one to three layers behind them on the longest way to the answer |
///
/// A layer is a product with given weights or a convolution, each time that it is computed: one
/// that is used twice is two layers, one in a loop as many as it has steps.
public sealed interface Position {
  /// The layers that read the input, if there are such.
  static Position first() {
    return new First();
  }

  /// The layers that no other layer follows.
  static Position last() {
    return fromOutput(0, 1);
  }

  /// One layer in the order of computation: 0 is the first, -1 the last.
  static Position layer(int k) {
    return new Nth(null, k);
  }

  /// One layer of an op, such as `Conv2d.class`, in the order of computation: 0 is the first, -1
  /// the last.
  static Position nth(Class<? extends Op> op, int k) {
    return new Nth(op, k);
  }

  /// The layers with `from` to `to - 1` layers before them, on the longest way from the input.
  static Position fromInput(int from, int to) {
    return new Depth(true, from, to);
  }

  /// The layers with `from` to `to - 1` layers behind them, on the longest way to the answer.
  static Position fromOutput(int from, int to) {
    return new Depth(false, from, to);
  }

  /// What reads the input.
  record First() implements Position {
    @Override
    public String toString() {
      return "the layers that read the input";
    }
  }

  /// One layer by its number.
  ///
  /// @param op of which layers; of all if `null`
  /// @param k from 0, or from the end
  record Nth(@Nullable Class<? extends Op> op, int k) implements Position {
    @Override
    public String toString() {
      return "layer " + k + (op == null ? "" : " of " + op.getSimpleName());
    }
  }

  /// Layers by how many others lie before or behind.
  record Depth(boolean fromInput, int from, int to) implements Position {
    public Depth {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException(
            "layers at depths from..to-1 need 0 <= from < to, got " + from + " and " + to);
      }
    }

    @Override
    public String toString() {
      String depth = from + 1 == to ? "depth " + from : "depths " + from + " to " + (to - 1);
      return "layers at " + depth + " from the " + (fromInput ? "input" : "answer");
    }
  }
}
