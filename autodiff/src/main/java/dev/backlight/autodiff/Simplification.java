package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Concat;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Flip;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Not;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Span;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Algebra before arithmetic, for players: what does nothing goes, what is done twice is done once,
/// and what depends on constants alone is computed beforehand. Every rewrite keeps every bit.
///
/// | of | becomes | because |
/// |---|---|---|
/// | `x · 1`, `x / 1`, a product with ones (the cotangent of a sum) | `x` | exact for every number |
/// | `x − 0`, `x + (−0)` | `x` | exact, also for `−0`; `x + 0` is not, and stays |
/// | `−(−x)`, `−(c x)` | `x`, `(−c) x` | a sign is never rounded |
/// | a cast to the same type, `¬¬x` | `x` | |
/// | a choice by a constant, or between equals | the chosen | |
/// | a permutation, repetition, slice, padding or reshape of a like one | one of them, or none | elements only move |
/// | a permutation of axes of size 1 | a reshape, which costs nothing | the order stays |
/// | a slice of a concatenation or of a padding, inside of what was joined or padded | a slice of that | |
/// | a concatenation of slices side by side | one slice | |
/// | a small result of constants | a constant | its kernel has computed it |
///
/// Outputs stay values of nodes, each of its own, as whoever plays may have memory for them.
final class Simplification {
  /// A constant that is larger than all that it is made of is kept only up to so many elements.
  private static final int SMALL = 1024;

  private final Program p;
  private final int[] same;
  private final boolean[] given;
  private final Map<Integer, Block> constants;
  private final @Nullable Node[] makers;
  private boolean any;

  private Simplification(Program p) {
    this.p = p;
    same = p.values();
    given = new boolean[same.length];
    Arrays.stream(p.outputs).forEach(output -> given[output] = true);
    constants = new LinkedHashMap<>(p.constants);
    makers = new Node[same.length];
  }

