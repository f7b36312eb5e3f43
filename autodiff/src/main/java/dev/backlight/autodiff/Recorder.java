package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Recording;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The short-lived writer behind `Tape.record`: operations on its tensors become lines of a
/// program.
///
/// With inputs that have values it is eager: every line is also computed. Without (while a
/// derivative is written) only shapes are known. Plain tensors that take part become constants;
/// tensors of an enclosing recording are captured.
final class Recorder implements Recording {
  private static final AtomicLong CLOCK = new AtomicLong();

  private final long serial = tick();
  private final List<Spec> specs = new ArrayList<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final List<@Nullable Block> inputs = new ArrayList<>();
  private final Map<Integer, Tensor> captured = new LinkedHashMap<>();
  private final Map<Integer, Block> constants = new LinkedHashMap<>();
  private final Map<Object, Integer> known = new HashMap<>();
  private final Map<Integer, Draft> makers = new HashMap<>();
  private final List<Guard> guards = new ArrayList<>();
  private final List<String> pins = new ArrayList<>();
  private @Nullable Node origin;
  private @Nullable String behind;
  private boolean open = true;

  /// A node whose label may still come.
  private static final class Draft {
    final Op op;
    final int[] in;
    final int out;
    final List<Spec> outputs;
    final String where;
    final @Nullable String behind;
    @Nullable String label;

    Draft(Op op, int[] in, int out, List<Spec> outputs, String where, @Nullable String behind) {
      this.op = op;
      this.in = in;
      this.out = out;
      this.outputs = outputs;
      this.where = where;
      this.behind = behind;
    }
  }

  /// A tensor of an enclosing recording, and a block of a constant: each is one value however often
  /// it is used.
  private record Outer(Recording recording, int place) {}

  private record Constant(Block block) {
    @Override
    @SuppressWarnings("ReferenceEquality") // constants are one when their memory is
    public boolean equals(Object other) {
      return other instanceof Constant that
          && that.block.array() == block.array()
          && that.block.spec().equals(block.spec());
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(block.array());
    }
  }

  /// A serial number for a recording that begins now.
  static long tick() {
    return CLOCK.incrementAndGet();
  }

  @Override
  public long serial() {
    return serial;
  }

  /// A further input; its value is absent while a derivative is written.
  Tensor input(Spec spec, @Nullable Block value) {
    return input(spec, value, value);
  }

  /// A further input of a program that may be pinned to `recordedOn` there.
  Tensor input(Spec spec, @Nullable Block value, @Nullable Block recordedOn) {
    if (specs.size() != inputs.size()) {
      throw new IllegalStateException("inputs come before the first operation");
    }
    inputs.add(recordedOn);
    specs.add(spec);
    return Tensor.recorded(this, specs.size() - 1, spec, value);
  }

  @Override
  public Tensor[] record(Op op, Tensor... in) {
    requireOpen();
    int[] ids = new int[in.length];
    Block[] blocks = new Block[in.length];
    Spec[] seen = new Spec[in.length];
    boolean eager = true;
    for (int i = 0; i < in.length; i++) {
      ids[i] = id(in[i]);
      seen[i] = in[i].spec();
      Block block = in[i].block();
      if (block == null) {
        eager = false;
      } else {
        blocks[i] = block;
      }
    }
    Block @Nullable [] values = eager ? op.evaluate(blocks) : null;
    Spec[] made = values == null ? op.infer(seen) : specs(values);
    Node from = origin;
    String where = from == null ? Caller.line() : from.where();
    int first = specs.size();
    Draft draft = new Draft(op, ids, first, List.of(made), where, behind);
    drafts.add(draft);
    Tensor[] out = new Tensor[made.length];
    for (int k = 0; k < made.length; k++) {
      specs.add(made[k]);
      makers.put(first + k, draft);
      out[k] = Tensor.recorded(this, first + k, made[k], values == null ? null : values[k]);
    }
    return out;
  }

  private static Spec[] specs(Block[] blocks) {
    Spec[] specs = new Spec[blocks.length];
    for (int k = 0; k < specs.length; k++) {
      specs[k] = blocks[k].spec();
    }
    return specs;
  }

  /// The op that made a tensor on this recording, or `null`.
  @Nullable Op maker(Tensor tensor) {
    Draft draft = tensor.recording() == this ? makers.get(tensor.place()) : null;
    return draft == null ? null : draft.op;
  }

