package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Taylor mode: all derivatives along a line up to an order, in one program.
///
/// What is linear, or routes by its values at `t = 0`, pushes every coefficient through its jvp
/// there; what is bilinear convolves the coefficients of its inputs; everything else follows `y′ =
/// J(x, y) x′`. The op's jvp, a small program of `x`, `y` and `x′`, is run on series in the same
/// way, one order lower: `yₖ = (1/k) [J x′]ₖ₋₁`. An op needs nothing but its vjp for it.
///
/// An op on the same series is the same series, wherever it comes up: the slope of the sine asks
/// for the cosine, whose slope asks for the sine that is there already. So the work grows with the
/// square of the order, where that of nested jvps grows by a factor.
final class Taylor {
  private final Map<Call, Series[]> made = new HashMap<>();
  private final Map<Kind, Program> slopes = new HashMap<>();

  /// An op on series; series are the same when they are identical.
  private record Call(Op op, List<Series> in, int order) {}

  private record Kind(Op op, List<Spec> in) {}

  private Taylor() {}

  /// The program that takes a point and a direction in the values `wrt`, and answers `dᵏ/dtᵏ` of
  /// every output for `k = 0, …, order`.
  static Program derive(Program p, int[] wrt, int order) {
    Recorder recorder = new Recorder();
    Tensor[] x = new Tensor[p.inputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = recorder.input(p.specs[i], null, p.recordedOn[i]);
    }
    Series[] in = Arrays.stream(x).map(value -> fixed(value, order)).toArray(Series[]::new);
    for (int value : wrt) {
      Tensor along = recorder.input(p.specs[value], null);
      Tensor at = x[value];
      in[value] = Series.of(at.spec(), order, k -> k == 0 ? at : k == 1 ? along : null);
    }
    p.pins.forEach(recorder::pin);
    Series[] out = through(p, in, order, recorder);
    List<Tensor> results = new ArrayList<>();
    double factorial = 1;
    for (int k = 0; k <= order; k++) {
      factorial *= Math.max(1, k);
      for (Series series : out) {
        Tensor coefficient = series.at(k);
        results.add(coefficient == null || k < 2 ? series.tensor(k) : coefficient.mul(factorial));
      }
    }
    return recorder.finish(results);
  }

  /// Runs a program on series, on the recording that is being written.
  static Series[] through(Program p, Series[] in, int order, Recorder recorder) {
    Series[] v = Arrays.copyOf(in, p.specs.length);
    p.captured.forEach((value, tensor) -> v[value] = fixed(tensor, order));
    p.constants.forEach((value, block) -> v[value] = fixed(Tensor.over(block), order));
    Taylor taylor = new Taylor();
    for (Node node : p.nodes) {
      recorder.from(node, () -> taylor.step(node, v, order));
    }
    p.guards.forEach(guard -> recorder.add(guard, v[guard.value()].tensor(0)));
    return IntStream.of(p.outputs).mapToObj(i -> v[i]).toArray(Series[]::new);
  }

  private static Series fixed(Tensor value, int order) {
    return Series.constant(value.spec(), order, _ -> value);
  }

  /// All coefficients of a node are asked for in turn, so that no chain of nodes is a chain of
  /// calls.
  private Series[] step(Node node, Series[] v, int order) {
    Series[] in = IntStream.of(node.inputs()).mapToObj(i -> v[i]).toArray(Series[]::new);
    Series[] nested =
        node.op() instanceof Nest nest ? TaylorNest.apply(nest, in, node.outputs(), order) : null;
    Series[] out = nested != null ? nested : apply(node.op(), in, node.outputs(), order);
    System.arraycopy(out, 0, v, node.output(), out.length);
    for (int k = 0; k <= order; k++) {
      for (Series series : out) {
        series.at(k);
      }
    }
    return out;
  }

  private Series[] apply(Op op, Series[] in, List<Spec> outputs, int order) {
    Call call = new Call(op, List.of(in), order);
    Series[] known = made.get(call);
    if (known != null) {
      return known;
    }
    Tensor[][] first = new Tensor[1][];
    Series[] out = new Series[outputs.size()];
    Coefficients rule = rule(op, in, out);
    boolean still = op instanceof Op.Discrete || Arrays.stream(in).allMatch(Series::isConstant);
    for (int j = 0; j < out.length; j++) {
      int output = j;
      Spec spec = outputs.get(j);
      out[j] =
          still || !spec.dtype().isFloat()
              ? Series.constant(spec, order, _ -> start(op, in, first)[output])
              : Series.of(
                  spec, order, k -> k == 0 ? start(op, in, first)[output] : rule.at(output, k));
    }
    made.put(call, out);
    return out;
  }

  private static Tensor[] start(Op op, Series[] in, Tensor[][] first) {
    if (first[0] == null) {
      first[0] = Tensor.applyAll(op, tensors(in, 0));
    }
    return first[0];
  }

  private static Tensor[] tensors(Series[] in, int k) {
    return Arrays.stream(in).map(series -> series.tensor(k)).toArray(Tensor[]::new);
  }

  /// How the coefficients from the first on come about.
  @FunctionalInterface
  private interface Coefficients {
    @Nullable Tensor at(int output, int k);
  }

  private Coefficients rule(Op op, Series[] in, Series[] out) {
    return switch (op) {
      case Op.Discrete _ -> (_, _) -> null;
      case Op.Bilinear _ -> (_, k) -> convolved(op, in, k);
      case Op.Linear _, Op.Routing _ -> pushed(op, in, out);
      case Op.Elementwise _, Op.Pairwise _, Op.Coupled _, Op.Nested _, Op.Custom _ ->
          solved(op, in, out);
    };
  }

