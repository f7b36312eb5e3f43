package dev.backlight.autodiff;

import dev.backlight.autodiff.OpCheck.Wrong;
import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What [OpCheck] asks of tapes and derivatives of an op or of a function.
final class TapeQuestions {
  private static final double EXACT = 1e-11;

  /// Other points near by, still inside every domain that a ray from zero stays in.
  private static final double[] SCALES = {1, 0.9375, 1.03125};

  private final Function<List<Tensor>, List<Tensor>> f;
  private final @Nullable Op op;
  private final Tensor[] x;
  private final int[] floats;
  private final Spec[] made;

  TapeQuestions(Op op, Tensor... x) {
    this(in -> List.of(Tensor.applyAll(op, in.toArray(Tensor[]::new))), op, x);
  }

  TapeQuestions(Function<List<Tensor>, List<Tensor>> f, Tensor... x) {
    this(f, null, x);
  }

  private TapeQuestions(Function<List<Tensor>, List<Tensor>> f, @Nullable Op op, Tensor... x) {
    this.f = f;
    this.op = op;
    this.x = x;
    this.floats = IntStream.range(0, x.length).filter(i -> x[i].dtype() == DType.F64).toArray();
    this.made = f.apply(List.of(x)).stream().map(Tensor::spec).toArray(Spec[]::new);
  }

  private List<Tensor> results(List<Tensor> in) {
    return f.apply(in);
  }

  private static List<Tensor> scaled(List<Tensor> x, double factor) {
    return x.stream().map(t -> t.dtype().isFloat() ? t.mul(factor) : t).toList();
  }

  // ---- single precision ----

  String single(double tolerance) {
    if (floats.length == 0) {
      return "no F64 input";
    }
    List<Tensor> narrow =
        Arrays.stream(x).map(t -> t.dtype() == DType.F64 ? t.to(DType.F32) : t).toList();
    List<Tensor> single = results(narrow);
    double values = difference(results(List.of(x)), single, tolerance, "");
    boolean mixed = Stream.of(made).anyMatch(s -> s.dtype() == DType.F32);
    if (smooth() != null || mixed || single.stream().anyMatch(y -> y.dtype() == DType.F64)) {
      return String.format(Locale.ROOT, "within %.1e", values);
    }
    Function<List<Tensor>, List<Tensor>> wide = this::outputs;
    Function<List<Tensor>, List<Tensor>> low = some -> outputs(some, narrow, DType.F32);
    List<Tensor> at = point();
    List<Tensor> lowAt = at.stream().map(t -> t.to(DType.F32)).toList();
    double slopes = 0;
    for (int order = 1; order <= 2; order++) {
      List<Tensor> g = random(wide.apply(at), 10 + order);
      List<Tensor> lowG = g.stream().map(t -> t.to(DType.F32)).toList();
      wide = pulled(wide, at, g);
      low = pulled(low, lowAt, lowG);
      String which = " of the vjp at order " + order;
      slopes =
          Math.max(slopes, difference(wide.apply(at), low.apply(lowAt), 100 * tolerance, which));
    }
    return String.format(Locale.ROOT, "within %.1e, derivatives within %.1e", values, slopes);
  }

  /// The vjp of a function for a fixed cotangent.
  private static Function<List<Tensor>, List<Tensor>> pulled(
      Function<List<Tensor>, List<Tensor>> f, List<Tensor> at, List<Tensor> g) {
    var vjp = Tape.record(f, at).vjp(Function.<List<Tensor>>identity());
    return in -> vjp.run(new WithCotangent<>(in, g));
  }