  /// The program with less to do, or the same.
  static Program simplify(Program p) {
    Simplification all = new Simplification(p);
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      Node now = all.simplified(node);
      if (now != null) {
        nodes.add(now);
        for (int k = 0; k < now.outputs().size(); k++) {
          all.makers[now.output() + k] = now;
        }
      }
    }
    return all.any
        ? DeadCode.remove(p.rewritten(all.constants, nodes, List.of(p.specs), all.same))
        : p;
  }

  /// What is left to do of a node, or `null` if its values are there.
  private @Nullable Node simplified(Node node) {
    int[] in = node.inputs();
    for (int k = 0; k < in.length; k++) {
      in[k] = same[in[k]];
    }
    Node now = node.numbered(in, node.output());
    if (node.outputs().size() != 1 || node.op() instanceof Nest) {
      return now;
    }
    // Each rule makes the op or the chain shorter, so this ends.
    for (Node next = rewritten(now); next != null; next = rewritten(now)) {
      now = next;
      any = true;
    }
    int value = now.output();
    int equal = equal(now);
    if (equal >= 0 && (!given[value] || (makers[equal] != null && !given[equal]))) {
      any = true;
      given[equal] |= given[value];
      same[value] = equal;
      return null;
    }
    if (given[value]) {
      return now;
    }
    Block known = constant(now);
    if (known != null) {
      any = true;
      constants.put(value, known);
      return null;
    }
    return now;
  }

  /// What a node makes of constants, `null` if it reads something else, or if it is one of those
  /// that a play has to see: it may refuse its inputs, or make infinities.
  private @Nullable Block constant(Node node) {
    boolean harmless = node.op().isPointwise() || moves(node.op());
    Block[] known = Arrays.stream(node.inputs()).mapToObj(constants::get).toArray(Block[]::new);
    long read = 0;
    for (Block block : known) {
      if (block == null) {
        return null;
      }
      read += block.size();
    }
    boolean fits = shape(node.output()).elements() <= Math.max(read, SMALL);
    if (!harmless || !fits || known.length == 0 || !isFloat(node.output())) {
      return null;
    }
    Block made = node.op().evaluate(known)[0];
    boolean finite = true;
    for (int i = 0; i < made.size(); i++) {
      finite &= Double.isFinite(made.get(i));
    }
    return finite ? made : null;
  }

  private static boolean moves(Op op) {
    return switch (op) {
      case Reshape _, Permute _, Expand _, Slice _, Embed _, Concat _, Flip _ -> true;
      default -> false;
    };
  }

  private Shape shape(int value) {
    return p.specs[value].shape();
  }

  /// The op that makes a value out of one other, `null` if it is made otherwise.
  private @Nullable Op maker(int value) {
    Node maker = makers[value];
    return maker != null && maker.arity() == 1 ? maker.op() : null;
  }

  private int source(int value) {
    Node maker = makers[value];
    return maker == null ? value : maker.input(0);
  }

  /// The value that a node makes once more, or -1.
  private int equal(Node node) {
    int x = node.arity() == 0 ? -1 : node.input(0);
    boolean is =
        switch (node.op()) {
          case Reshape _, Expand _ -> shape(x).equals(shape(node.output()));
          case Permute permute -> isSorted(permute.order());
          case Slice slice -> isWhole(slice.spans(), shape(x));
          case Embed embed -> isWhole(embed.spans(), embed.into());
          case Concat _ -> node.arity() == 1;
          case Cast cast -> p.specs[x].dtype() == cast.to();
          case Scale scale -> scale.by() == 1;
          case Over over -> over.by() == 1;
          case Shift shift -> isMinusZero(shift.by());
          case Mul _, Sub _, Add _ -> isNeutral(node.op(), node.input(1));
          default -> false;
        };
    if (is) {
      return x;
    }
    return switch (node.op()) {
      case Mul _, Add _ -> isNeutral(node.op(), x) ? node.input(1) : -1;
      case Not _, Flip _ -> node.op().equals(maker(x)) ? source(x) : -1;
      case Slice slice ->
          maker(x) instanceof Embed embed && embed.spans().equals(slice.spans()) ? source(x) : -1;
      case Where _ -> chosen(node);
      default -> -1;
    };
  }

  private boolean isFloat(int value) {
    return p.specs[value].dtype().isFloat();
  }

  private static boolean isSorted(List<Integer> order) {
    boolean sorted = true;
    for (int a = 0; a < order.size(); a++) {
      sorted &= order.get(a) == a;
    }
    return sorted;
  }

  private static boolean isWhole(List<Span> spans, Shape whole) {
    boolean is = true;
    for (int a = 0; a < spans.size(); a++) {
      is &= spans.get(a).equals(Span.all(whole.size(a)));
    }
    return is;
  }

  private static boolean isMinusZero(double number) {
    return number == 0 && 1 / number < 0;
  }

  /// Whether an op with this second operand answers the first.
  private boolean isNeutral(Op op, int value) {
    Node maker = makers[value];
    if (maker != null
        && (maker.op() instanceof Expand
            || maker.op() instanceof Reshape
            || maker.op() instanceof Permute)) {
      return isNeutral(op, maker.input(0));
    }
    Block block = constants.get(value);
    if (block == null || block.size() == 0) {
      return false;
    }
    for (int i = 0; i < block.size(); i++) {
      double number = block.get(i);
      boolean neutral =
          switch (op) {
            case Mul _ -> number == 1;
            case Sub _ -> number == 0 && !(isMinusZero(number) && block.dtype().isFloat());
            default -> isMinusZero(number) || (number == 0 && !block.dtype().isFloat());
          };
      if (!neutral) {
        return false;
      }
    }
    return true;
  }

  private int chosen(Node where) {
    if (where.input(1) == where.input(2)) {
      return where.input(1);
    }
    Block mask = constants.get(where.input(0));
    if (mask == null || mask.size() == 0) {
      return -1;
    }
    boolean[] all = mask.bool();
    for (int i = 1; i < mask.size(); i++) {
      if (all[i] != all[0]) {
        return -1;
      }
    }
    return where.input(all[0] ? 1 : 2);
  }

  /// The same by a shorter way, `null` if there is none.
  private @Nullable Node rewritten(Node node) {
    if (node.arity() == 0) {
      return null;
    }
    int x = node.input(0);
    Op before = maker(x);
    return switch (node.op()) {
      // Of an input each reshape is a copy, while that of a reshape is none.
      case Reshape _ when before instanceof Reshape && makers[source(x)] != null ->
          node(node, node.op(), source(x));
      case Expand _ when before instanceof Expand -> node(node, node.op(), source(x));
      case Permute outer when before instanceof Permute inner ->
          node(
              node,
              new Permute(outer.order().stream().map(inner.order()::get).toList()),
              source(x));
      case Permute permute
          when keepsOrder(permute.order(), shape(x)) && !isSorted(permute.order()) ->
          node(node, new Reshape(shape(node.output())), x);
      case Scale outer when outer.by() == -1 && isFloat(x) && before instanceof Scale inner ->
          node(node, new Scale(-inner.by()), source(x));
      case Slice outer when before instanceof Slice inner ->
          node(node, new Slice(within(outer.spans(), inner.spans())), source(x));
      case Slice slice when makers[x] != null && makers[x].op() instanceof Concat concat ->
          part(node, slice, makers[x], shape(x).axis(concat.axis()));
      case Concat concat -> joined(node, shape(x).axis(concat.axis()));
      default -> null;
    };
  }

  private static Node node(Node old, Op op, int... in) {
    return new Node(op, in, old.output(), old.outputs(), old.where(), old.behind(), old.label());
  }

  /// Whether only axes of size 1 change places.
  private static boolean keepsOrder(List<Integer> order, Shape from) {
    int last = -1;
    for (int axis : order) {
      if (from.size(axis) != 1) {
        if (axis < last) {
          return false;
        }
        last = axis;
      }
    }
    return true;
  }

  private static List<Span> within(List<Span> outer, List<Span> inner) {
    List<Span> spans = new ArrayList<>();
    for (int a = 0; a < outer.size(); a++) {
      Span o = outer.get(a);
      Span i = inner.get(a);
      spans.add(new Span(i.from() + o.from() * i.step(), o.count(), o.step() * i.step()));
    }
    return spans;
  }

  /// A slice of a concatenation as one of the tensors that were joined.
  private @Nullable Node part(Node node, Slice slice, Node concat, int axis) {
    Span span = slice.spans().get(axis);
    int begin = 0;
    for (int k = 0; k < concat.arity(); k++) {
      int end = begin + shape(concat.input(k)).size(axis);
      int last = span.from() + (span.count() - 1) * span.step();
      if (span.count() > 0 && span.from() >= begin && last < end) {
        List<Span> spans = new ArrayList<>(slice.spans());
        spans.set(axis, new Span(span.from() - begin, span.count(), span.step()));
        return node(node, new Slice(spans), concat.input(k));
      }
      begin = end;
    }
    return null;
  }

  /// Slices of one tensor side by side, joined again.
  private @Nullable Node joined(Node node, int axis) {
    int source = source(node.input(0));
    List<Span> spans = null;
    for (int k = 0; k < node.arity(); k++) {
      int value = node.input(k);
      if (!(maker(value) instanceof Slice slice) || source(value) != source) {
        return null;
      }
      Span next = slice.spans().get(axis);
      if (spans == null) {
        spans = new ArrayList<>(slice.spans());
      } else {
        Span sofar = spans.get(axis);
        spans.set(axis, next);
        if (!spans.equals(slice.spans()) || next.from() != sofar.from() + sofar.count()) {
          return null;
        }
        spans.set(axis, new Span(sofar.from(), sofar.count() + next.count(), 1));
      }
      if (next.step() != 1) {
        return null;
      }
    }
    return spans == null || node.arity() == 1 ? null : node(node, new Slice(spans), source);
  }
}