  private static @Nullable Tensor convolved(Op op, Series[] in, int k) {
    Tensor sum = null;
    for (int j = 0; j <= k; j++) {
      Tensor a = in[0].at(j);
      Tensor b = in[1].at(k - j);
      if (a != null && b != null) {
        Tensor product = Tensor.apply(op, a, b);
        sum = sum == null ? product : sum.add(product);
      }
    }
    return sum;
  }

  /// `yₖ = J(x₀, y₀) xₖ`.
  private Coefficients pushed(Op op, Series[] in, Series[] out) {
    Map<Integer, Tensor[]> done = new HashMap<>();
    return (output, k) -> {
      if (Arrays.stream(in).allMatch(series -> series.at(k) == null)) {
        return null;
      }
      if (!done.containsKey(k)) {
        Program jvp = slope(op, in, out);
        List<Tensor> args = new ArrayList<>(List.of(tensors(in, 0)));
        args.addAll(List.of(tensors(out, 0)));
        for (Series series : in) {
          if (series.spec.dtype().isFloat()) {
            args.add(series.tensor(k));
          }
        }
        Tensor[] v = jvp.on(args.toArray(Tensor[]::new));
        done.put(k, IntStream.of(jvp.outputs).mapToObj(i -> v[i]).toArray(Tensor[]::new));
      }
      return done.get(k)[place(out, output)];
    };
  }

  /// `yₖ = (1/k) [J(x, y) x′]ₖ₋₁`.
  private Coefficients solved(Op op, Series[] in, Series[] out) {
    Series[][] slopes = new Series[1][];
    return (output, k) -> {
      if (slopes[0] == null) {
        List<Series> args = new ArrayList<>(List.of(in));
        args.addAll(List.of(out));
        for (Series series : in) {
          if (series.spec.dtype().isFloat()) {
            args.add(series.slope());
          }
        }
        slopes[0] = run(slope(op, in, out), args, out[output].order() - 1);
      }
      Tensor before = slopes[0][place(out, output)].at(k - 1);
      return before == null || k == 1 ? before : before.div(k);
    };
  }

  /// Which of the float outputs an output is.
  private static int place(Series[] out, int output) {
    int place = 0;
    for (int j = 0; j < output; j++) {
      place += out[j].spec.dtype().isFloat() ? 1 : 0;
    }
    return place;
  }

  /// A program over series.
  private Series[] run(Program p, List<Series> args, int order) {
    Series[] v = new Series[p.specs.length];
    for (int i = 0; i < p.inputs; i++) {
      v[i] = args.get(i);
    }
    p.captured.forEach((value, tensor) -> v[value] = fixed(tensor, order));
    p.constants.forEach((value, block) -> v[value] = fixed(Tensor.over(block), order));
    for (Node node : p.nodes) {
      Series[] in = IntStream.of(node.inputs()).mapToObj(i -> v[i]).toArray(Series[]::new);
      Series[] out = apply(node.op(), in, node.outputs(), order);
      System.arraycopy(out, 0, v, node.output(), out.length);
    }
    return IntStream.of(p.outputs).mapToObj(i -> v[i]).toArray(Series[]::new);
  }

  /// The jvp of one op as a program of its inputs, its outputs and tangents of its float inputs; it
  /// answers tangents of its float outputs.
  private Program slope(Op op, Series[] in, Series[] out) {
    List<Spec> x = Arrays.stream(in).map(series -> series.spec).toList();
    List<Spec> y = Arrays.stream(out).map(series -> series.spec).toList();
    return slopes.computeIfAbsent(new Kind(op, x), _ -> slope(op, x, y));
  }

  private static Program slope(Op op, List<Spec> in, List<Spec> out) {
    Recorder back = new Recorder();
    Tensor[] x = inputs(back, in);
    Tensor[] y = inputs(back, out);
    @Nullable Tensor[] g = new Tensor[y.length];
    boolean[] needed = new boolean[x.length];
    for (int k = 0; k < g.length; k++) {
      g[k] = out.get(k).dtype().isFloat() ? back.input(out.get(k), null) : null;
    }
    for (int i = 0; i < needed.length; i++) {
      needed[i] = in.get(i).dtype().isFloat();
    }
    @Nullable Tensor[] sent = op.vjps(new Site(op, x, y, g, needed, ""));
    List<Tensor> results = new ArrayList<>();
    for (int i = 0; i < sent.length; i++) {
      if (needed[i]) {
        Tensor flow = sent[i];
        results.add(flow != null ? flow : Tensor.zeros(in.get(i).shape(), in.get(i).dtype()));
      }
    }
    Program transpose = back.finish(results);

    Recorder recorder = new Recorder();
    List<Tensor> args = new ArrayList<>(List.of(inputs(recorder, in)));
    args.addAll(List.of(inputs(recorder, out)));
    int own = args.size();
    for (Spec spec : out) {
      if (spec.dtype().isFloat()) {
        args.add(Tensor.zeros(spec.shape(), spec.dtype()));
      }
    }
    int[] cotangents = IntStream.range(own, args.size()).toArray();
    Tensor[] tangents =
        inputs(recorder, in.stream().filter(spec -> spec.dtype().isFloat()).toList());
    Sweep sweep = Sweep.over(transpose, args.toArray(Tensor[]::new), cotangents);
    for (int r = 0; r < tangents.length; r++) {
      sweep.seed(transpose.outputs[r], tangents[r]);
    }
    sweep.run(BackwardRule.CHAIN, recorder);
    return recorder.finish(IntStream.of(cotangents).mapToObj(sweep::at).toList());
  }

  private static Tensor[] inputs(Recorder recorder, List<Spec> specs) {
    return specs.stream().map(spec -> recorder.input(spec, null)).toArray(Tensor[]::new);
  }
}
