package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A tape that is run once for each slice of its mapped inputs: `sumOver` and `mapOver` as one op.
///
/// The first `mapped` inputs have a leading axis of the same length, one slice a run; the rest are
/// shared. Each output is summed over the runs, in order, or stacked. The derivative is a `Repeat`
/// again: cotangents of mapped inputs are stacked and those of shared inputs are summed.
record Repeat(Body body, int mapped, List<Boolean> stacked) implements Op.Nested {
  /// The program that is repeated, with memory to run it that is reused from call to call.
  static final class Body {
    final Program program;
    private final AtomicReference<@Nullable Player<List<Tensor>, List<Tensor>>> idle =
        new AtomicReference<>();

    Body(Program program) {
      this.program = program;
    }

    Player<List<Tensor>, List<Tensor>> take() {
      Player<List<Tensor>, List<Tensor>> player = idle.getAndSet(null);
      return player != null
          ? player
          : new Player<>(program, list(program.inputs), list(program.outputs.length));
    }

    void giveBack(Player<List<Tensor>, List<Tensor>> player) {
      idle.set(player);
    }

    private static Struct<List<Tensor>> list(int n) {
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        tensors.add(Tensor.zeros());
      }
      return Struct.of(tensors);
    }
  }

  /// Records `body` on the first slice of `nodes` and applies it to all.
  static <N, B> B apply(Function<N, B> body, N nodes, boolean stack) {
    List<Tensor> all = Struct.of(nodes).flatten(nodes);
    int n = all.getFirst().rank() == 0 ? -1 : all.getFirst().size(0);
    for (Tensor leaf : all) {
      if (leaf.rank() == 0 || leaf.size(0) != n || n == 0) {
        throw new ShapeException(
            "repeating over a first axis needs tensors of one length of at least 1 there, got "
                + all.stream().map(Tensor::shape).toList());
      }
    }
    N first = Struct.map(nodes, leaf -> leaf.slice(0, 0, 1).reshape(leaf.shape().without(0)));
    Tape<N, B> tape = Tape.record(body, first);
    Program program = tape.program();
    if (!program.pins.isEmpty()) {
      throw new StaleTape(
          "a repeated body runs at other values, so it cannot be pinned by "
              + String.join(", ", program.pins));
    }
    List<Tensor> inputs = new ArrayList<>(all);
    inputs.addAll(program.captured.values());
    List<Boolean> stacked = Collections.nCopies(program.outputs.length, stack);
    Op op = new Repeat(new Body(closed(program)), all.size(), stacked);
    return tape.outputs().build(List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new))));
  }

  /// The program with what it captured as further inputs; their numbers follow the inputs' already.
  private static Program closed(Program p) {
    @Nullable Block[] free = new Block[p.inputs + p.captured.size()];
    return new Program(
        free.length,
        java.util.Map.of(),
        p.constants,
        p.nodes,
        p.specs,
        p.outputs,
        p.guards,
        p.pins,
        free);
  }

  @Override
  public String name() {
    String how = stacked.contains(false) ? "sumover" : "mapover";
    return how + "{" + body.program.nodes.size() + " nodes}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Program p = body.program;
    Check.inputs(this, p.inputs, in);
    int n = in[0].shape().size(0);
    for (int i = 0; i < in.length; i++) {
      Spec wanted = i < mapped ? with(p.specs[i], n) : p.specs[i];
      if (in[i].dtype() != wanted.dtype()) {
        throw new DTypeException(name() + " needs " + wanted + ", got " + in[i]);
      }
      if (!in[i].equals(wanted)) {
        throw new ShapeException(name() + " needs " + wanted.shape() + ", got " + in[i].shape());
      }
    }
    Spec[] out = new Spec[p.outputs.length];
    for (int k = 0; k < out.length; k++) {
      Spec one = p.specs[p.outputs[k]];
      out[k] = stacked.get(k) ? with(one, n) : one;
    }
    return out;
  }

  private static Spec with(Spec one, int n) {
    return one.with(one.shape().prepend(n));
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Player<List<Tensor>, List<Tensor>> player = body.take();
    for (int i = mapped; i < in.length; i++) {
      player.input(i).copyFrom(in[i]);
    }
    int n = in[0].size() / Math.max(1, player.input(0).size());
    for (int k = 0; k < out.length; k++) {
      if (!stacked.get(k)) {
        fillZero(out[k]);
      }
    }
    for (int run = 0; run < n; run++) {
      for (int i = 0; i < mapped; i++) {
        Block slice = player.input(i);
        System.arraycopy(in[i].array(), run * slice.size(), slice.array(), 0, slice.size());
      }
      player.play();
      for (int k = 0; k < out.length; k++) {
        Block result = player.output(k);
        if (stacked.get(k)) {
          System.arraycopy(result.array(), 0, out[k].array(), run * result.size(), result.size());
        } else {
          accumulate(out[k], result);
        }
      }
    }
    body.giveBack(player);
  }

  private static void fillZero(Block block) {
    switch (block.dtype()) {
      case F32 -> Arrays.fill(block.f32(), 0, block.size(), 0);
      case F64 -> Arrays.fill(block.f64(), 0, block.size(), 0);
      default -> throw new DTypeException("a sum needs F32 or F64, got " + block.dtype());
    }
  }

  private static void accumulate(Block sum, Block part) {
    int n = sum.size();
    if (sum.dtype() == dev.backlight.core.DType.F32) {
      float[] s = sum.f32();
      float[] x = part.f32();
      for (int i = 0; i < n; i++) {
        s[i] += x[i];
      }
    } else {
      double[] s = sum.f64();
      double[] x = part.f64();
      for (int i = 0; i < n; i++) {
        s[i] += x[i];
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  /// One repeated backward sweep gives all the cotangents that are needed.
  @Override
  public @Nullable Tensor[] vjps(Site at) {
    Program p = body.program;
    List<Integer> order = new ArrayList<>();
    List<Tensor> args = new ArrayList<>();
    Recorder recorder = new Recorder();
    Tensor[] x = new Tensor[p.inputs];
    @Nullable Tensor[] g = new Tensor[p.outputs.length];
    for (int half = 0; half < 2; half++) {
      boolean slices = half == 0;
      for (int i = 0; i < p.inputs; i++) {
        if ((i < mapped) == slices) {
          x[i] = recorder.input(p.specs[i], null);
          args.add(at.x(i));
        }
      }
      for (int k = 0; k < g.length; k++) {
        if (stacked.get(k) == slices && at.arrived(k)) {
          g[k] = recorder.input(p.specs[p.outputs[k]], null);
          args.add(at.g(k));
        }
      }
      order.add(args.size());
    }
    int[] roots =
        java.util.stream.IntStream.range(0, p.inputs)
            .filter(i -> at.needs(i) && p.specs[i].dtype().isFloat())
            .toArray();
    Tensor[] v = p.on(x);
    Sweep sweep = new Sweep(p, v, roots);
    for (int k = 0; k < g.length; k++) {
      Tensor seed = g[k];
      if (seed != null) {
        sweep.seed(p.outputs[k], seed);
      }
    }
    sweep.run(BackwardRule.CHAIN, recorder);
    Program back = recorder.finish(Arrays.stream(roots).mapToObj(sweep::at).toList());
    List<Boolean> flags = Arrays.stream(roots).mapToObj(i -> i < mapped).toList();
    @Nullable Tensor[] all = new Tensor[p.inputs];
    if (roots.length > 0) {
      Op op = new Repeat(new Body(back), order.getFirst(), flags);
      Tensor[] made = Tensor.applyAll(op, args.toArray(Tensor[]::new));
      for (int r = 0; r < roots.length; r++) {
        all[roots[r]] = made[r];
      }
    }
    return all;
  }
}
