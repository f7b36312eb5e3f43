package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Where;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One backward walk over a program under a rule, written in Tensor language.
///
/// A cotangent may carry a mask: where it is false the cotangent is zero because `where` did not
/// select the branch, and it stays exactly zero however infinite a slope it meets: `where(x > 0,
/// log x, 0)` has gradient 0 at 0. A zero that merely happens to be one stays honest: `√x·√x` at 0
/// is `NaN`.
final class Sweep implements Surroundings {
  private final Program program;
  private final Tensor[] v;
  private final Map<Node, Tensor[]> kept;
  private final boolean[] active;
  private final @Nullable Tensor[] bar;
  private final @Nullable Tensor[] mask;
  private final @Nullable Node[] makers;

  /// What arrived through slices, until somebody asks for the sum.
  private final Map<Integer, Pieces> pieces = new HashMap<>();

  private @Nullable Recorder recorder;

  private Sweep(Program program, Tensor[] v, Map<Node, Tensor[]> kept, int... roots) {
    this.program = program;
    this.v = v;
    this.kept = kept;
    this.active = program.dependents(roots);
    this.bar = new Tensor[v.length];
    this.mask = new Tensor[v.length];
    this.makers = program.makers();
  }

  /// Runs a program in Tensor language, on the recording that is being written, to sweep it towards
  /// the values `roots`.
  static Sweep over(Program program, Tensor[] args, int... roots) {
    return over(program, Map.of(), args, roots);
  }

  /// As [#over], where the values that some nodes make are known.
  static Sweep over(Program program, Map<Integer, Tensor> known, Tensor[] args, int... roots) {
    Map<Node, Tensor[]> kept = new HashMap<>();
    return new Sweep(program, program.on(kept, known, args), kept, roots);
  }

  /// Adds a cotangent at a value before the walk.
  void seed(int value, Tensor cotangent) {
    if (active[value]) {
      give(value, cotangent, null);
    }
  }

  /// What gathered at a value; zeros if nothing did.
  Tensor at(int value) {
    gather(value);
    Tensor gathered = bar[value];
    return gathered != null ? gathered : Tensor.zeros(v[value].shape(), v[value].dtype());
  }

  @Override
  public boolean active(int value) {
    return active[value];
  }

  @Override
  public Tensor value(int value) {
    return v[value];
  }

  @Override
  public @Nullable Node maker(int value) {
    return makers[value];
  }

  @Override
  public List<Node> nodes() {
    return List.copyOf(program.nodes);
  }

  void run(BackwardRule anywhere, Recorder recorder) {
    this.recorder = recorder;
    BackwardRule rule = anywhere.within(this);
    for (Node node : program.nodes.reversed()) {
      if (arrived(node)) {
        recorder.behind(
            node,
            () -> {
              cross(node, rule);
              return node;
            });
      }
    }
  }

  private boolean arrived(Node node) {
    boolean arrived = false;
    for (int k = 0; k < node.outputs().size(); k++) {
      gather(node.output() + k);
      arrived |= active[node.output() + k] && bar[node.output() + k] != null;
    }
    return arrived;
  }

  private void cross(Node node, BackwardRule rule) {
    int outputs = node.outputs().size();
    Tensor[] more = kept.get(node);
    Tensor[] x = new Tensor[node.arity()];
    boolean[] needed = new boolean[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = v[node.input(i)];
      needed[i] = active[node.input(i)];
    }
    Tensor[] y = more == null ? new Tensor[outputs] : more.clone();
    @Nullable Tensor[] g = new Tensor[y.length];
    for (int k = 0; k < outputs; k++) {
      y[k] = v[node.output() + k];
      g[k] = bar[node.output() + k];
    }
    Op op = more != null && node.op() instanceof Nest nest ? nest.keeping() : node.op();
    Site site = new Site(op, x, y, g, needed, node.where());
    @Nullable Tensor[] sent = rule.back(node, site);
    for (int i = 0; i < x.length; i++) {
      Tensor flow = sent[i];
      if (flow == null || !needed[i]) {
        continue;
      }
      if (!flow.spec().equals(x[i].spec())) {
        throw new ShapeException(
            "the rule of "
                + node
                + " needs "
                + x[i].spec()
                + " for input "
                + i
                + ", got "
                + flow.spec());
      }
      Pieces.Piece piece = node.op() instanceof Slice ? piece(node, flow) : null;
      if (piece != null) {
        pieces.computeIfAbsent(node.input(i), _ -> new Pieces()).add(piece);
        continue;
      }
      Tensor selected = rule.reachesUnselected() ? null : selection(mask[node.output()], site, i);
      give(node.input(i), selected == null ? flow : selected(selected, site.op(), flow), selected);
    }
  }

  /// Where an input is known to matter at all, or `null` if everywhere it may.
  static @Nullable Tensor selection(@Nullable Tensor inherited, Site site, int i) {
    if (site.op() instanceof Where) {
      Tensor chosen = i == 1 ? site.x(0) : site.x(0).not();
      return inherited == null ? chosen : inherited.and(chosen);
    }
    if (inherited == null) {
      return null;
    }
    boolean sameElements = site.x(i).shape().equals(site.y().shape()) && keepsPlaces(site.op());
    return sameElements ? inherited : null;
  }

  /// What flows where an input is selected: elsewhere it stays zero, however infinite the slope.
  static Tensor selected(Tensor selected, Op op, Tensor flow) {
    return hasSlopes(op)
        ? Tensor.where(selected, flow, Tensor.zeros(flow.shape(), flow.dtype()))
        : flow;
  }

  /// Whether element i of an output comes from element i of the inputs alone.
  private static boolean keepsPlaces(Op op) {
    return switch (op) {
      case Op.Elementwise _, Op.Pairwise _ -> true;
      case Op.Bilinear bilinear -> bilinear instanceof Mul;
      case Op.Linear linear ->
          switch (linear) {
            case Add _, Sub _, Scale _, Over _, Shift _, Cast _ -> true;
            default -> false;
          };
      case Op.Routing _, Op.Coupled _, Op.Discrete _, Op.Nested _, Op.Custom _ -> false;
    };
  }

  /// Whether cotangents are multiplied by slopes there, which may be infinite.
  private static boolean hasSlopes(Op op) {
    return op instanceof Op.Elementwise || op instanceof Op.Pairwise || op instanceof Mul;
  }

  /// What a slice sends as a piece of the whole, if that is what its rule made of it.
  private Pieces.@Nullable Piece piece(Node slice, Tensor flow) {
    Recorder written = Objects.requireNonNull(recorder);
    return written.maker(flow) instanceof Embed embed
        ? new Pieces.Piece(slice, flow, embed, written.read(flow))
        : null;
  }

  /// Adds what came through slices to what came otherwise: all of it is selected.
  private void gather(int value) {
    Pieces waiting = pieces.remove(value);
    if (waiting != null) {
      Recorder written = Objects.requireNonNull(recorder);
      give(value, written.behind(waiting.last(), waiting::sum), null);
    }
  }

  private void give(int value, Tensor flow, @Nullable Tensor selected) {
    Tensor before = bar[value];
    if (before == null) {
      bar[value] = flow;
      mask[value] = selected;
      return;
    }
    bar[value] = before.add(flow);
    Tensor other = mask[value];
    mask[value] = other == null || selected == null ? null : other.or(selected);
  }
}