  /// The largest difference between both precisions, relative to the largest value.
  private static double difference(
      List<Tensor> wide, List<Tensor> got, double tolerance, String which) {
    double worst = 0;
    for (int k = 0; k < wide.size(); k++) {
      Block want = block(wide.get(k));
      Block narrow = block(got.get(k));
      boolean follows =
          narrow.dtype() == want.dtype()
              || (narrow.dtype() == DType.F32 && want.dtype() == DType.F64);
      if (!narrow.shape().equals(want.shape()) || !follows) {
        throw new Wrong(
            "for F32 inputs output "
                + k
                + which
                + " needs "
                + want.spec().with(DType.F32)
                + ", got "
                + narrow.spec());
      }
      double scale = scale(want);
      for (int e = 0; e < want.size(); e++) {
        double a = want.get(e);
        double b = narrow.get(e);
        double error = Double.compare(a, b) == 0 ? 0 : Math.abs(a - b) / scale;
        if (!(error <= tolerance)) {
          throw new Wrong(
              "needed "
                  + a
                  + " at "
                  + KernelQuestions.place(k, want, e)
                  + which
                  + ", got "
                  + b
                  + " (tolerance "
                  + tolerance
                  + ")");
        }
        worst = Math.max(worst, error);
      }
    }
    return worst;
  }

  /// The largest finite element, at least 1.
  private static double scale(Block block) {
    double scale = 1;
    for (int e = 0; e < block.size(); e++) {
      scale = Double.isFinite(block.get(e)) ? Math.max(scale, Math.abs(block.get(e))) : scale;
    }
    return scale;
  }

  private static Block block(Tensor t) {
    return Objects.requireNonNull(t.block());
  }

  // ---- replay ----

  String replay() {
    for (DType dtype : List.of(DType.F64, DType.F32)) {
      List<Tensor> at =
          Arrays.stream(x).map(t -> t.dtype().isFloat() ? copy(t.to(dtype)) : copy(t)).toList();
      Tape<List<Tensor>, List<Tensor>> tape = Tape.record(this::results, at);
      Player<List<Tensor>, List<Tensor>> player = tape.player();
      for (double scale : SCALES) {
        List<Tensor> other = scaled(at, scale);
        same(results(other), player.play(other), "on a replay");
      }
    }
    if (smooth() != null) {
      return "yes";
    }
    var vjp = tape().vjp(Function.identity());
    var player = vjp.player();
    for (double scale : SCALES) {
      List<Tensor> other = scaled(point(), scale);
      var with = new WithCotangent<>(other, random(outputs(other), 1));
      same(vjp.run(with), player.play(with), "on a replay of the vjp");
    }
    return "yes, and of the vjp";
  }

  private static void same(List<Tensor> want, List<Tensor> got, String when) {
    for (int k = 0; k < want.size(); k++) {
      Block a = Objects.requireNonNull(want.get(k).block());
      Block b = Objects.requireNonNull(got.get(k).block());
      int e = KernelQuestions.firstDifference(a, b);
      if (e >= 0) {
        throw new Wrong(
            "needed "
                + a.get(e)
                + " at "
                + KernelQuestions.place(k, a, e)
                + " "
                + when
                + ", got "
                + b.get(e));
      }
    }
  }

  // ---- batches ----

  String batch() {
    if (x.length == 0) {
      return "no input";
    }
    String found = op == null ? "yes" : rule(op);
    for (boolean[] mapped : choices()) {
      for (int size : new int[] {SCALES.length, 1}) {
        mapped(mapped, size);
      }
    }
    return found;
  }

  /// `rule` if the op has a batching rule, which is then asked, else `loop`.
  String rule(Op op) {
    boolean rule = true;
    for (boolean[] mapped : choices()) {
      for (int size : new int[] {SCALES.length, 1}) {
        rule &= batch(op, mapped, size);
      }
    }
    return rule ? "rule" : "loop";
  }

  /// All inputs, and each alone.
  private List<boolean[]> choices() {
    List<boolean[]> choices = new ArrayList<>();
    boolean[] all = new boolean[x.length];
    Arrays.fill(all, true);
    choices.add(all);
    for (int i = 0; i < x.length && x.length > 1; i++) {
      boolean[] one = new boolean[x.length];
      one[i] = true;
      choices.add(one);
    }
    return choices;
  }

