package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Shift;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A model and a target recorded as one: from inputs (n, …) to one scalar for every example, (n).
record Recorded(Tape<Tensor, Tensor> tape, Tensor x) {
  static Recorded of(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return new Recorded(Tape.record(in -> scalars(model, in, target), x), x);
  }

  /// The same with loops written out step by step and calls in place, for rules that look at every
  /// op; a tape that asks about values keeps them.
  Recorded unrolled() {
    boolean nested = tape.nodes().stream().anyMatch(node -> node.op() instanceof Op.Nested);
    return nested && tape.validity() == Validity.REPLAYABLE
        ? new Recorded(tape.unrolled(), x)
        : this;
  }

  /// The explained scalar of every example, checked.
  static Tensor scalars(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Tensor scalars = target.scalars(model.apply(x));
    Shape wanted = Shape.of(x.size(0));
    if (!scalars.shape().equals(wanted)) {
      throw new ShapeException(
          "a target needs one scalar for every example, " + wanted + ", got " + scalars.shape());
    }
    if (scalars.dtype() != x.dtype()) {
      throw new DTypeException(
          "a target needs scalars of " + x.dtype() + " like x, got " + scalars.dtype());
    }
    return scalars;
  }

  /// As a rule looks at it: the chain rule knows loops by itself.
  @SuppressWarnings("ReferenceEquality") // this very rule
  Recorded under(BackwardRule rule) {
    return rule == BackwardRule.CHAIN ? this : unrolled();
  }

  /// What a backward sweep under a rule makes of every example.
  Trace<Tensor> sweep(BackwardRule rule) {
    return under(rule).tape.trace(rule, Function.identity(), List.of()).run(x);
  }

  /// How many elements the largest value has that depends on x, for each example.
  int widest() {
    int n = x.size(0);
    int most = x.elements() / n;
    Set<Integer> dependent = new HashSet<>(Set.of(0));
    for (Node node : tape.nodes()) {
      if (IntStream.of(node.inputs()).anyMatch(dependent::contains)) {
        for (int k = 0; k < node.outputs().size(); k++) {
          dependent.add(node.output() + k);
          most = Math.max(most, node.outputs().get(k).shape().elements() / n);
        }
      }
    }
    return most;
  }

  /// Whether something given is multiplied with or added to what depends on x, so that a rule may
  /// see a layer or a part of one.
  boolean hasLayers() {
    Set<Integer> dependent = new HashSet<>(Set.of(0));
    for (Node node : tape.nodes()) {
      boolean[] reached = new boolean[2];
      for (int value : node.inputs()) {
        reached[dependent.contains(value) ? 0 : 1] = true;
      }
      if (reached[0]) {
        boolean given = reached[1] && !(node.op() instanceof Op.Routing);
        if (given || node.op() instanceof Op.Bilinear || node.op() instanceof Shift) {
          return true;
        }
        for (int k = 0; k < node.outputs().size(); k++) {
          dependent.add(node.output() + k);
        }
      }
    }
    return false;
  }

  /// The gradient of every example's scalar.
  Tensor gradient() {
    return sweep(BackwardRule.CHAIN).inputs();
  }

  /// Inputs as explainers take them: a batch of floats.
  static void requireBatch(Tensor x) {
    if (!x.dtype().isFloat()) {
      throw new DTypeException("an explanation needs x of F32 or F64, got " + x.dtype());
    }
    if (x.rank() == 0 || x.size(0) == 0) {
      throw new ShapeException(
          "an explanation needs x (n, …) with a batch axis of at least 1, got " + x.shape());
    }
  }

  /// Inputs that have values and are on no recording, for methods that read them.
  static void requireValues(Tensor x) {
    requireBatch(x);
    if (x.recording() != null) {
      throw new IllegalArgumentException(
          "this method reads values, so explain(…) needs x with values of its own, got a tensor of"
              + " a recording");
    }
  }
}
