package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Recurrent layers: plain, GRU and LSTM, forward, backward or both.
///
/// Steps are unrolled, so that explanations see each of them.
final class Recurrent {
  /// What one step makes of the state.
  ///
  /// @param hidden the output of the step
  /// @param cell the memory of an LSTM
  private record State(Tensor hidden, @Nullable Tensor cell) {}

  private interface Cell {
    /// One step: what the input brings (batch, gates · hidden), and the state before.
    State step(Tensor input, State state);
  }

  private final NodeCall node;
  private final int gates;
  private final int hidden;
  private final Activations activations;
  private final double clip;

  private Recurrent(NodeCall node, int gates, List<String> functions) {
    this.node = node;
    this.gates = gates;
    Tensor w = node.x(1);
    Tensor r = node.x(2);
    if (w.rank() != 3 || r.rank() != 3) {
      throw new Refusal(
          "needs weights (directions, gates, inputs), got " + w.shape() + " and " + r.shape());
    }
    this.hidden = r.size(2);
    if (node.integer("hidden_size", hidden) != hidden
        || w.size(1) != gates * hidden
        || r.size(1) != gates * hidden) {
      throw new Refusal(
          "needs "
              + gates
              + " gates of hidden_size "
              + node.integer("hidden_size", hidden)
              + ", got weights "
              + w.shape()
              + " and "
              + r.shape());
    }
    this.activations = new Activations(node, functions);
    this.clip = node.real("clip", 0);
  }

  static void addTo(Operators all) {
    all.add(
        "RNN",
        node -> {
          Recurrent rnn = new Recurrent(node, 1, List.of("Tanh"));
          return rnn.run(rnn::plain);
        });
    all.add(
        "GRU",
        node -> {
          Recurrent gru = new Recurrent(node, 3, List.of("Sigmoid", "Tanh"));
          return gru.run(gru::gru);
        });
    all.add(
        "LSTM",
        node -> {
          Recurrent lstm = new Recurrent(node, 4, List.of("Sigmoid", "Tanh", "Tanh"));
          return lstm.run(lstm::lstm);
        });
  }

  // ---- cells ----

  private Tensor recurrent(int direction) {
    return node.x(2).get(direction);
  }

  /// The biases (2, gates · hidden) of inputs and of the state.
  private @Nullable Tensor biases(int direction) {
    return node.has(3) ? node.x(3).get(direction).reshape(2, gates * hidden) : null;
  }

  private Tensor gate(Tensor all, int which) {
    return all.slice(-1, which * hidden, (which + 1) * hidden);
  }

  private Tensor clipped(Tensor x) {
    return clip > 0 ? x.clamp(-clip, clip) : x;
  }

  private Tensor withBias(Tensor x, @Nullable Tensor bias) {
    return bias == null ? x : x.add(bias);
  }

  private Cell plain(int direction) {
    Tensor r = recurrent(direction);
    Tensor b = biases(direction);
    Tensor bias = b == null ? null : b.sum(0);
    UnaryOperator<Tensor> f = activations.of(direction, 0);
    return (input, state) ->
        new State(
            f.apply(clipped(withBias(input.add(state.hidden.matmul(r, false, true)), bias))), null);
  }

  private Cell gru(int direction) {
    Tensor r = recurrent(direction);
    Tensor b = biases(direction);
    Tensor inputBias = b == null ? null : b.get(0);
    Tensor stateBias = b == null ? null : b.get(1);
    Tensor rzr = r.slice(0, 0, 2 * hidden);
    Tensor rh = r.slice(0, 2 * hidden, 3 * hidden);
    UnaryOperator<Tensor> f = activations.of(direction, 0);
    UnaryOperator<Tensor> g = activations.of(direction, 1);
    boolean linear = node.flag("linear_before_reset");
    return (input, state) -> {
      Tensor h = state.hidden;
      Tensor in = withBias(input, inputBias);
      Tensor both = in.slice(-1, 0, 2 * hidden).add(h.matmul(rzr, false, true));
      if (stateBias != null) {
        both = both.add(stateBias.slice(0, 0, 2 * hidden));
      }
      Tensor gated = f.apply(clipped(both));
      Tensor z = gate(gated, 0);
      Tensor reset = gate(gated, 1);
      Tensor bias = stateBias == null ? null : gate(stateBias, 2);
      Tensor fresh =
          linear
              ? reset.mul(withBias(h.matmul(rh, false, true), bias))
              : withBias(reset.mul(h).matmul(rh, false, true), bias);
      Tensor candidate = g.apply(clipped(gate(in, 2).add(fresh)));
      return new State(z.oneMinus().mul(candidate).add(z.mul(h)), null);
    };
  }

  private Cell lstm(int direction) {
    Tensor r = recurrent(direction);
    Tensor b = biases(direction);
    Tensor bias = b == null ? null : b.sum(0);
    Tensor peep = node.has(7) ? node.x(7).get(direction) : null;
    UnaryOperator<Tensor> f = activations.of(direction, 0);
    UnaryOperator<Tensor> g = activations.of(direction, 1);
    UnaryOperator<Tensor> h = activations.of(direction, 2);
    boolean coupled = node.flag("input_forget");
    return (input, state) -> {
      Tensor all = withBias(input.add(state.hidden.matmul(r, false, true)), bias);
      Tensor before = Objects.requireNonNull(state.cell);
      Tensor in = f.apply(clipped(peeping(gate(all, 0), peep, 0, before)));
      Tensor forget =
          coupled ? in.oneMinus() : f.apply(clipped(peeping(gate(all, 2), peep, 2, before)));
      Tensor cell = forget.mul(before).add(in.mul(g.apply(clipped(gate(all, 3)))));
      Tensor out = f.apply(clipped(peeping(gate(all, 1), peep, 1, cell)));
      return new State(out.mul(h.apply(cell)), cell);
    };
  }