  private Tensor[] batched(boolean[] mapped, int size) {
    Tensor[] batched = new Tensor[x.length];
    for (int i = 0; i < x.length; i++) {
      int at = i;
      batched[i] =
          mapped[i]
              ? Tensor.stack(0, IntStream.range(0, size).mapToObj(b -> example(at, b)).toList())
              : copy(x[i]);
    }
    return batched;
  }

  private List<Tensor> examples(boolean[] mapped, int b) {
    return IntStream.range(0, x.length).mapToObj(i -> mapped[i] ? example(i, b) : x[i]).toList();
  }

  /// A tape over the batch, and its derivative over the batch, by `Tape.vmap`.
  private void mapped(boolean[] mapped, int size) {
    String when = " by vmap for " + size + " with mapped inputs " + Arrays.toString(mapped);
    Function<List<Tensor>, List<Tensor>> part =
        in -> IntStream.range(0, x.length).filter(i -> mapped[i]).mapToObj(in::get).toList();
    List<Tensor> at = Stream.of(x).map(TapeQuestions::copy).toList();
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(this::results, at);
    List<Tensor> in = List.of(batched(mapped, size));
    List<Tensor> got = tape.vmap(size, part).run(in);
    for (int k = 0; k < made.length; k++) {
      int output = k;
      Tensor want =
          Tensor.stack(
              0,
              IntStream.range(0, size)
                  .mapToObj(b -> results(examples(mapped, b)).get(output))
                  .toList());
      near(want, got.get(k), k, EXACT, when);
    }
    if (smooth() == null) {
      mappedVjp(tape, in, mapped, size, when);
    }
  }

  private void mappedVjp(
      Tape<List<Tensor>, List<Tensor>> tape,
      List<Tensor> in,
      boolean[] mapped,
      int size,
      String when) {
    Function<List<Tensor>, List<Tensor>> wide =
        some -> IntStream.of(floats).mapToObj(some::get).toList();
    var vjp = tape.vjp(wide);
    List<Tensor> g =
        Stream.of(made).map(s -> Key.of(11).normal(s.shape(), DType.F64).to(s.dtype())).toList();
    var over =
        vjp.vmap(
            size,
            w ->
                IntStream.range(0, x.length)
                    .filter(i -> mapped[i])
                    .mapToObj(i -> w.at().get(i))
                    .toList());
    List<Tensor> got = over.run(new WithCotangent<>(in, g));
    for (int i = 0; i < floats.length; i++) {
      int input = i;
      Tensor want =
          Tensor.stack(
              0,
              IntStream.range(0, size)
                  .mapToObj(b ->
                      vjp.run(
                              new WithCotangent<>(
                                  examples(mapped, b).stream().map(TapeQuestions::copy).toList(),
                                  g))
                          .get(input))
                  .toList());
      near(want, got.get(i), i, EXACT, " in the vjp" + when);
    }
  }

  private boolean batch(Op op, boolean[] mapped, int size) {
    Tensor[] batched = batched(mapped, size);
    Tensor[] got = op.batch(new Batch(size, batched, mapped));
    if (got == null) {
      return false;
    }
    List<List<Tensor>> runs = new ArrayList<>();
    for (int b = 0; b < size; b++) {
      runs.add(results(examples(mapped, b)));
    }
    String when = " for a batch of " + size + " with mapped inputs " + Arrays.toString(mapped);
    if (got.length != made.length) {
      throw new Wrong("needed " + made.length + " outputs, got " + got.length + when);
    }
    for (int k = 0; k < made.length; k++) {
      int output = k;
      Tensor want = Tensor.stack(0, runs.stream().map(run -> run.get(output)).toList());
      if (!got[k].spec().equals(want.spec())) {
        throw new Wrong("output " + k + " needs " + want.spec() + ", got " + got[k].spec() + when);
      }
      near(want, got[k], k, EXACT, when);
    }
    symbolic(op, batched, mapped, size, when);
    empty(op, batched, mapped);
    return true;
  }

