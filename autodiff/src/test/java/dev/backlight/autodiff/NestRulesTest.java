package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What an op that runs programs promises beyond its derivatives as a whole.
class NestRulesTest {
  private static final Tensor X = Tensor.of(.3, -.7, 1.1);
  private static final Tensor W = Tensor.of(.5, .2, -.4);

  record Pair(Tensor x, Tensor w) {}

  static Stream<Arguments> nests() {
    return Stream.of(
        nest("call", p -> Tape.call(q -> q.x().mul(q.w()).sin(), p)),
        nest("sumOver", p -> Tape.sumOver(a -> p.w().mul(a).sin(), p.x())),
        nest("mapOver", p -> Tape.mapOver(a -> p.w().mul(a).sin().sum(), p.x())),
        nest(
            "scan",
            p ->
                Tape.scan((c, a) -> new Scanned<>(c.mul(a).add(p.w()), c.sin()), p.w(), p.x())
                    .carry()),
        nest(
            "cond",
            p -> Tape.cond(p.x().sum().gt(0), q -> q.x().mul(q.w()), q -> q.x().add(q.w()), p)));
  }

  private static Arguments nest(String name, Function<Pair, Tensor> f) {
    return Arguments.of(name, f);
  }

  /// The node of the nest and a site of plain tensors at it.
  private static Site site(Function<Pair, Tensor> f) {
    Tape<Pair, Tensor> tape = Tape.record(f, new Pair(X, W));
    Node node =
        tape.nodes().stream().filter(n -> n.op() instanceof Op.Nested).findFirst().orElseThrow();
    List<Tensor> values = List.of(tape.program().on(X, W));
    Tensor[] in = new Tensor[node.arity()];
    boolean[] needed = new boolean[in.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = values.get(node.input(i));
      needed[i] = in[i].dtype().isFloat();
    }
    Op op = ((Nest) node.op()).keeping();
    Tensor[] out = Tensor.applyAll(op, in);
    @Nullable Tensor[] g = new Tensor[out.length];
    for (int k = 0; k < node.outputs().size(); k++) {
      g[k] = out[k].mul(.3).add(1);
    }
    return new Site(op, in, out, g, needed, "here");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nests")
  void oneCotangentIsThatOfAllAtOnce(String name, Function<Pair, Tensor> f) {
    Site at = site(f);
    @Nullable Tensor[] all = at.op().vjps(at);
    int sent = 0;
    for (int i = 0; i < all.length; i++) {
      Tensor one = at.op().vjp(i, at);
      assertThat(one == null).isEqualTo(all[i] == null);
      if (one != null && all[i] != null) {
        assertThat(one.sameAs(all[i])).isTrue();
        sent++;
      }
    }
    assertThat(sent).isGreaterThan(0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nests")
  void whatIsNeededAloneIsTheSame(String name, Function<Pair, Tensor> f) {
    Site at = site(f);
    for (int i = 0; i < at.inputs(); i++) {
      boolean[] only = new boolean[at.inputs()];
      only[i] = at.needs(i);
      Tensor[] x = new Tensor[only.length];
      for (int k = 0; k < x.length; k++) {
        x[k] = at.x(k);
      }
      Tensor[] y = new Tensor[at.outputs()];
      @Nullable Tensor[] g = new Tensor[y.length];
      for (int k = 0; k < y.length; k++) {
        y[k] = at.y(k);
        g[k] = at.arrived(k) ? at.g(k) : null;
      }
      @Nullable Tensor[] sent = at.op().vjps(new Site(at.op(), x, y, g, only, "here"));
      if (only[i]) {
        Tensor alone = Objects.requireNonNull(sent[i]);
        assertThat(alone.sameAs(Objects.requireNonNull(at.op().vjp(i, at)))).isTrue();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nests")
  void whereNothingIsNeededNothingIsSent(String name, Function<Pair, Tensor> f) {
    Site at = site(f);
    Tensor[] x = new Tensor[at.inputs()];
    for (int i = 0; i < x.length; i++) {
      x[i] = at.x(i);
    }
    Tensor[] y = new Tensor[at.outputs()];
    @Nullable Tensor[] g = new Tensor[y.length];
    for (int k = 0; k < y.length; k++) {
      y[k] = at.y(k);
      g[k] = at.arrived(k) ? at.g(k) : null;
    }
    Site none = new Site(at.op(), x, y, g, new boolean[x.length], "here");
    assertThat(at.op().vjps(none)).hasSize(x.length).containsOnlyNulls();
  }

  /// A loop without a bound: y ← y·w and n ← n + 1, three times.
  private static While unbounded() {
    Tape<Pair, List<Tensor>> tape =
        Tape.record(
            p ->
                Tape.whileLoop(
                    (List<Tensor> s) -> s.get(1).lt(3),
                    s -> List.of(s.get(0).mul(p.w()), s.get(1).add(1)),
                    List.of(p.x(), p.x().get(0).mul(0))),
            new Pair(X, W));
    return tape.nodes().stream()
        .map(Node::op)
        .filter(While.class::isInstance)
        .map(While.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aLoopWithoutABoundDoesNotRunBackwardsOnNumbers() {
    While loop = unbounded();
    Tensor[] in = {X, Tensor.scalar(0.), W};
    Tensor[] out = Tensor.applyAll(loop, in);
    boolean[] needed = {true, false, true};
    Site at = new Site(loop, in, out, new Tensor[] {X, null}, needed, "here");
    assertThatThrownBy(() -> loop.vjp(0, at))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("a loop without a bound cannot run backwards");
  }

  @Test
  void whereNoValuesAreABackwardLoopIsWrittenDown() {
    While loop = unbounded();
    Recorder recorder = new Recorder();
    Tensor[] in = new Tensor[3];
    in[0] = recorder.input(X.spec(), null);
    in[1] = recorder.input(Tensor.scalar(0.).spec(), null);
    in[2] = recorder.input(W.spec(), null);
    Tensor g = recorder.input(X.spec(), null);
    Tensor[] out = Tensor.applyAll(loop, in);
    boolean[] needed = {true, false, true};
    Site at = new Site(loop, in, out, new Tensor[] {g, null}, needed, "here");
    for (int i : new int[] {0, 2}) {
      assertThat(Objects.requireNonNull(loop.vjp(i, at)).spec()).isEqualTo(in[i].spec());
      assertThat(Objects.requireNonNull(loop.vjps(at)[i]).spec()).isEqualTo(in[i].spec());
    }
  }

  @Test
  void theTransposeOfALoopsTransposeSendsTangentsForwards() {
    While loop = unbounded();
    WhileTranspose back = new WhileTranspose(loop, List.of(0, 1), List.of(0, 1));
    Tensor zero = Tensor.scalar(0.);
    Tensor[] in = {X, zero, W, X.mul(0), zero};
    Tensor[] out = {X.mul(0), zero};
    Tensor[] tangents = {Tensor.of(1.0, 2, -1), Tensor.scalar(.7)};
    boolean[] needed = {false, false, false, true, true};
    Site at = new Site(back, in, out, tangents, needed, "here");
    @Nullable Tensor[] sent = back.vjps(at);
    for (int i = 0; i < 3; i++) {
      double w = W.at(i);
      assertThat(Objects.requireNonNull(sent[3]).at(i))
          .isCloseTo(tangents[0].at(i) * w * w * w, within(1e-15));
    }
    assertThat(Objects.requireNonNull(sent[4]).item()).isEqualTo(.7);
    assertThat(Objects.requireNonNull(back.vjp(4, at)).item()).isEqualTo(.7);
    Site quiet = new Site(back, in, out, new Tensor[2], needed, "here");
    assertThat(back.vjps(quiet)).hasSize(5).containsOnlyNulls();
    boolean[] backwards = {true, false, false, true, true};
    Site again = new Site(back, in, out, tangents, backwards, "Loops.java:7");
    assertThatThrownBy(() -> back.vjps(again))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "the gradient of whileLoop at Loops.java:7 needs a bound: give whileLoop its most"
                + " steps, or use scan; jvp needs none");
  }

  @Test
  void tangentsOfALoopMayComeFromAnySharedInputAlone() {
    // y ← y·w, four times: y₀ w⁴, whose derivative by w is 4 y₀ w³.
    Tape<Pair, Tensor> power =
        Tape.record(
            p ->
                Tape.whileLoop(
                        (List<Tensor> s) -> s.get(1).lt(4),
                        s -> List.of(s.get(0).mul(p.w()), s.get(1).add(1)),
                        List.of(p.x(), Tensor.scalar(0.)))
                    .get(0),
            new Pair(X, W));
    double[] byW = along(power, Pair::w, W);
    double[] byX = along(power, Pair::x, X);
    for (int i = 0; i < 3; i++) {
      double w = W.at(i);
      assertThat(byW[i]).isCloseTo(4 * X.at(i) * w * w * w, within(1e-14));
      assertThat(byX[i]).isCloseTo(w * w * w * w, within(1e-14));
    }
  }

  private static double[] along(Tape<Pair, Tensor> tape, Function<Pair, Tensor> part, Tensor like) {
    Tensor ones = Tensor.ones(like.shape(), like.dtype());
    return tape.jvp(part).run(new WithTangent<>(new Pair(X, W), ones)).toDoubles();
  }

  @Test
  void aTangentThatTheLoopDoesNotMoveIsZero() {
    Tape<Pair, List<Tensor>> tape =
        Tape.record(
            p ->
                Tape.whileLoop(
                    (List<Tensor> s) -> s.get(1).lt(3),
                    s -> List.of(s.get(0).mul(p.x()), s.get(1).add(1)),
                    List.of(p.x(), p.w().detached().get(0).mul(0))),
            new Pair(X, W));
    List<Tensor> moved =
        tape.jvp(Pair::w).run(new WithTangent<>(new Pair(X, W), Tensor.ones(W.shape(), W.dtype())));
    assertThat(moved.get(0).toDoubles()).containsOnly(0);
    assertThat(moved.get(1).item()).isEqualTo(0);
  }

  /// Forgets to sum over what was repeated.
  record Twice() implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return new Spec[] {in[0].with(in[0].shape().prepend(2))};
    }

    @Override
    public void run(dev.backlight.core.Block[] in, dev.backlight.core.Block[] out) {
      int n = in[0].size();
      for (int i = 0; i < 2 * n; i++) {
        out[0].set(i, in[0].get(i % n));
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return at.g();
    }
  }

  @Test
  void aCotangentOfTheWrongShapeNamesTheRuleAndTheLine() {
    Tape<Tensor, Tensor> tape = Tape.record(v -> Tensor.apply(new Twice(), v).sum(), X);
    assertThatThrownBy(tape::gradient)
        .isInstanceOf(ShapeException.class)
        .hasMessageMatching(
            "the rule of twice at NestRulesTest\\.java:\\d+ needs F64\\(3\\) for input 0, got"
                + " F64\\(2, 3\\)");
  }
}
