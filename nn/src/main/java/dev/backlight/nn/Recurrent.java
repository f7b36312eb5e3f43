package dev.backlight.nn;

import dev.backlight.autodiff.Scanned;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Recurrent layers on top of each other, in one or in both directions: from (n, t, in) to (n, t,
/// h), or to (n, t, 2h) with the backward direction behind the forward one.
///
/// Each direction is one [scan][Tape#scan(BiFunction, Object, Object)]: a tape holds one step,
/// however many there are. With lengths, what lies behind the end of a sequence is not read, and
/// answered as zeros.
///
/// @param forward the cells of each layer
/// @param backward the cells of each layer in the other direction, or none
/// @param dropout in training, of what goes from layer to layer, in `[0, 1)`
/// @param last whether [#apply] answers only the output of the last step of each direction, (n, h)
///   or (n, 2h)
public record Recurrent(List<Cell> forward, List<Cell> backward, double dropout, boolean last)
    implements Layer {
  public Recurrent {
    forward = List.copyOf(forward);
    backward = List.copyOf(backward);
    Dropout.requireRate("recurrent", dropout);
    if (forward.isEmpty() || !(backward.isEmpty() || backward.size() == forward.size())) {
      throw new IllegalArgumentException(
          "recurrent needs a cell for each layer, and as many or none backwards, got "
              + forward.size()
              + " and "
              + backward.size());
    }
  }

  /// How new cells are made.
  public enum Kind {
    /// [RnnCell].
    RNN,
    /// [LstmCell].
    LSTM,
    /// [GruCell].
    GRU;

    Cell cell(int in, int hidden, DType dtype, Key key) {
      return switch (this) {
        case RNN -> RnnCell.of(in, hidden, dtype, key);
        case LSTM -> LstmCell.of(in, hidden, dtype, key);
        case GRU -> GruCell.of(in, hidden, dtype, key);
      };
    }
  }

  /// What sequences lead to.
  ///
  /// @param outputs of every step, (n, t, h) or (n, t, 2h)
  /// @param states the last state of every cell, each tensor (n, h): forward then backward, layer
  ///   by layer
  public record Run(Tensor outputs, List<List<Tensor>> states) {}

  /// New layers of `F32` in one direction.
  public static Recurrent of(Kind kind, int in, int hidden, int layers, Key key) {
    return of(kind, in, hidden, layers, false, DType.F32, key);
  }

  /// New layers in one direction or in both.
  public static Recurrent of(
      Kind kind, int in, int hidden, int layers, boolean both, DType dtype, Key key) {
    if (in < 1 || hidden < 1 || layers < 1) {
      throw new IllegalArgumentException(
          "recurrent needs sizes and layers of at least 1, got "
              + in
              + ", "
              + hidden
              + " and "
              + layers);
    }
    List<Cell> forward = new ArrayList<>();
    List<Cell> backward = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int read = i == 0 ? in : both ? 2 * hidden : hidden;
      forward.add(kind.cell(read, hidden, dtype, key.fold(2L * i)));
      if (both) {
        backward.add(kind.cell(read, hidden, dtype, key.fold(2L * i + 1)));
      }
    }
    return new Recurrent(forward, backward, 0, false);
  }

  /// The same layers, with dropout between them in training.
  public Recurrent dropout(double rate) {
    return new Recurrent(forward, backward, rate, last);
  }

  /// The same layers, of which only the last output is answered.
  public Recurrent lastOnly() {
    return new Recurrent(forward, backward, dropout, true);
  }

  @Override
  public Tensor apply(Tensor x) {
    return answer(run(x, null, null));
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return answer(run(x, null, pass));
  }

  @Override
  public boolean differsInTraining() {
    return dropout > 0 && forward.size() > 1;
  }

  private Tensor answer(Run run) {
    if (!last) {
      return run.outputs();
    }
    int top = run.states().size() - (backward.isEmpty() ? 1 : 2);
    Tensor ahead = run.states().get(top).getFirst();
    return backward.isEmpty()
        ? ahead
        : Tensor.concat(1, ahead, run.states().get(top + 1).getFirst());
  }

  /// Outputs and last states for sequences of different lengths.
  ///
  /// @param x (n, t, in)
  /// @param lengths (n) of integers up to `t`, or `null` if all are whole
  /// @param pass of training, or `null` at inference
  public Run run(Tensor x, @Nullable Tensor lengths, @Nullable Train pass) {
    if (x.rank() != 3) {
      throw new ShapeException("recurrent needs (n, t, in), got " + x.shape());
    }
    if (lengths != null && !lengths.shape().equals(Shape.of(x.size(0)))) {
      throw new ShapeException(
          "recurrent needs a length for each of "
              + x.size(0)
              + " sequences, got "
              + lengths.shape());
    }
    int steps = x.size(1);
    // (t, n, 1): whether a step lies within its sequence.
    Tensor within =
        lengths == null
            ? null
            : Tensor.arange(steps, DType.F64)
                .reshape(steps, 1, 1)
                .lt(lengths.to(DType.F64).reshape(1, x.size(0), 1));
    Tensor y = x.swap(0, 1);
    List<List<Tensor>> states = new ArrayList<>();
    for (int i = 0; i < forward.size(); i++) {
      if (i > 0 && pass != null && dropout > 0) {
        y = y.dropout(dropout, pass.key());
      }
      Scanned<List<Tensor>, Tensor> ahead = scan(forward.get(i), y, within, false);
      states.add(ahead.carry());
      if (backward.isEmpty()) {
        y = ahead.out();
      } else {
        Scanned<List<Tensor>, Tensor> back = scan(backward.get(i), y, within, true);
        states.add(back.carry());
        y = Tensor.concat(2, ahead.out(), back.out());
      }
    }
    return new Run(y.swap(0, 1), states);
  }

  private record Input(Tensor x, @Nullable Tensor within) {}

  private static Scanned<List<Tensor>, Tensor> scan(
      Cell cell, Tensor x, @Nullable Tensor within, boolean backwards) {
    Tensor projected = cell.projected(x);
    Shape one = Shape.of(x.size(1), cell.hidden());
    List<Tensor> start = new ArrayList<>();
    for (int i = 0; i < cell.states(); i++) {
      start.add(Tensor.zeros(one, x.dtype()));
    }
    BiFunction<List<Tensor>, Input, Scanned<List<Tensor>, Tensor>> step =
        (state, in) -> {
          List<Tensor> next = cell.step(in.x(), state);
          if (in.within() == null) {
            return new Scanned<>(next, next.getFirst());
          }
          List<Tensor> held = new ArrayList<>();
          for (int i = 0; i < next.size(); i++) {
            held.add(Tensor.where(in.within(), next.get(i), state.get(i)));
          }
          Tensor none = Tensor.zeros(Shape.SCALAR, x.dtype());
          return new Scanned<>(held, Tensor.where(in.within(), next.getFirst(), none));
        };
    Input inputs = new Input(projected, within);
    return backwards ? Tape.scanBackwards(step, start, inputs) : Tape.scan(step, start, inputs);
  }
}