  /// A batch of no example is no reason to fail.
  private void empty(Op op, Tensor[] batched, boolean[] mapped) {
    Tensor[] none = batched.clone();
    for (int i = 0; i < none.length; i++) {
      none[i] = mapped[i] ? none[i].slice(0, 0, 0) : none[i];
    }
    Tensor[] got = Objects.requireNonNull(op.batch(new Batch(0, none, mapped)));
    for (int k = 0; k < made.length; k++) {
      Spec needed = made[k].with(made[k].shape().prepend(0));
      if (!got[k].spec().equals(needed)) {
        throw new Wrong(
            "output " + k + " needs " + needed + ", got " + got[k].spec() + " for a batch of 0");
      }
    }
  }

  private Tensor example(int i, int b) {
    return x[i].dtype().isFloat() ? x[i].mul(SCALES[b]) : x[i];
  }

  /// A rule is written in Tensor language: it works where only shapes are known.
  private static void symbolic(Op op, Tensor[] batched, boolean[] mapped, int size, String when) {
    Recorder recorder = new Recorder();
    Tensor[] in =
        Arrays.stream(batched).map(t -> recorder.input(t.spec(), null)).toArray(Tensor[]::new);
    try {
      op.batch(new Batch(size, in, mapped));
    } catch (IllegalStateException e) {
      throw new Wrong("needed a rule that reads no value, got: " + e.getMessage() + when);
    }
  }

  // ---- derivatives ----

  /// Why there is nothing to differentiate, or `null`.
  private @Nullable String smooth() {
    if (op instanceof Op.Discrete) {
      return "none: piecewise constant";
    }
    if (floats.length == 0) {
      return "none: no F64 input";
    }
    return Stream.of(made).noneMatch(s -> s.dtype() == DType.F64) ? "none: no F64 output" : null;
  }

  private List<Tensor> point() {
    return IntStream.of(floats).mapToObj(i -> copy(x[i])).toList();
  }

  /// One tensor in two places would be one input.
  private static Tensor copy(Tensor t) {
    return Tensor.over(Objects.requireNonNull(t.block()).copy());
  }

  /// The op as a function of its `F64` inputs, with its `F64` outputs.
  private List<Tensor> outputs(List<Tensor> some) {
    return outputs(some, List.of(x), DType.F64);
  }

  private List<Tensor> outputs(List<Tensor> some, List<Tensor> rest, DType dtype) {
    Tensor[] all = rest.toArray(Tensor[]::new);
    for (int i = 0; i < floats.length; i++) {
      all[floats[i]] = some.get(i);
    }
    return f.apply(List.of(all)).stream().filter(y -> y.dtype() == dtype).toList();
  }

  private Tape<List<Tensor>, List<Tensor>> tape() {
    return Tape.record(this::outputs, point());
  }

  private static List<Tensor> random(List<Tensor> like, int seed) {
    return IntStream.range(0, like.size())
        .mapToObj(k -> Key.of(seed).fold(k).normal(like.get(k).shape(), DType.F64))
        .toList();
  }

  String derivatives(GradCheck check, int order) {
    String none = smooth();
    if (none != null) {
      return none;
    }
    try {
      check.check(this::outputs, point());
    } catch (GradCheckFailure e) {
      throw new Wrong(String.valueOf(e.getMessage()));
    }
    return "to order " + order;
  }

