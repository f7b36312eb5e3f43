package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// A program on many examples at once: its batched self.
///
/// Inputs are mapped, with a leading axis of examples, or shared by all. A node that depends on a
/// mapped input runs by the batching rule of its op, or once for each example where there is none;
/// the others stay as they are.
final class Vmap {
  private Vmap() {}

  /// The program for `size` examples; all outputs get the leading axis.
  static Program batched(Program p, int size, boolean[] mapped) {
    return batched(p, size, mapped, Body.all(p.outputs.length));
  }

  /// The program for `size` examples, in which the outputs `wanted` have the leading axis. They are
  /// at least those that are [#reached].
  static Program batched(Program p, int size, boolean[] mapped, boolean[] wanted) {
    requireFree(p, mapped);
    Recorder recorder = new Recorder();
    Tensor[] v = new Tensor[p.specs.length];
    boolean[] many = values(p, mapped);
    for (int i = 0; i < p.inputs; i++) {
      Spec spec = mapped[i] ? Repeat.with(p.specs[i], size) : p.specs[i];
      v[i] = recorder.input(spec, null, mapped[i] ? null : p.recordedOn[i]);
    }
    p.pins.forEach(recorder::pin);
    p.captured.forEach((value, tensor) -> v[value] = tensor);
    p.constants.forEach((value, block) -> v[value] = Tensor.over(block));
    for (Node node : p.nodes) {
      Tensor[] in = new Tensor[node.arity()];
      boolean[] at = new boolean[in.length];
      for (int k = 0; k < in.length; k++) {
        in[k] = v[node.input(k)];
        at[k] = many[node.input(k)];
      }
      Tensor[] out =
          many[node.output()]
              ? recorder.from(node, () -> run(node, new Batch(size, in, at)))
              : Recorder.at(node, in, () -> Tensor.applyAll(node.op(), in));
      if (node.label() != null) {
        out[0].named(node.label());
      }
      System.arraycopy(out, 0, v, node.output(), out.length);
    }
    for (Guard guard : p.guards) {
      requireShared(guard, many[guard.value()]);
      recorder.add(guard, v[guard.value()]);
    }
    List<Tensor> results = new ArrayList<>();
    for (int k = 0; k < p.outputs.length; k++) {
      Tensor y = v[p.outputs[k]];
      boolean repeat = wanted[k] && !many[p.outputs[k]];
      results.add(repeat ? y.expand(y.shape().prepend(size)) : y);
    }
    return recorder.finish(results);
  }

  /// Which outputs depend on the mapped inputs.
  static boolean[] reached(Program p, boolean[] mapped) {
    boolean[] many = values(p, mapped);
    boolean[] reached = new boolean[p.outputs.length];
    for (int k = 0; k < reached.length; k++) {
      reached[k] = many[p.outputs[k]];
    }
    return reached;
  }

  /// Marks the states of a loop, its first inputs and outputs, that are mapped after any number of
  /// steps.
  static void settle(Program body, boolean[] mapped, int states) {
    boolean more = true;
    while (more) {
      more = false;
      boolean[] reached = reached(body, mapped);
      for (int i = 0; i < states; i++) {
        more |= reached[i] && !mapped[i];
        mapped[i] |= reached[i];
      }
    }
  }

  /// Which values depend on the mapped inputs, by whatever op.
  private static boolean[] values(Program p, boolean[] mapped) {
    boolean[] many = Arrays.copyOf(mapped, p.specs.length);
    for (Node node : p.nodes) {
      boolean reads = false;
      for (int k = 0; k < node.arity(); k++) {
        reads |= many[node.input(k)];
      }
      Arrays.fill(many, node.output(), node.output() + node.outputs().size(), reads);
    }
    return many;
  }

  private static void requireFree(Program p, boolean[] mapped) {
    for (int i = 0; i < p.inputs && !p.pins.isEmpty(); i++) {
      if (mapped[i] && p.recordedOn[i] != null) {
        throw new StaleTape(
            "vmap runs a tape at other values, so it cannot be pinned by "
                + String.join(", ", p.pins));
      }
    }
  }

  private static void requireShared(Guard guard, boolean many) {
    if (many) {
      throw new UnsupportedOperationException(
          "vmap needs one answer for all examples, got a guard at "
              + guard.where()
              + " on a value that is each example's own; choose with where(...) or Tape.cond");
    }
  }

  /// One node on all examples.
  private static Tensor[] run(Node node, Batch at) {
    Tensor[] out = node.op().batch(at);
    if (out == null) {
      return loop(node, at);
    }
    for (int k = 0; k < node.outputs().size(); k++) {
      Spec needed = Repeat.with(node.outputs().get(k), at.size());
      if (out.length != node.outputs().size() || !out[k].spec().equals(needed)) {
        throw new ShapeException(
            "the batching rule of "
                + node
                + " needs "
                + needed
                + " for output "
                + k
                + ", got "
                + (k < out.length ? out[k].spec() : "nothing"));
      }
    }
    return out;
  }

  /// One node, example by example.
  private static Tensor[] loop(Node node, Batch at) {
    Recorder recorder = new Recorder();
    Tensor[] one = new Tensor[at.inputs()];
    Tensor[] all = new Tensor[at.inputs()];
    for (int i = 0; i < one.length; i++) {
      all[i] = at.x(i);
      one[i] = recorder.input(all[i].spec().with(at.one(i)), null);
    }
    Op op = node.op();
    List<Tensor> made = recorder.from(node, () -> List.of(Tensor.applyAll(op, one)));
    List<Boolean> mapped = IntStream.range(0, one.length).mapToObj(at::isMapped).toList();
    List<Boolean> stacked = Collections.nCopies(made.size(), true);
    return Tensor.applyAll(
        new Repeat(new Body(recorder.finish(made)), at.size(), mapped, stacked), all);
  }

  /// Outputs with the leading axis, of which some have none yet.
  static Tensor[] expanded(Tensor[] made, boolean[] have, int size) {
    Tensor[] all = made.clone();
    for (int k = 0; k < all.length; k++) {
      all[k] = have[k] ? made[k] : made[k].expand(made[k].shape().prepend(size));
    }
    return all;
  }

  static boolean[] mapped(Batch at, int from, int to) {
    boolean[] mapped = new boolean[to - from];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = at.isMapped(from + i);
    }
    return mapped;
  }

  static Tensor[] inputs(Batch at) {
    return IntStream.range(0, at.inputs()).mapToObj(at::x).toArray(Tensor[]::new);
  }
}
