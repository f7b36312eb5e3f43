package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.AvgPool2d;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.CumSum;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.MaxIndex;
import dev.backlight.core.op.MaxPool2d;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Sum;
import dev.backlight.core.op.Where;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The RevealCancel rule of DeepLIFT: what raises a node and what lowers it go separate ways, so
/// that contributions which cancel before an activation are revealed.
///
/// The difference of every node is a sum `Δ = p + n`, of what positive and what negative
/// contributions make of it: `p' = W⁺p + W⁻n` and `n' = W⁺n + W⁻p` in a layer, and in an
/// elementwise function f, from z at the baseline,
///
/// `p' = ½ (f(z + p) − f(z)) + ½ (f(z + p + n) − f(z + n))`, n' likewise.
///
/// Each part has multipliers of its own, `p' / p` and `n' / n`. Products, quotients, maxima and
/// coupled ops take both parts by [DeepLiftRule]. Sums are as exact as there. What a sweep gathers
/// are contributions, not multipliers: where a whole difference is 0, its parts may still have
/// brought something. A. Shrikumar, P. Greenside, A. Kundaje (2017), section 3.5.3.
///
/// @param rescale the rule for what has no parts
record RevealCancelRule(DeepLiftRule rescale) implements BackwardRule {
  @Override
  public boolean reachesUnselected() {
    return true;
  }

  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return rescale.back(node, at);
  }

  @Override
  public BackwardRule within(Surroundings sweep) {
    return new Parted(sweep);
  }

  /// Something for what raises and for what lowers: differences, or multipliers.
  private record Pair(Tensor up, Tensor down) {
    private Pair plus(@Nullable Pair other) {
      return other == null ? this : new Pair(up.add(other.up), down.add(other.down));
    }
  }

  /// The rule in one sweep: differences are found as they are asked for, multipliers gather.
  private final class Parted implements BackwardRule {
    private final Surroundings sweep;
    private final Map<Integer, Pair> differences = new HashMap<>();
    private final Map<Integer, Pair> multipliers = new HashMap<>();

    Parted(Surroundings sweep) {
      this.sweep = sweep;
    }

    @Override
    public boolean reachesUnselected() {
      return true;
    }

    private Tensor change(int value) {
      Tensor here = sweep.value(value);
      Tensor there = rescale.atBaseline().get(value);
      return there == null ? here.mul(0) : here.sub(there);
    }

    private Pair parts(int value) {
      Pair known = differences.get(value);
      if (known == null) {
        Node maker = sweep.maker(value);
        known =
            maker == null || maker.output() != value || !hasParts(maker)
                ? split(change(value))
                : made(maker);
        differences.put(value, known);
      }
      return known;
    }

    private static Pair split(Tensor change) {
      Tensor up = change.relu();
      return new Pair(up, change.sub(up));
    }

    /// Whether the parts of a node's inputs make parts of its output.
    private boolean hasParts(Node node) {
      return switch (node.op()) {
        case Op.Elementwise _ -> true;
        case Op.Bilinear _ -> isGiven(node, 0) != isGiven(node, 1);
        case Op.Linear linear ->
            switch (linear) {
              case Add _, Sub _, Scale _, Over _, Shift _, Sum _ -> true;
              case Expand _, Cast _, AvgPool2d _, CumSum _ -> true;
              default -> false;
            };
        case Op.Routing routing ->
            switch (routing) {
              case MaxPool2d _, MaxIndex _, Where _ -> false;
              default -> true;
            };
        default -> false;
      };
    }

    /// Whether an input is the same at the baseline.
    private boolean isGiven(Node node, int input) {
      return !rescale.atBaseline().containsKey(node.inputs()[input]);
    }

    private Pair made(Node node) {
      int[] in = node.inputs();
      return switch (node.op()) {
        case Op.Elementwise op -> curved(op, in[0]);
        case Op.Bilinear _ -> {
          int moving = isGiven(node, 0) ? 1 : 0;
          Tensor w = sweep.value(in[1 - moving]);
          Tensor raising = w.relu();
          Tensor lowering = w.sub(raising);
          Pair x = parts(in[moving]);
          yield new Pair(
              times(node, moving, x.up, raising).add(times(node, moving, x.down, lowering)),
              times(node, moving, x.down, raising).add(times(node, moving, x.up, lowering)));
        }
        case Sub _ -> {
          Pair a = parts(in[0]);
          Pair b = parts(in[1]);
          yield new Pair(a.up.sub(b.down), a.down.sub(b.up));
        }
        case Scale(double by) when by < 0 ->
            new Pair(parts(in[0]).down.mul(by), parts(in[0]).up.mul(by));
        case Over(double by) when by < 0 ->
            new Pair(parts(in[0]).down.div(by), parts(in[0]).up.div(by));
        case Shift _ -> parts(in[0]);
        default -> new Pair(moved(node, true), moved(node, false));
      };
    }

    private static Tensor times(Node node, int moving, Tensor x, Tensor w) {
      return moving == 0 ? Tensor.apply(node.op(), x, w) : Tensor.apply(node.op(), w, x);
    }

    /// One part of all inputs through an op that takes differences as it takes values.
    private Tensor moved(Node node, boolean up) {
      int[] in = node.inputs();
      Tensor[] some = new Tensor[in.length];
      for (int i = 0; i < in.length; i++) {
        Tensor value = sweep.value(in[i]);
        boolean moves = value.dtype().isFloat();
        Pair pair = moves ? parts(in[i]) : null;
        some[i] = pair == null ? value : up ? pair.up : pair.down;
      }
      return Tensor.apply(node.op(), some);
    }

    private Pair curved(Op op, int input) {
      Pair z = parts(input);
      Tensor there = Objects.requireNonNull(rescale.atBaseline().get(input));
      Tensor none = Tensor.apply(op, there);
      Tensor raised = Tensor.apply(op, there.add(z.up));
      Tensor lowered = Tensor.apply(op, there.add(z.down));
      Tensor both = Tensor.apply(op, sweep.value(input));
      return new Pair(
          raised.sub(none).add(both.sub(lowered)).mul(.5),
          lowered.sub(none).add(both.sub(raised)).mul(.5));
    }

    @Override
    public @Nullable Tensor[] back(Node node, Site at) {
      Pair g = multipliers.getOrDefault(node.output(), new Pair(at.g(), at.g()));
      @Nullable Pair[] sent = hasParts(node) ? crossed(node, at, g) : whole(node, at, g);
      @Nullable Tensor[] flows = new Tensor[at.inputs()];
      for (int i = 0; i < flows.length; i++) {
        Pair one = at.needs(i) ? sent[i] : null;
        if (one != null) {
          int value = node.inputs()[i];
          multipliers.put(value, one.plus(multipliers.get(value)));
          flows[i] = brought(one, value);
        }
      }
      return flows;
    }

    /// What a node without parts sends: whichever part its difference is.
    private @Nullable Pair[] whole(Node node, Site at, Pair g) {
      Tensor chosen = change(node.output()).gt(0).where(g.up, g.down);
      @Nullable Tensor[] flows = rescale.back(node, at.receiving(chosen));
      @Nullable Pair[] sent = new Pair[at.inputs()];
      for (int i = 0; i < sent.length; i++) {
        Tensor flow = flows[i];
        sent[i] = flow == null ? null : new Pair(flow, flow);
      }
      return sent;
    }

    private @Nullable Pair[] crossed(Node node, Site at, Pair g) {
      @Nullable Pair[] sent = new Pair[at.inputs()];
      switch (at.op()) {
        case Op.Elementwise _ -> sent[0] = slopes(node, at, g);
        case Op.Bilinear _ -> {
          int moving = isGiven(node, 0) ? 1 : 0;
          Tensor w = at.x(1 - moving);
          Tensor raising = w.relu();
          Tensor lowering = w.sub(raising);
          sent[moving] =
              new Pair(
                  back(at, moving, g.up, raising).add(back(at, moving, g.down, lowering)),
                  back(at, moving, g.down, raising).add(back(at, moving, g.up, lowering)));
        }
        case Sub _ -> {
          sent[0] = g;
          sent[1] = new Pair(g.down.neg(), g.up.neg());
        }
        case Scale(double by) when by < 0 -> sent[0] = new Pair(g.down.mul(by), g.up.mul(by));
        case Over(double by) when by < 0 -> sent[0] = new Pair(g.down.div(by), g.up.div(by));
        default -> {
          @Nullable Tensor[] up = at.op().vjps(at.receiving(g.up));
          @Nullable Tensor[] down = at.op().vjps(at.receiving(g.down));
          for (int i = 0; i < sent.length; i++) {
            Tensor raised = up[i];
            Tensor lowered = down[i];
            sent[i] = raised == null || lowered == null ? null : new Pair(raised, lowered);
          }
        }
      }
      return sent;
    }

    private Pair slopes(Node node, Site at, Pair g) {
      Pair z = parts(node.inputs()[0]);
      Pair y = parts(node.output());
      Tensor ones = Tensor.ones(at.y().shape(), at.y().dtype());
      Tensor slope = at.op().vjp(0, at.receiving(ones));
      Tensor otherwise = slope == null ? ones.mul(0) : slope;
      return new Pair(
          g.up.mul(rescale.over(y.up, z.up, otherwise)),
          g.down.mul(rescale.over(y.down, z.down, otherwise)));
    }

    private static Tensor back(Site at, int moving, Tensor g, Tensor w) {
      Site there =
          new Site(
              at.op(),
              moving == 0 ? new Tensor[] {at.x(0), w} : new Tensor[] {w, at.x(1)},
              new Tensor[] {at.y()},
              new Tensor[] {g},
              new boolean[] {moving == 0, moving == 1},
              at.where());
      return Objects.requireNonNull(at.op().vjp(moving, there));
    }

    /// What both parts of a difference brought.
    private Tensor brought(Pair g, int value) {
      Pair parts = parts(value);
      return g.up.mul(parts.up).add(g.down.mul(parts.down));
    }
  }
}
