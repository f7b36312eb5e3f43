package dev.backlight.autodiff;

import dev.backlight.autodiff.GradCheck.Finding;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Finds which op of a tape has a wrong rule, and what kind of mistake it looks like.
final class Diagnosis {
  private final GradCheck check;
  private final boolean kinks;

  /// `kinks` tells whether a point without an answer counts.
  private Diagnosis(GradCheck check, boolean kinks) {
    this.check = check;
    this.kinks = kinks;
  }

  /// A sentence about the first op whose derivative is wrong on its own; if none is, about the
  /// first that stands at a kink; or `null`.
  static @Nullable String culprit(
      GradCheck check, Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    Program program = Tape.record(f, x).program();
    String wrong = new Diagnosis(check, false).first(program, x, null);
    return wrong != null ? wrong : new Diagnosis(check, true).first(program, x, null);
  }

  private @Nullable String first(Program program, List<Tensor> x, @Nullable Op within) {
    Tensor[] v = program.on(x.toArray(Tensor[]::new));
    for (Node node : program.nodes) {
      Tensor[] in = new Tensor[node.arity()];
      for (int k = 0; k < in.length; k++) {
        in[k] = v[node.input(k)];
      }
      boolean itself = within != null && node.op().equals(within);
      String found = itself ? null : wrong(node, in, within);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable String wrong(Node node, Tensor[] in, @Nullable Op within) {
    int[] floats = IntStream.range(0, in.length).filter(i -> in[i].dtype() == DType.F64).toArray();
    if (floats.length == 0 || node.op() instanceof Op.Discrete) {
      return null;
    }
    String who =
        within == null
            ? node.toString()
            : node.op().name() + ", in the rule of " + within.name() + " at " + node.where();
    String misfit = misfit(node.op(), in);
    if (misfit != null) {
      return who + ": " + misfit;
    }
    Function<List<Tensor>, List<Tensor>> alone =
        some -> {
          Tensor[] all = in.clone();
          for (int i = 0; i < floats.length; i++) {
            all[floats[i]] = some.get(i);
          }
          return Arrays.stream(Tensor.applyAll(node.op(), all))
              .filter(y -> y.dtype().isFloat())
              .toList();
        };
    // Copies: one tensor in two places would be one input.
    List<Tensor> at = IntStream.of(floats).mapToObj(i -> copy(in[i])).toList();
    List<String> names = IntStream.of(floats).mapToObj(i -> "input " + i).toList();
    Finding wrong = check.wrong(alone, at, names, 1, Key.of(7));
    if (wrong == null || (wrong.kind() == Finding.Kind.INCONCLUSIVE && !kinks)) {
      return null;
    }
    if (wrong.order() > 1) {
      // The rule itself is made of ops, and one of those may be the wrong one.
      String inside =
          new Diagnosis(check.order(wrong.order() - 1), kinks)
              .first(rule(alone, at), at, node.op());
      if (inside != null) {
        return inside;
      }
    }
    String kind =
        switch (wrong.kind()) {
          case DIFFERS -> kind(wrong, at, names);
          case BENT -> bend(wrong, at);
          case INCONCLUSIVE -> "";
        };
    return who + ": " + wrong.what() + (kind.isEmpty() ? "" : "; " + kind);
  }

  private static Tensor copy(Tensor x) {
    return Tensor.of(x.shape(), x.toDoubles());
  }

  /// The vjp for some cotangent.
  private static Program rule(Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, x);
    var vjp = tape.vjp(Function.identity());
    List<Tensor> g = cotangent(tape.run(x));
    return Tape.<List<Tensor>, List<Tensor>>record(in -> vjp.run(new WithCotangent<>(in, g)), x)
        .program();
  }

  private static List<Tensor> cotangent(List<Tensor> y) {
    return IntStream.range(0, y.size())
        .mapToObj(k -> Key.of(3).fold(k).normal(y.get(k).shape(), DType.F64))
        .toList();
  }

  /// What kind of mistake it looks like, and what the rule lets no derivative through.
  private static String kind(Finding wrong, List<Tensor> x, List<String> names) {
    String kind = Mistake.of(new Jacobians(wrong.f(), x), names);
    if (kind.isEmpty() || wrong.order() == 1) {
      return kind;
    }
    List<String> still =
        Tape.record(wrong.f(), x).nodes().stream()
            .filter(n -> n.op() instanceof Op.Discrete)
            .filter(n -> n.outputs().getFirst().dtype().isFloat())
            .map(n -> n.op().name())
            .distinct()
            .toList();
    return still.isEmpty()
        ? kind
        : kind + ": the rule holds constant what comes from " + String.join(", ", still);
  }

  // ---- a cotangent of another shape ----

  /// What is wrong with the shapes and dtypes that the rule answers, or `null`.
  private static @Nullable String misfit(Op op, Tensor[] in) {
    Recorder recorder = new Recorder();
    Tensor[] x = new Tensor[in.length];
    boolean[] needed = new boolean[in.length];
    for (int i = 0; i < in.length; i++) {
      x[i] = recorder.input(in[i].spec(), null);
      needed[i] = in[i].dtype() == DType.F64;
    }
    Spec[] made = op.infer(Arrays.stream(in).map(Tensor::spec).toArray(Spec[]::new));
    @Nullable Tensor[] g = new Tensor[made.length];
    for (int k = 0; k < g.length; k++) {
      g[k] = made[k].dtype().isFloat() ? recorder.input(made[k], null) : null;
    }
    Tensor[] y = Tensor.applyAll(op, x);
    @Nullable Tensor[] sent;
    try {
      sent = op.vjps(new Site(op, x, y, g, needed, ""));
    } catch (dev.backlight.core.ShapeException | dev.backlight.core.DTypeException e) {
      return "the rule itself fails on " + y[0].spec() + ": " + e.getMessage();
    }
    for (int i = 0; i < in.length; i++) {
      Tensor flow = sent[i];
      if (flow != null && needed[i] && !flow.spec().equals(in[i].spec())) {
        return "the rule needs "
            + in[i].spec()
            + " for input "
            + i
            + ", got "
            + flow.spec()
            + misfit(in, sent, i);
      }
    }
    return null;
  }

  private static String misfit(Tensor[] in, @Nullable Tensor[] sent, int i) {
    Shape want = in[i].shape();
    Spec got = java.util.Objects.requireNonNull(sent[i]).spec();
    String here = " in input " + i;
    if (got.shape().equals(want)) {
      return "; to(DType." + in[i].dtype() + ") is missing" + here;
    }
    for (int j = 0; j < in.length; j++) {
      Tensor other = sent[j];
      boolean exchanged = other != null && other.spec().equals(in[i].spec());
      if (j != i && exchanged && got.equals(in[j].spec())) {
        return "; the cotangent of input " + j + " arrives" + here;
      }
    }
    if (want.expandsTo(got.shape())) {
      return "; the sum over the broadcast axes "
          + widened(want, got.shape())
          + " is missing"
          + here;
    }
    if (got.shape().expandsTo(want)) {
      return "; an expand to " + want + " is missing" + here;
    }
    if (got.shape().elements() == want.elements()) {
      boolean turned = want.rank() > 1 && sorted(want).equals(sorted(got.shape()));
      return "; a " + (turned ? "transpose or a reshape" : "reshape") + " is missing" + here;
    }
    return "";
  }

  private static List<Integer> sorted(Shape shape) {
    return Arrays.stream(shape.sizes()).sorted().boxed().toList();
  }

  private static List<Integer> widened(Shape narrow, Shape wide) {
    int lead = wide.rank() - narrow.rank();
    return IntStream.range(0, wide.rank())
        .filter(axis -> axis < lead || narrow.size(axis - lead) != wide.size(axis))
        .boxed()
        .toList();
  }

  // ---- a cotangent that does not scale ----

  /// How a rule that is not linear in its cotangent bends.
  private static String bend(Finding wrong, List<Tensor> x) {
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(wrong.f(), x);
    var vjp = tape.vjp(Function.identity());
    List<Tensor> g = cotangent(tape.run(x));
    double[] once = at(vjp, x, g, 1);
    double[] none = at(vjp, x, g, 0);
    double[] twice = at(vjp, x, g, 2);
    double[] back = at(vjp, x, g, -1);
    if (multiple(none, once, 1)) {
      return "the cotangent is not used";
    }
    if (!multiple(none, once, 0)) {
      return "something is added that does not depend on the cotangent";
    }
    if (multiple(back, once, 1)) {
      return multiple(twice, once, 2)
          ? "it uses the absolute value of the cotangent"
          : "it is " + (multiple(twice, once, 4) ? "quadratic" : "even") + " in the cotangent";
    }
    return multiple(twice, once, 8) ? "it is cubic in the cotangent" : "";
  }

  private static double[] at(
      Tape<WithCotangent<List<Tensor>, List<Tensor>>, List<Tensor>> vjp,
      List<Tensor> x,
      List<Tensor> g,
      double factor) {
    List<Tensor> scaled = g.stream().map(t -> t.mul(factor)).toList();
    return vjp.run(new WithCotangent<>(x, scaled)).stream()
        .flatMapToDouble(t -> Arrays.stream(t.toDoubles()))
        .toArray();
  }

  private static boolean multiple(double[] got, double[] of, double factor) {
    return IntStream.range(0, got.length).allMatch(k -> Matrices.near(got[k], factor * of[k]));
  }
}