  String adjoint() {
    String none = smooth();
    if (none != null) {
      return none;
    }
    List<Tensor> at = point();
    Tape<List<Tensor>, List<Tensor>> tape = tape();
    List<Tensor> tangent = random(at, 5);
    List<Tensor> cotangent = random(outputs(at), 6);
    List<Tensor> pushed =
        tape.jvp(Function.<List<Tensor>>identity()).run(new WithTangent<>(at, tangent));
    List<Tensor> pulled =
        tape.vjp(Function.<List<Tensor>>identity()).run(new WithCotangent<>(at, cotangent));
    double[] forward = dot(cotangent, pushed);
    double[] reverse = dot(pulled, tangent);
    if (!(Math.abs(forward[0] - reverse[0]) <= EXACT * (1 + forward[1] + reverse[1]))) {
      throw new Wrong(
          "needed equal products, got "
              + forward[0]
              + " by the jvp and "
              + reverse[0]
              + " by the vjp");
    }
    return "yes";
  }

  String linearity() {
    String none = smooth();
    if (none != null) {
      return none;
    }
    List<Tensor> at = point();
    var vjp = tape().vjp(Function.<List<Tensor>>identity());
    List<Tensor> a = random(outputs(at), 7);
    List<Tensor> b = random(outputs(at), 8);
    List<Tensor> both =
        IntStream.range(0, a.size()).mapToObj(k -> a.get(k).mul(2).sub(b.get(k).mul(3))).toList();
    List<Tensor> got = vjp.run(new WithCotangent<>(at, both));
    List<Tensor> p = vjp.run(new WithCotangent<>(at, a));
    List<Tensor> q = vjp.run(new WithCotangent<>(at, b));
    for (int i = 0; i < at.size(); i++) {
      near(p.get(i).mul(2).sub(q.get(i).mul(3)), got.get(i), i, EXACT, " for 2a - 3b");
    }
    return "yes";
  }

  String mixed() {
    String none = smooth();
    if (none != null) {
      return none;
    }
    List<Tensor> at = point();
    List<Tensor> v = random(at, 9);
    List<Tensor> g = random(outputs(at), 10);
    Tape<List<Tensor>, List<Tensor>> tape = tape();
    var vjp = tape.vjp(Function.<List<Tensor>>identity());
    List<Tensor> forward =
        Tape.<List<Tensor>, List<Tensor>>record(in -> vjp.run(new WithCotangent<>(in, g)), at)
            .jvp(Function.<List<Tensor>>identity())
            .run(new WithTangent<>(at, v));
    var jvp = tape.jvp(Function.<List<Tensor>>identity());
    List<Tensor> reverse =
        Tape.<List<Tensor>, List<Tensor>>record(in -> jvp.run(new WithTangent<>(in, v)), at)
            .vjp(Function.<List<Tensor>>identity())
            .run(new WithCotangent<>(at, g));
    for (int i = 0; i < at.size(); i++) {
      near(reverse.get(i), forward.get(i), i, 1e-9, " of the Hessian-vector product");
    }
    return "yes";
  }

  /// The inner product and the sum of the absolute values of its terms.
  private static double[] dot(List<Tensor> a, List<Tensor> b) {
    double sum = 0;
    double scale = 0;
    for (int k = 0; k < a.size(); k++) {
      double[] p = a.get(k).toDoubles();
      double[] q = b.get(k).toDoubles();
      for (int e = 0; e < p.length; e++) {
        sum += p[e] * q[e];
        scale += Math.abs(p[e] * q[e]);
      }
    }
    return new double[] {sum, scale};
  }

  /// Near relative to the largest element: sums may be taken in another order.
  private static void near(Tensor want, Tensor got, int k, double tolerance, String when) {
    Block a = Objects.requireNonNull(want.block());
    Block b = Objects.requireNonNull(got.block());
    double scale = scale(a);
    for (int e = 0; e < a.size(); e++) {
      boolean same = Double.compare(a.get(e), b.get(e)) == 0;
      if (!same && !(Math.abs(a.get(e) - b.get(e)) <= tolerance * scale)) {
        throw new Wrong(
            String.format(
                Locale.ROOT,
                "needed %.12g at %s, got %.12g%s",
                a.get(e),
                KernelQuestions.place(k, a, e),
                b.get(e),
                when));
      }
    }
  }
}