  /// What the op of one input read that made a tensor on this recording.
  Tensor read(Tensor tensor) {
    int place = java.util.Objects.requireNonNull(makers.get(tensor.place())).in[0];
    return Tensor.recorded(this, place, specs.get(place), null);
  }

  private void requireOpen() {
    if (!open) {
      throw ended();
    }
  }

  /// The complaint about a tensor that outlived its recording.
  static IllegalStateException ended() {
    return new IllegalStateException(
        "a tensor was used after the recording it belongs to had ended; return it from the recorded"
            + " function, or take its value inside with detached()");
  }

  /// The number of a tensor on this recording; new ones become constants or captured values.
  int id(Tensor tensor) {
    Recording recording = tensor.recording();
    if (recording == this) {
      return tensor.place();
    }
    Block block = tensor.block();
    Object key =
        recording == null && block != null
            ? new Constant(block)
            : new Outer(java.util.Objects.requireNonNull(recording), tensor.place());
    return known.computeIfAbsent(
        key,
        _ -> {
          int id = specs.size();
          specs.add(tensor.spec());
          if (recording == null && block != null) {
            constants.put(id, block);
          } else {
            captured.put(id, tensor);
          }
          return id;
        });
  }

  @Override
  public void pin(Tensor tensor, String reading) {
    pin(reading + " at " + Caller.line());
  }

  void pin(String reason) {
    if (!pins.contains(reason)) {
      pins.add(reason);
    }
  }

  @Override
  public boolean guard(Tensor tensor, DoublePredicate question) {
    Block value = java.util.Objects.requireNonNull(tensor.block(), "a guard needs a value");
    boolean answer = question.test(value.get(0));
    guards.add(new Guard(id(tensor), question, answer, Caller.line()));
    return answer;
  }

  /// Takes over a guard of a tape that is being run on this recording.
  void add(Guard guard, Tensor value) {
    guards.add(new Guard(id(value), guard.question(), guard.answer(), guard.where()));
  }

  @Override
  public void label(Tensor tensor, String label) {
    Draft maker = makers.get(tensor.place());
    if (maker != null) {
      maker.label = label;
    }
  }

  /// Runs something whose lines belong to the user's line of an existing node.
  static <T> T at(Node node, Tensor[] args, Supplier<T> work) {
    Recorder recorder = innermost(args);
    return recorder == null ? work.get() : recorder.from(node, work);
  }

  private static @Nullable Recorder innermost(Tensor... args) {
    Recorder innermost = null;
    for (Tensor arg : args) {
      if (arg.recording() instanceof Recorder r
          && (innermost == null || r.serial > innermost.serial)) {
        innermost = r;
      }
    }
    return innermost;
  }

  /// As [#at], on this recorder; a copied node keeps its label.
  <T> T from(Node node, Supplier<T> work) {
    return from(node, node.behind(), work);
  }

  /// Runs something whose lines are what a backward sweep makes of an existing node.
  <T> T behind(Node node, Supplier<T> work) {
    return from(node, node.behind() == null ? node.op().name() : node.behind(), work);
  }

  private <T> T from(Node node, @Nullable String crossing, Supplier<T> work) {
    Node originBefore = origin;
    String behindBefore = behind;
    origin = node;
    behind = crossing;
    try {
      return work.get();
    } finally {
      origin = originBefore;
      behind = behindBefore;
    }
  }

  /// Ends the recording. Every output gets a value number; the standard passes tidy the program.
  Program finish(List<Tensor> results) {
    return Passes.standard(finishRaw(results));
  }

  /// As [#finish], untidied.
  Program finishRaw(List<Tensor> results) {
    IntArrayList outputs = new IntArrayList();
    for (Tensor result : results) {
      outputs.add(id(result));
    }
    open = false;
    List<Node> nodes = new ArrayList<>();
    for (Draft d : drafts) {
      nodes.add(new Node(d.op, d.in, d.out, d.outputs, d.where, d.behind, d.label));
    }
    // Only a pinned program compares its inputs; others must not keep them alive.
    @Nullable Block[] recordedOn =
        pins.isEmpty() ? new Block[inputs.size()] : inputs.toArray(Block[]::new);
    return new Program(
        inputs.size(),
        captured,
        constants,
        nodes,
        specs.toArray(Spec[]::new),
        outputs.toIntArray(),
        List.copyOf(guards),
        List.copyOf(pins),
        recordedOn);
  }
}
