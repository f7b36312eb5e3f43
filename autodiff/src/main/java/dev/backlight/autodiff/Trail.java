package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Recording;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Where;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The writer behind [Grad#of]: it keeps what one walk back needs, and nothing of what a tape needs
/// to be printed, planned or replayed.
///
/// Operations run at once, and so do the rules of the walk back, on plain numbers. The rules, the
/// masks of `where` and the order in which cotangents are added are those of [Sweep]; only
/// operations that are written twice are not merged.
///
/// Whatever is more than that (tensors of an enclosing recording, nodes with programs inside, a
/// rule that does not fit) is left to a tape, which knows lines to complain about: the function
/// then runs once more.
final class Trail {
  /// Thrown where a tape is needed.
  private static final class NeedsTape extends RuntimeException {
    private static final long serialVersionUID = 1;

    NeedsTape() {
      super("a tape is needed", null, false, false);
    }
  }

  private final long serial = Recorder.tick();
  private boolean open = true;
  private @Nullable Step last;

  private Trail() {}

  /// Value and gradient, or `null` if a tape is needed.
  static <S> @Nullable Grad<S> gradient(Function<S, Tensor> f, S at) {
    Struct<S> form = Struct.of(at);
    List<Tensor> leaves = form.flatten(at);
    Trail trail = new Trail();
    List<Made> arguments = new ArrayList<>();
    List<Tensor> named = new ArrayList<>();
    for (Tensor leaf : leaves) {
      Block block = leaf.block();
      if (leaf.recording() != null || block == null) {
        return null;
      }
      Made argument = new Made(trail, block, leaf.dtype().isFloat());
      arguments.add(argument);
      named.add(Tensor.recorded(argument, 0, leaf.spec(), block));
    }
    try {
      Tensor result = f.apply(form.build(named));
      requireScalar(result.spec());
      boolean fits = trail.back(result);
      return fits ? new Grad<>(plain(result), form.build(gathered(arguments))) : null;
    } catch (NeedsTape e) {
      return null;
    } finally {
      trail.open = false;
    }
  }

  private static void requireScalar(Spec spec) {
    if (spec.shape().rank() != 0) {
      throw new ShapeException("valueAndGrad needs one scalar output, got [" + spec.shape() + "]");
    }
    if (!spec.dtype().isFloat()) {
      throw new DTypeException("valueAndGrad needs an output of F32 or F64, got " + spec.dtype());
    }
  }

  private static List<Tensor> gathered(List<Made> arguments) {
    List<Tensor> gradient = new ArrayList<>();
    for (Made argument : arguments) {
      Spec spec = argument.block.spec();
      gradient.add(argument.bar != null ? argument.bar : Tensor.zeros(spec.shape(), spec.dtype()));
    }
    return gradient;
  }

  private static Tensor plain(Tensor tensor) {
    return tensor.recording() == null ? tensor : Tensor.over(block(tensor));
  }

  private static Block block(Tensor tensor) {
    Block block = tensor.block();
    if (block == null) {
      throw new NeedsTape();
    }
    return block;
  }

  // ---- forwards ----

  /// What a tensor on the trail is: an argument, or what an operation made. It is the tensor's own
  /// recording, so that nothing has to be looked up.
  private static class Made implements Recording {
    final Trail trail;
    final Block block;

    /// Whether it depends on the arguments.
    final boolean moves;

    /// The cotangent that gathers here.
    @Nullable Tensor bar;

    Made(Trail trail, Block block, boolean moves) {
      this.trail = trail;
      this.block = block;
      this.moves = moves;
    }

    @Override
    public long serial() {
      return trail.serial;
    }

    @Override
    public Tensor[] record(Op op, Tensor... in) {
      return trail.run(op, in);
    }

    @Override
    public Tensor recordOne(Op op, Tensor x) {
      boolean moving = trail.moves(x);
      Block value = op.evaluated(block(x));
      return trail.write(new Step(trail, value, moving, op, x, null, null));
    }

    @Override
    public Tensor recordOne(Op op, Tensor x, Tensor y) {
      boolean moving = trail.moves(x) | trail.moves(y);
      Block value = op.evaluated(block(x), block(y));
      return trail.write(new Step(trail, value, moving, op, x, y, null));
    }

    // What only tapes need: a reading pins nothing, a question is not asked again, nobody reads
    // labels.

    @Override
    public void pin(Tensor tensor, String reading) {}

    @Override
    public boolean guard(Tensor tensor, DoublePredicate question) {
      return question.test(block.get(0));
    }

    @Override
    public void label(Tensor tensor, String label) {}
  }

  /// An operation and its first output.
  private static final class Step extends Made {
    final Op op;
    final @Nullable Tensor x;
    final @Nullable Tensor y;
    final @Nullable More more;
    final @Nullable Step before;

    Step(
        Trail trail,
        Block value,
        boolean moves,
        Op op,
        @Nullable Tensor x,
        @Nullable Tensor y,
        @Nullable More more) {
      super(trail, value, moves);
      this.op = op;
      this.x = x;
      this.y = y;
      this.more = more;
      this.before = trail.last;
    }

    Tensor input(int i) {
      Tensor input = more != null ? more.in[i] : i == 0 ? x : y;
      return Objects.requireNonNull(input);
    }

    int inputs() {
      return more != null ? more.in.length : y == null ? 1 : 2;
    }

    Made output(int k) {
      return k == 0 || more == null ? this : more.rest[k - 1];
    }

    int outputs() {
      return more == null ? 1 : 1 + more.rest.length;
    }

    boolean isReached() {
      if (bar != null || more == null) {
        return bar != null;
      }
      for (Made made : more.rest) {
        if (made.bar != null) {
          return true;
        }
      }
      return false;
    }
  }

  /// What an operation has that does not keep its spec.
  private record More(Tensor[] in, Made[] rest) {}

  /// Whether a tensor depends on the arguments.
  private boolean moves(Tensor tensor) {
    Recording recording = tensor.recording();
    if (recording == null) {
      return false;
    }
    if (recording instanceof Made made && made.trail == this) {
      if (!open) {
        throw Recorder.ended();
      }
      return made.moves;
    }
    throw new NeedsTape();
  }

  private Tensor write(Step step) {
    last = step;
    return Tensor.recorded(step, 0, step.block.spec(), step.block);
  }

  private Tensor[] run(Op op, Tensor... in) {
    if (op instanceof Nest) {
      throw new NeedsTape();
    }
    boolean moving = false;
    Block[] blocks = new Block[in.length];
    for (int i = 0; i < in.length; i++) {
      moving |= moves(in[i]);
      blocks[i] = block(in[i]);
    }
    Block[] values = op.evaluate(blocks);
    boolean flows = moving && !(op instanceof Op.Discrete);
    Tensor[] out = new Tensor[values.length];
    Made[] rest = new Made[values.length - 1];
    for (int k = 1; k < values.length; k++) {
      rest[k - 1] = new Made(this, values[k], flows && values[k].dtype().isFloat());
      out[k] = Tensor.recorded(rest[k - 1], k, values[k].spec(), values[k]);
    }
    boolean first = flows && values[0].dtype().isFloat();
    out[0] = write(new Step(this, values[0], first, op, null, null, new More(in, rest)));
    return out;
  }

  // ---- backwards ----

  /// Walks back from the result; `false` if a tape is needed.
  private boolean back(Tensor result) {
    Recording recording = result.recording();
    if (recording == null) {
      return true;
    }
    if (!(recording instanceof Made made && made.trail == this)) {
      return false;
    }
    if (made.moves) {
      made.bar = Tensor.ones(result.shape(), result.dtype());
    }
    Walk walk = new Walk();
    for (Step step = last; step != null; step = step.before) {
      if (step.isReached() && !walk.cross(step)) {
        return false;
      }
    }
    return true;
  }

  /// The walk back over the operations, itself the site that it has come to.
  private static final class Walk extends Site {
    private static final Tensor[] NONE = {};

    private final IdentityHashMap<Made, Tensor> masks = new IdentityHashMap<>();

    /// Whether there are masks at all: rarely.
    private boolean masked;

    private @Nullable Step at;

    Walk() {
      super(new Where(), NONE, NONE, NONE, new boolean[0], "");
    }

    private Step here() {
      return Objects.requireNonNull(at);
    }

    /// Passes one operation; `false` if its rule does not fit.
    boolean cross(Step step) {
      at = step;
      // What keeps its spec has cotangents that share no work.
      @Nullable Tensor[] all = step.more == null ? null : step.op.vjps(this);
      boolean everywhere = !masked && !(step.op instanceof Where);
      int arity = step.inputs();
      for (int i = 0; i < arity; i++) {
        Tensor input = step.input(i);
        if (!(input.recording() instanceof Made to) || !to.moves) {
          continue;
        }
        Tensor flow = all == null ? step.op.vjp(i, this) : all[i];
        if (flow == null) {
          continue;
        }
        if (flow.recording() != null || !flow.spec().equals(input.spec())) {
          return false;
        }
        Tensor selected = everywhere ? null : Sweep.selection(masks.get(step), this, i);
        give(to, selected == null ? flow : Sweep.selected(selected, step.op, flow), selected);
      }
      return true;
    }

    private void give(Made to, Tensor flow, @Nullable Tensor selected) {
      Tensor before = to.bar;
      to.bar = before == null ? flow : before.add(flow);
      if (!masked && selected == null) {
        return;
      }
      masked = true;
      Tensor other = masks.get(to);
      Tensor both =
          before == null ? selected : other == null || selected == null ? null : other.or(selected);
      if (both == null) {
        masks.remove(to);
      } else {
        masks.put(to, both);
      }
    }

    // ---- as a site ----

    @Override
    public Op op() {
      return here().op;
    }

    @Override
    public int inputs() {
      return here().inputs();
    }

    @Override
    public int outputs() {
      return here().outputs();
    }

    @Override
    public Tensor x(int i) {
      return plain(here().input(i));
    }

    @Override
    public Tensor y(int k) {
      return Tensor.over(here().output(k).block);
    }

    @Override
    public Tensor g(int k) {
      Made made = here().output(k);
      Tensor gathered = made.bar;
      if (gathered != null) {
        return gathered;
      }
      Spec spec = made.block.spec();
      return Tensor.zeros(spec.shape(), spec.dtype());
    }

    @Override
    public boolean arrived(int k) {
      return here().output(k).bar != null;
    }

    @Override
    public boolean needs(int i) {
      return here().input(i).recording() instanceof Made made && made.moves;
    }

    @Override
    public Site receiving(Tensor g) {
      throw new UnsupportedOperationException("only rules of relevance change what arrives");
    }
  }
}
