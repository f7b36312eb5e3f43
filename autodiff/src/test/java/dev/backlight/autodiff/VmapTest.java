package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VmapTest {
  record Model(Tensor weight, Tensor bias) {
    Tensor apply(Tensor x) {
      return x.matmul(weight).add(bias).tanh();
    }
  }

  record Example(Model model, Tensor x, Tensor y) {
    Tensor loss() {
      return model.apply(x).sub(y).square().sum();
    }
  }

  private static final Model MODEL = new Model(normal(1, 3, 2), normal(2, 2));

  private static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F64);
  }

  static void near(Tensor got, Tensor want) {
    assertThat(got.spec()).isEqualTo(want.spec());
    assertThat(got.toDoubles()).containsExactly(want.toDoubles(), Offset.offset(1e-12));
  }

  private static Example one(Example all, int i) {
    return new Example(all.model(), all.x().get(i), all.y().get(i));
  }

  @Test
  void perExampleGradientsAreTheGradientsOfTheExamples() {
    Example all = new Example(MODEL, normal(3, 4, 3), normal(4, 4, 2));
    Tape<Example, Model> gradient =
        Tape.record(Example::loss, one(all, 0)).gradient(Example::model);
    Model each = gradient.vmap(4, e -> List.of(e.x(), e.y())).run(all);
    for (int i = 0; i < 4; i++) {
      Model want = gradient.run(one(all, i));
      near(each.weight().get(i), want.weight());
      near(each.bias().get(i), want.bias());
    }
    Tape<Example, Tensor> batch = Tape.record(Example::loss, all);
    near(each.weight().sum(0), batch.gradient(Example::model).run(all).weight());
  }

  @Test
  void aSharedMatrixIsMultipliedOnceWithAllRows() {
    Tape<Example, Tensor> tape =
        Tape.record(e -> e.model().apply(e.x()), new Example(MODEL, normal(3, 3), normal(4, 2)));
    assertThat(tape.vmap(5, Example::x).toString().lines().filter(line -> line.contains("matmul")))
        .singleElement()
        .asString()
        .startsWith("%6 [5, 2] = matmul %5 %0");
  }

  @Test
  void whatDoesNotDependOnAMappedInputIsComputedOnce() {
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(in -> in.get(0).exp().mul(in.get(1)), List.of(normal(1, 3), normal(2, 3)));
    Node exp =
        tape.vmap(7, in -> in.get(1)).nodes().stream()
            .filter(node -> node.op().name().equals("exp"))
            .findFirst()
            .orElseThrow();
    assertThat(exp.outputs()).containsExactly(Spec.of(Shape.of(3), DType.F64));
  }

  @Test
  void anOutputThatNoExampleChangesIsRepeated() {
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> List.of(in.get(0), in.get(0).neg(), in.get(1)),
            List.of(normal(1, 2), normal(2, 3)));
    List<Tensor> y = tape.vmap(2, in -> in.get(1)).run(List.of(Tensor.of(1., 2), normal(2, 2, 3)));
    assertThat(y.get(0).toDoubles()).containsExactly(1, 2, 1, 2);
    assertThat(y.get(1).toDoubles()).containsExactly(-1, -2, -1, -2);
    assertThat(y.get(2).shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void axesAreChosenForInputsAndOutputs() {
    record Pair(Tensor x, Tensor y) {}
    Tape<Pair, Tensor> tape =
        Tape.record(p -> p.x().mul(p.y()).exp(), new Pair(normal(1, 2, 3), normal(2, 3)));
    Tensor x = normal(3, 2, 5, 3);
    Tensor y = normal(4, 3, 5);
    Tensor z = tape.vmap(Mapping.of(5, Pair::x, 1).and(Pair::y, -1).out(2)).run(new Pair(x, y));
    assertThat(z.shape()).isEqualTo(Shape.of(2, 3, 5));
    for (int i = 0; i < 5; i++) {
      Tensor want =
          tape.run(new Pair(x.slice(1, i, i + 1).squeeze(1), y.slice(1, i, i + 1).squeeze(1)));
      near(z.slice(2, i, i + 1).squeeze(2), want);
    }
    assertThatThrownBy(() -> tape.vmap(Mapping.of(5, Pair::y, 2)))
        .hasMessage("vmap needs an axis in -2..1 for input y of (3) for each example, got 2");
    assertThatThrownBy(() -> tape.vmap(Mapping.of(5, Pair::y).out(-4)))
        .hasMessage("vmap needs an axis in -3..2 for an output of (2, 3) for each example, got -4");
    assertThatThrownBy(() -> tape.vmap(Mapping.of(5, Pair::y).and(p -> p, 1)))
        .hasMessage("vmap needs each part once, got y twice");
    assertThatThrownBy(() -> tape.vmap(-1, Pair::y))
        .hasMessage("vmap needs a size of at least 0, got -1");
    assertThatThrownBy(() -> tape.vmap(4, Pair::y).run(new Pair(x.get(0), y)))
        .hasMessage("this tape was recorded on (2, 3), got (5, 3)");
  }

  @Test
  void mapsNestAndTakeAnyOrder() {
    record Pair(Tensor x, Tensor y) {}
    Tape<Pair, Tensor> dot =
        Tape.record(p -> p.x().mul(p.y()).sum(), new Pair(normal(1, 3), normal(2, 3)));
    Tensor x = normal(3, 4, 3);
    Tensor y = normal(4, 5, 3);
    Tensor outer = dot.vmap(5, Pair::y).vmap(4, Pair::x).run(new Pair(x, y));
    near(outer, x.matmul(y, false, true));
    near(dot.vmap(4, Pair::x).vmap(5, Pair::y).run(new Pair(x, y)), outer.transpose());
  }

  @Test
  void derivativesOfAMapAreMapsOfDerivatives() {
    Function<Tensor, Tensor> f = v -> v.square().sum().mul(v.exp());
    Tape<Tensor, Tensor> one = Tape.record(f, normal(1, 3));
    Tensor x = normal(2, 4, 3);
    Tensor v = normal(3, 4, 3);
    Tensor outside =
        one.vmap(4, Function.identity()).jvp(Function.identity()).run(new WithTangent<>(x, v));
    Tensor inside =
        one.jvp(Function.<Tensor>identity())
            .vmap(4, w -> List.of(w.at(), w.tangent()))
            .run(new WithTangent<>(x, v));
    near(outside, inside);
    near(
        one.vmap(4, Function.identity()).vjp(Function.identity()).run(new WithCotangent<>(x, v)),
        one.vjp(Function.<Tensor>identity())
            .vmap(4, w -> List.of(w.at(), w.cotangent()))
            .run(new WithCotangent<>(x, v)));
    GradCheck.standard().order(3).check((Tensor in) -> Tape.vmap(f, in).sum(), x);
  }

  @Test
  void aMapInsideARecordingReadsWhatIsOutside() {
    Tensor w = normal(1, 3);
    Tensor x = normal(2, 4, 3);
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.vmap((Tensor row) -> row.mul(in.get(1)).tanh().sum(), in.get(0)),
            List.of(x, w));
    near(
        Tape.vmap((Tensor row) -> row.mul(w).tanh().sum(), x),
        Tape.mapOver((Tensor row) -> row.mul(w).tanh().sum(), x));
    // Per-example gradient norms, and what they are sensitive to.
    GradCheck.standard()
        .check(
            (Tensor in) ->
                Tape.vmap(
                    (Tensor row) ->
                        Grad.of((Tensor p) -> p.mul(w).tanh().sum(), row).grad().square().sum(),
                    in),
            x);
  }

  @Test
  void aSumOverBatchesOfMapsHasAGradient() {
    Tensor x = normal(2, 2, 4, 3);
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.sumOver(
                    (Tensor batch) ->
                        Tape.vmap((Tensor row) -> row.mul(in.get(1)).sin().sum(), batch).sum(),
                    in.get(0)),
            List.of(x, normal(3, 3)));
  }

  @Test
  void repeatsInsideOfMapsAndMapsOfThem() {
    record Pair(Tensor nodes, Tensor x) {}
    Function<Pair, List<Tensor>> f =
        p ->
            List.of(
                Tape.sumOver((Tensor n) -> n.mul(p.x()).tanh(), p.nodes()),
                Tape.mapOver((Tensor n) -> n.mul(p.x()).sum(), p.nodes()),
                Tape.mapOver((Tensor n) -> n.exp(), p.nodes()));
    Tensor nodes = normal(1, 5, 2);
    Tensor x = normal(2, 2);
    Tape<Pair, List<Tensor>> tape = Tape.record(f, new Pair(nodes, x));
    Tensor manyNodes = normal(3, 3, 5, 2);
    Tensor manyX = normal(4, 3, 2);
    compare(tape, new Pair(nodes, manyX), Pair::x, i -> new Pair(nodes, manyX.get(i)), 3);
    compare(tape, new Pair(manyNodes, x), Pair::nodes, i -> new Pair(manyNodes.get(i), x), 3);
    compare(
        tape, new Pair(manyNodes, manyX), p -> p, i -> new Pair(manyNodes.get(i), manyX.get(i)), 3);
    GradCheck.standard().check(tape.vmap(3, Function.identity())::run, new Pair(manyNodes, manyX));
  }

  static <A> void compare(
      Tape<A, List<Tensor>> tape,
      A all,
      Function<A, ?> part,
      java.util.function.IntFunction<A> one,
      int n) {
    List<Tensor> got = tape.vmap(Mapping.of(n, part)).run(all);
    for (int k = 0; k < got.size(); k++) {
      List<Tensor> want = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        want.add(tape.run(one.apply(i)).get(k));
      }
      near(got.get(k), Tensor.stack(0, want));
    }
  }

  @Test
  void aBatchOfNoExamplesHasOutputsWithoutExamples() {
    Tape<Example, Tensor> tape =
        Tape.record(Example::loss, new Example(MODEL, normal(3, 3), normal(4, 2)));
    Example none = new Example(MODEL, normal(3, 0, 3), normal(4, 0, 2));
    Tape<Example, Tensor> many = tape.vmap(0, e -> List.of(e.x(), e.y()));
    assertThat(many.run(none).shape()).isEqualTo(Shape.of(0));
    Model sum =
        Tape.record((Example e) -> many.run(e).sum(), none).gradient(Example::model).run(none);
    assertThat(sum.weight().sameAs(Tensor.zeros(Shape.of(3, 2), DType.F64))).isTrue();
    assertThatThrownBy(() -> Tape.vmap((Tensor x) -> x.exp(), normal(1, 0, 2)))
        .hasMessage(
            "repeating over a first axis needs tensors of one length of at least 1 there, got [(0, 2)]");
  }

  @Test
  void aBranchOnAnExamplesOwnValueIsRefusedWithItsLine() {
    record Pair(Tensor x, Tensor flag) {}
    Tape<Pair, Tensor> tape =
        Tape.record(
            p -> p.flag().test(v -> v > 0) ? p.x().exp() : p.x(),
            new Pair(normal(1, 2), Tensor.scalar(1.)));
    assertThatThrownBy(() -> tape.vmap(3, p -> p))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageMatching(
            "vmap needs one answer for all examples, got a guard at VmapTest.java:\\d+ on a value"
                + " that is each example's own; choose with where\\(...\\) or Tape.cond");
    Tape<Pair, Tensor> shared = tape.vmap(3, Pair::x);
    assertThat(shared.validity()).isEqualTo(Validity.GUARDED);
    Tensor x = normal(2, 3, 2);
    near(shared.run(new Pair(x, Tensor.scalar(2.))), x.exp());
    assertThatThrownBy(() -> shared.run(new Pair(x, Tensor.scalar(-2.))))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at VmapTest.java:\\d+ now answers false; record again");
  }

  @Test
  void aPinnedTapeIsMappedOnlyAlongWhatItIsNotPinnedTo() {
    Tensor at = normal(1, 2);
    Tape<Tensor, Tensor> tape = Tape.record((Tensor x) -> x.mul(x.sum().item()), at);
    assertThatThrownBy(() -> tape.vmap(3, Function.identity()))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching(
            "vmap runs a tape at other values, so it cannot be pinned by item\\(\\) at VmapTest.java:\\d+");
    Tensor v = normal(2, 3, 2);
    Tape<WithTangent<Tensor, Tensor>, Tensor> along =
        tape.jvp(Function.<Tensor>identity()).vmap(3, WithTangent::tangent);
    near(along.run(new WithTangent<>(at, v)), v.mul(at.sum().item()));
    assertThat(along.validity()).isEqualTo(Validity.PINNED);
    assertThatThrownBy(() -> along.run(new WithTangent<>(at.mul(2), v)))
        .isInstanceOf(StaleTape.class);
  }

  /// An op without a batching rule.
  record Cube() implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      Check.inputs(this, 2, in);
      Check.same(this, in);
      return new Spec[] {in[0], in[0]};
    }

    @Override
    public void run(Block[] in, Block[] out) {
      for (int i = 0; i < in[0].size(); i++) {
        double x = in[0].get(i);
        out[0].set(i, x * x * x);
        out[1].set(i, x * in[1].get(i));
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return i == 0
          ? at.g(0).mul(at.x(0).square()).mul(3).add(at.g(1).mul(at.x(1)))
          : at.g(1).mul(at.x(0));
    }
  }

  /// An op with a wrong one.
  record Forgetful() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x;
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return Tensor.ones(x.shape(), x.dtype());
    }

    @Override
    public Tensor[] batch(dev.backlight.core.Batch at) {
      return new Tensor[] {at.x(0).sum(0)};
    }
  }

  @Test
  void anOpWithoutARuleRunsExampleByExample() {
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> List.of(Tensor.applyAll(new Cube(), in.get(0), in.get(1))),
            List.of(normal(1, 2), normal(2, 2)));
    Tensor x = normal(3, 4, 2);
    Tensor y = normal(4, 2);
    Tape<List<Tensor>, List<Tensor>> many = tape.vmap(4, in -> in.get(0));
    assertThat(many.toString()).contains("mapover{1 nodes}");
    compare(tape, List.of(x, y), in -> in.get(0), i -> List.of(x.get(i), y), 4);
    compare(tape, List.of(y, x), in -> in.get(1), i -> List.of(y, x.get(i)), 4);
    GradCheck.standard().check(many::run, List.of(x, y));
    assertThat(tape.vmap(0, in -> in).run(List.of(normal(1, 0, 2), normal(1, 0, 2))))
        .allSatisfy(t -> assertThat(t.shape()).isEqualTo(Shape.of(0, 2)));
  }

  @Test
  void aRuleThatAnswersTheWrongShapeIsNamed() {
    Tape<Tensor, Tensor> tape =
        Tape.record((Tensor x) -> Tensor.apply(new Forgetful(), x), normal(1, 2));
    assertThatThrownBy(() -> tape.vmap(3, Function.identity()))
        .hasMessageMatching(
            "the batching rule of forgetful at VmapTest.java:\\d+ needs F64\\(3, 2\\) for output 0,"
                + " got F64\\(2\\)");
  }

  @Test
  void linesAndLabelsAreKept() {
    Tape<Tensor, Tensor> tape =
        Tape.record((Tensor x) -> x.tanh().named("hidden").sum(), normal(1, 2));
    Tape<Tensor, Tensor> many = tape.vmap(3, Function.identity());
    Node hidden = many.node("hidden").orElseThrow();
    assertThat(hidden.where()).isEqualTo(tape.node("hidden").orElseThrow().where());
    assertThat(hidden.outputs()).containsExactly(Spec.of(Shape.of(3, 2), DType.F64));
  }

  @Test
  void aMapIsReplayedOnOtherValues() {
    Tape<Example, Tensor> tape =
        Tape.record(Example::loss, new Example(MODEL, normal(3, 3), normal(4, 2)));
    Player<Example, Tensor> player = tape.vmap(4, e -> List.of(e.x(), e.y())).player();
    for (int seed = 5; seed < 8; seed++) {
      Example all = new Example(MODEL, normal(seed, 4, 3), normal(seed + 9, 4, 2));
      Tensor got = player.play(all);
      for (int i = 0; i < 4; i++) {
        near(got.get(i), tape.run(one(all, i)));
      }
    }
  }
}
