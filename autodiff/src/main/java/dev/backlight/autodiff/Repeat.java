package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A tape that is run once for each slice of its mapped inputs: `sumOver` and `mapOver` as one op.
///
/// Mapped inputs have a leading axis of one length, a slice a run; the rest are shared. Each output
/// is summed over the runs, in order, or stacked. The derivative is a `Repeat` again: cotangents of
/// mapped inputs are stacked and those of shared inputs are summed.
record Repeat(Body body, int length, List<Boolean> mapped, List<Boolean> stacked) implements Nest {
  /// Records `body` on the first slice of `nodes` and applies it to all.
  static <N, B> B apply(Function<N, B> body, N nodes, boolean stack) {
    List<Tensor> all = Struct.of(nodes).flatten(nodes);
    int n = length(all);
    N first = first(nodes);
    Tape<N, B> tape = Tape.record(body, first);
    Body.Recorded recorded = Body.closed("a repeated body", tape.program());
    List<Tensor> inputs = new ArrayList<>(all);
    inputs.addAll(recorded.captured());
    List<Boolean> mapped = new ArrayList<>(Collections.nCopies(all.size(), true));
    mapped.addAll(Collections.nCopies(recorded.captured().size(), false));
    List<Boolean> stacked = Collections.nCopies(recorded.body().outputs(), stack);
    Op op = new Repeat(recorded.body(), n, mapped, stacked);
    return tape.outputs().build(List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new))));
  }

  /// The one length of all tensors along their first axis.
  static int length(List<Tensor> all) {
    int n = all.isEmpty() || all.getFirst().rank() == 0 ? 0 : all.getFirst().size(0);
    if (n == 0 || all.stream().anyMatch(leaf -> leaf.rank() == 0 || leaf.size(0) != n)) {
      throw new ShapeException(
          "repeating over a first axis needs tensors of one length of at least 1 there, got "
              + all.stream().map(Tensor::shape).toList());
    }
    return n;
  }

  /// The first slice of every tensor.
  static <N> N first(N nodes) {
    return Struct.map(nodes, leaf -> leaf.slice(0, 0, 1).reshape(leaf.shape().without(0)));
  }

  @Override
  public String name() {
    String how = stacked.contains(false) ? "sumover" : "mapover";
    return how + "{" + body.program.nodes.size() + " nodes}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, body.inputs(), in);
    for (int i = 0; i < in.length; i++) {
      Body.need(this, mapped.get(i) ? with(body.input(i), length) : body.input(i), in[i]);
    }
    Spec[] out = new Spec[body.outputs()];
    for (int k = 0; k < out.length; k++) {
      out[k] = stacked.get(k) ? with(body.output(k), length) : body.output(k);
    }
    return out;
  }

  static Spec with(Spec one, int n) {
    return one.with(one.shape().prepend(n));
  }

  @Override
  public int times() {
    return length;
  }

  @Override
  public List<Use> uses() {
    boolean[] shared = new boolean[mapped.size()];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = !mapped.get(i);
    }
    return List.of(body.use(shared, new boolean[body.outputs()]));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    return new Runs(this, in, out, workspace);
  }

  static boolean[] flags(List<Boolean> some) {
    boolean[] flags = new boolean[some.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = some.get(i);
    }
    return flags;
  }

  /// Copies one slice of a leading axis out.
  static void read(Block all, int at, Block slice) {
    System.arraycopy(all.array(), at * slice.size(), slice.array(), 0, slice.size());
  }

  /// Copies one slice of a leading axis in.
  static void write(Block slice, Block all, int at) {
    System.arraycopy(slice.array(), 0, all.array(), at * slice.size(), slice.size());
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    Body.Narrowed less = body.narrowed(Body.where(live), Body.all(body.inputs()));
    return less == null
        ? null
        : new Slim(
            new Repeat(
                less.body(), length, pick(mapped, less.inputs()), pick(stacked, less.outputs())),
            less.inputs(),
            less.outputs());
  }

  private static List<Boolean> pick(List<Boolean> flags, int[] places) {
    return IntStream.of(places).mapToObj(flags::get).toList();
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  /// The body on all examples at once, repeated; the runs stay outside.
  @Override
  public Tensor[] batch(Batch at) {
    boolean[] many = Vmap.mapped(at, 0, at.inputs());
    boolean[] have = Vmap.reached(body.program, many);
    Tensor[] in = Vmap.inputs(at);
    for (int i = 0; i < in.length; i++) {
      in[i] = many[i] && mapped.get(i) ? in[i].swap(0, 1) : in[i];
    }
    Op op = new Repeat(body.batched(at.size(), many, have), length, mapped, stacked);
    Tensor[] out = Tensor.applyAll(op, in);
    for (int k = 0; k < out.length; k++) {
      out[k] = have[k] && stacked.get(k) ? out[k].swap(0, 1) : out[k];
    }
    return Vmap.expanded(out, have, at.size());
  }

  /// One repeated backward sweep gives all the cotangents that are needed.
  @Override
  public @Nullable Tensor[] vjps(Site at) {
    Cotangents back = Cotangents.of(at);
    if (back.roots().length == 0) {
      return back.none();
    }
    List<Boolean> slices =
        Stream.concat(mapped.stream(), pick(stacked, back.arrived()).stream()).toList();
    return back.sent(
        new Repeat(
            body.back(back.roots(), back.arrived()), length, slices, pick(mapped, back.roots())));
  }
}