  private Tensor peeping(Tensor gate, @Nullable Tensor peep, int which, Tensor cell) {
    return peep == null ? gate : gate.add(gate(peep, which).mul(cell));
  }

  // ---- sequences ----

  private interface Cells {
    Cell of(int direction);
  }

  private List<Value> run(Cells cells) {
    boolean batchFirst = node.flag("layout");
    Tensor x = node.floats(0);
    if (x.rank() != 3) {
      throw new Refusal("needs sequences of rank 3, got " + x.shape());
    }
    if (batchFirst) {
      x = x.swap(0, 1);
    }
    String way =
        NodeCall.oneOf(
            "direction",
            node.text("direction", "forward").toLowerCase(Locale.ROOT),
            "forward",
            "reverse",
            "bidirectional");
    int directions = way.equals("bidirectional") ? 2 : 1;
    if (node.x(1).size(0) != directions) {
      throw new Refusal("needs weights of " + directions + " directions, got " + node.x(1).shape());
    }
    long @Nullable [] lengths = lengths(x);
    List<Tensor> outputs = new ArrayList<>();
    List<Tensor> last = new ArrayList<>();
    List<Tensor> memory = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      boolean backwards = way.equals("reverse") || d == 1;
      State state =
          new State(start(5, d, x, batchFirst), gates == 4 ? start(6, d, x, batchFirst) : null);
      Tensor seen = backwards ? reversed(x, lengths) : x;
      List<Tensor> steps = new ArrayList<>();
      state = walk(cells.of(d), seen, node.x(1).get(d), state, lengths, steps);
      Tensor all = Tensor.stack(0, steps);
      outputs.add(backwards ? reversed(all, lengths) : all);
      last.add(state.hidden);
      if (state.cell != null) {
        memory.add(state.cell);
      }
    }
    // (steps, directions, batch, hidden) and (directions, batch, hidden), or with the batch first.
    Tensor y = Tensor.stack(1, outputs);
    List<Value> results = new ArrayList<>();
    results.add(node.like(batchFirst ? y.permute(2, 0, 1, 3) : y));
    for (List<Tensor> ends : List.of(last, memory)) {
      if (!ends.isEmpty()) {
        results.add(node.like(Tensor.stack(batchFirst ? 1 : 0, ends)));
      }
    }
    return results;
  }

  private State walk(
      Cell cell, Tensor x, Tensor w, State start, long @Nullable [] lengths, List<Tensor> outputs) {
    if (x.size(0) == 0) {
      throw new Refusal("needs at least one step, got " + x.shape());
    }
    // All steps at once, as far as they do not depend on each other.
    Tensor inputs = x.matmul(w, false, true);
    State state = start;
    for (int t = 0; t < x.size(0); t++) {
      State next = cell.step(inputs.get(t), state);
      if (lengths == null) {
        outputs.add(next.hidden);
        state = next;
      } else {
        Tensor going = going(lengths, t);
        outputs.add(going.where(next.hidden, 0));
        Tensor cells =
            next.cell == null ? null : going.where(next.cell, Objects.requireNonNull(state.cell));
        state = new State(going.where(next.hidden, state.hidden), cells);
      }
    }
    return state;
  }

  private static Tensor going(long[] lengths, int t) {
    boolean[] going = new boolean[lengths.length];
    for (int b = 0; b < going.length; b++) {
      going[b] = t < lengths[b];
    }
    return Tensor.of(Shape.of(going.length, 1), going);
  }

  private Tensor start(int input, int direction, Tensor x, boolean batchFirst) {
    if (node.has(input)) {
      Tensor all = node.x(input);
      return (batchFirst ? all.swap(0, 1) : all).get(direction);
    }
    return Tensor.zeros(Shape.of(x.size(1), hidden), x.dtype());
  }

  /// The lengths of the sequences, or `null` if all are whole.
  private long @Nullable [] lengths(Tensor x) {
    if (!node.has(4)) {
      return null;
    }
    long[] lengths = node.numbers(4);
    boolean whole = true;
    for (long length : lengths) {
      if (length < 0 || length > x.size(0)) {
        throw new Refusal("needs lengths of 0.." + x.size(0) + ", got " + length);
      }
      whole &= length == x.size(0);
    }
    if (lengths.length != x.size(1)) {
      throw new Refusal("needs " + x.size(1) + " lengths, got " + lengths.length);
    }
    return whole ? null : lengths;
  }

  /// The steps (steps, batch, ...) from the last to the first; those behind the end stay.
  private static Tensor reversed(Tensor x, long @Nullable [] lengths) {
    if (lengths == null) {
      return x.flip(0);
    }
    long[] places = new long[x.size(0) * lengths.length];
    for (int t = 0; t < x.size(0); t++) {
      for (int b = 0; b < lengths.length; b++) {
        places[t * lengths.length + b] = t < lengths[b] ? lengths[b] - 1 - t : t;
      }
    }
    Tensor index = Tensor.of(Shape.of(x.size(0), lengths.length, 1), places);
    return x.takeAlong(0, index.to(DType.I64).expand(x.shape()));
  }
}
