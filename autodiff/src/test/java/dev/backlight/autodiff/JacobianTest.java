package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class JacobianTest {
  record Model(Tensor weight, Tensor bias) {}

  record Example(Model model, Tensor x) {
    Tensor apply() {
      return x.matmul(model.weight()).add(model.bias()).tanh();
    }
  }

  private static final Example EXAMPLE =
      new Example(new Model(normal(1, 3, 2), normal(2, 2)), normal(3, 4, 3));

  static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F64);
  }

  static void near(Tensor got, Tensor want) {
    near(got, want, 1e-12);
  }

  static void near(Tensor got, Tensor want, double tolerance) {
    assertThat(got.spec()).isEqualTo(want.spec());
    assertThat(got.toDoubles()).containsExactly(want.toDoubles(), Offset.offset(tolerance));
  }

  /// Column by column, by differences of fourth order.
  static Tensor differences(Function<Tensor, Tensor> f, Tensor x) {
    int n = x.elements();
    double h = 1e-3;
    Tensor[] columns = new Tensor[n];
    for (int j = 0; j < n; j++) {
      Tensor unit = Tensor.eye(n, DType.F64).get(j).reshape(x.shape()).mul(h);
      Tensor wide = f.apply(x.add(unit.mul(2))).sub(f.apply(x.sub(unit.mul(2))));
      Tensor close = f.apply(x.add(unit)).sub(f.apply(x.sub(unit)));
      columns[j] = close.mul(8).sub(wide).div(12 * h);
    }
    Tensor all = Tensor.stack(-1, columns);
    int[] sizes = java.util.Arrays.copyOf(all.shape().sizes(), all.rank() - 1 + x.rank());
    System.arraycopy(x.shape().sizes(), 0, sizes, all.rank() - 1, x.rank());
    return all.reshape(Shape.of(sizes));
  }

  @Test
  void bothWaysAreTheDifferencesAndHaveTheStructureOfThePart() {
    Tape<Example, Tensor> tape = Tape.record(Example::apply, EXAMPLE);
    Function<Tensor, Tensor> ofWeight =
        w -> new Example(new Model(w, EXAMPLE.model().bias()), EXAMPLE.x()).apply();
    Function<Tensor, Tensor> ofBias =
        b -> new Example(new Model(EXAMPLE.model().weight(), b), EXAMPLE.x()).apply();
    for (Tape<Example, Model> jacobian :
        List.of(
            tape.jacobian(Example::model),
            tape.jacobianForward(Example::model),
            tape.jacobianReverse(Example::model))) {
      Model got = jacobian.run(EXAMPLE);
      assertThat(got.weight().shape()).isEqualTo(Shape.of(4, 2, 3, 2));
      near(got.weight(), differences(ofWeight, EXAMPLE.model().weight()), 1e-9);
      near(got.bias(), differences(ofBias, EXAMPLE.model().bias()), 1e-9);
    }
  }

  @Test
  void aLinearMapIsItsOwnJacobianAndAnElementwiseOneIsDiagonal() {
    Tensor a = normal(1, 2, 3);
    assertThat(Jacobian.of((Tensor x) -> a.matmul(x), normal(2, 3)).sameAs(a)).isTrue();
    Tensor x = normal(3, 3);
    near(Jacobian.of((Tensor v) -> v.exp(), x), Tensor.eye(3, DType.F64).mul(x.exp()));
    assertThat(Jacobian.of((Tensor v) -> v.mul(3), Tensor.scalar(2.)).item()).isEqualTo(3);
    // Polar coordinates: the determinant of the Jacobian is the radius.
    Tensor polar =
        Jacobian.of(
            (Tensor p) ->
                Tensor.stack(0, p.get(0).mul(p.get(1).cos()), p.get(0).mul(p.get(1).sin())),
            Tensor.of(2., .7));
    double det = polar.at(0, 0) * polar.at(1, 1) - polar.at(0, 1) * polar.at(1, 0);
    assertThat(det).isCloseTo(2, Offset.offset(1e-14));
  }

  @Test
  void theShorterWayIsChosen() {
    Tape<Tensor, Tensor> wide = Tape.record((Tensor x) -> x.exp().sumKeep(0), normal(1, 5));
    assertThat(ops(wide.jacobian()))
        .isEqualTo(ops(wide.jacobianReverse(Function.identity())))
        .isNotEqualTo(ops(wide.jacobianForward(Function.identity())));
    Tape<Tensor, Tensor> tall =
        Tape.record((Tensor x) -> x.expand(Shape.of(5)).mul(normal(2, 5)).exp(), normal(1, 1));
    assertThat(ops(tall.jacobian()))
        .isEqualTo(ops(tall.jacobianForward(Function.identity())))
        .isNotEqualTo(ops(tall.jacobianReverse(Function.identity())));
  }

  private static List<String> ops(Tape<?, ?> tape) {
    return tape.nodes().stream().map(node -> node.op() + " " + node.outputs()).toList();
  }

  @Test
  void severalOutputsHaveAJacobianEach() {
    Tape<Example, List<Tensor>> tape =
        Tape.record(e -> List.of(e.apply(), e.x().square().sum(), e.model().bias()), EXAMPLE);
    List<Model> all = tape.jacobians(Example::model).run(EXAMPLE);
    Model first = Tape.record(Example::apply, EXAMPLE).jacobian(Example::model).run(EXAMPLE);
    near(all.get(0).weight(), first.weight());
    near(all.get(0).bias(), first.bias());
    assertThat(all.get(1).weight().sameAs(Tensor.zeros(Shape.of(3, 2), DType.F64))).isTrue();
    assertThat(all.get(2).weight().sameAs(Tensor.zeros(Shape.of(2, 3, 2), DType.F64))).isTrue();
    assertThat(all.get(2).bias().sameAs(Tensor.eye(2, DType.F64))).isTrue();
  }

  @Test
  void aTensorInTwoPlacesStaysOne() {
    record Tied(Tensor up, Tensor down) {}
    record Result(Tensor loss, Tensor code) {}
    Tensor w = Tensor.of(new double[][] {{1, 2}});
    Tied tied = new Tied(w, w);
    Tensor x = Tensor.of(new double[][] {{3}});
    WithGrad<Result, Tied> slope =
        WithGrad.of(
            t -> {
              Tensor code = x.matmul(t.up());
              return new Result(code.matmul(t.down(), false, true).sum(), code);
            },
            Result::loss,
            tied);
    // x · |w|², by hand 3 · 5 with the slope 2 · 3 · w.
    assertThat(slope.value().loss().item()).isEqualTo(15);
    assertThat(slope.grad().up()).isSameAs(slope.grad().down());
    assertThat(slope.grad().up().toDoubles()).containsExactly(6, 12);
    List<Tied> each =
        Tape.record((Tied t) -> List.of(t.up().mul(t.down()), t.up()), tied)
            .jacobians(Function.identity())
            .run(tied);
    assertThat(each.getFirst().up()).isSameAs(each.getFirst().down());
    assertThat(each.getFirst().up().toDoubles()).containsExactly(2, 0, 0, 4);
    assertThat(each.getLast().up().toDoubles()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void whatCannotBeDerivedIsNamed() {
    Tape<Example, List<Tensor>> two = Tape.record(e -> List.of(e.apply(), e.x()), EXAMPLE);
    assertThatThrownBy(() -> two.jacobian(Example::model))
        .isInstanceOf(ShapeException.class)
        .hasMessage("jacobian needs one output tensor, got [0, 1]; jacobians answers one for each");
    Tape<Tensor, List<Tensor>> index = Tape.record(x -> List.of(x, x.to(DType.I32)), normal(1, 3));
    assertThatThrownBy(() -> index.jacobians(Function.identity()))
        .isInstanceOf(DTypeException.class)
        .hasMessage("jacobians needs outputs of F32 or F64, got I32 at 1");
    Tape<List<Tensor>, Tensor> integers =
        Tape.record(x -> x.get(0).take(0, x.get(1)), List.of(normal(1, 3), Tensor.of(1, 2)));
    assertThatThrownBy(() -> integers.jacobian(x -> x.get(1)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a derivative needs F32 or F64, got I32 at 1");
    Tape<Example, Tensor> one = Tape.record(Example::apply, EXAMPLE);
    assertThatThrownBy(() -> one.hessian(Example::model))
        .isInstanceOf(ShapeException.class)
        .hasMessage("hessian needs one scalar output, got [(4, 2)]");
    Tape<Example, Tensor> sum = Tape.record(e -> e.apply().sum(), EXAMPLE);
    assertThatThrownBy(() -> sum.hessian(Example::model))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "hessian needs a part of one tensor, got [weight, bias]; hessians answers all blocks");
    assertThatThrownBy(() -> one.hvp(Example::model))
        .hasMessage("hvp needs one scalar output, got [(4, 2)]");
    assertThatThrownBy(() -> one.gaussNewton(y -> y, Example::model))
        .hasMessage("gaussNewton needs one scalar output, got [(4, 2)]");
    assertThatThrownBy(() -> one.valueAndGrad(y -> y, Example::model))
        .hasMessage("valueAndGrad needs one scalar output, got [(4, 2)]");
  }

  @Test
  void nothingHasAnEmptyJacobian() {
    Tensor none = normal(1, 0);
    Tensor x = normal(2, 3);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(in -> in.get(1).exp().add(in.get(0).sum()), List.of(none, x));
    assertThat(tape.jacobian(in -> in.get(0)).run(List.of(none, x)).shape())
        .isEqualTo(Shape.of(3, 0));
    assertThat(tape.jacobianReverse(in -> in.get(0)).run(List.of(none, x)).shape())
        .isEqualTo(Shape.of(3, 0));
    Tape<Tensor, Tensor> empty = Tape.record((Tensor v) -> v.exp().slice(0, 0, 0), x);
    assertThat(empty.jacobian().run(x).shape()).isEqualTo(Shape.of(0, 3));
    assertThat(empty.jacobianForward(Function.identity()).run(x).shape()).isEqualTo(Shape.of(0, 3));
  }

  @Test
  void singlePrecisionStaysSingle() {
    Tensor x = Tensor.of(.5f, -1f);
    near(Jacobian.of((Tensor v) -> v.mul(v), x), Tensor.of(new float[][] {{1, 0}, {0, -2}}));
    Tape<Tensor, Tensor> wider = Tape.record((Tensor v) -> v.to(DType.F64).square(), x);
    for (Tape<Tensor, Tensor> jacobian :
        List.of(
            wider.jacobianForward(Function.<Tensor>identity()),
            wider.jacobianReverse(Function.<Tensor>identity()))) {
      assertThat(jacobian.outputSpecs()).containsExactly(Spec.of(Shape.of(2, 2), DType.F32));
      near(jacobian.run(x), Tensor.of(new float[][] {{1, 0}, {0, -2}}));
    }
  }

  @Test
  void whatWhereDidNotSelectStaysOut() {
    Function<Tensor, Tensor> f = x -> x.gt(0).where(x.log(), Tensor.zeros(Shape.of(3), DType.F64));
    Tensor x = Tensor.of(0., 2, -1);
    Tensor want = Tensor.of(new double[][] {{0, 0, 0}, {0, .5, 0}, {0, 0, 0}});
    Tape<Tensor, Tensor> tape = Tape.record(f, x);
    near(tape.jacobianForward(Function.<Tensor>identity()).run(x), want);
    near(tape.jacobianReverse(Function.<Tensor>identity()).run(x), want);
  }

  @Test
  void guardsAndPinsStay() {
    Tensor x = normal(1, 3);
    Tape<Tensor, Tensor> guarded =
        Tape.record((Tensor v) -> v.sum().test(s -> s > -100) ? v.square() : v, x);
    assertThat(guarded.jacobian().reasons()).hasSize(1);
    near(guarded.jacobian().run(x), Tensor.eye(3, DType.F64).mul(x).mul(2));
    assertThatThrownBy(() -> guarded.jacobian().run(x.sub(1000)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at JacobianTest.java:\\d+ now answers false; record again");
    Tape<Tensor, Tensor> pinned = Tape.record((Tensor v) -> v.mul(v.sum().item()), x);
    near(pinned.jacobian().run(x), Tensor.eye(3, DType.F64).mul(x.sum().item()));
    assertThatThrownBy(() -> pinned.jacobian().run(x.add(1))).isInstanceOf(StaleTape.class);
  }

  @Test
  void loopsAndChoicesHaveJacobiansBothWays() {
    Tensor xs = normal(1, 4, 2);
    Function<Tensor, Tensor> f =
        x ->
            Tape.cond(
                x.sum().gt(0),
                v ->
                    Tape.scan(
                            (Tensor h, Tensor a) -> new Scanned<>(h.mul(a).tanh(), h.sin()), v, xs)
                        .out(),
                v -> Tape.mapOver(a -> a.mul(v).exp(), xs),
                x);
    for (Tensor x : List.of(Tensor.of(.3, .5), Tensor.of(-.3, -.5))) {
      Tape<Tensor, Tensor> tape = Tape.record(f, x);
      Tensor want = differences(f, x);
      near(tape.jacobianForward(Function.<Tensor>identity()).run(x), want, 1e-9);
      near(tape.jacobianReverse(Function.<Tensor>identity()).run(x), want, 1e-9);
    }
    Function<Tensor, Tensor> loop =
        x -> Tape.whileLoop((Tensor v) -> v.square().sum().lt(9), v -> v.mul(1.5).add(v.sin()), x);
    Tape<Tensor, Tensor> tape = Tape.record(loop, Tensor.of(.3, .5));
    near(
        tape.jacobianForward(Function.<Tensor>identity()).run(Tensor.of(.3, .5)),
        differences(loop, Tensor.of(.3, .5)),
        1e-9);
    assertThatThrownBy(() -> tape.jacobianReverse(Function.identity()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("needs a bound");
  }

  @Test
  void jacobiansAreDifferentiatedReplayedAndMapped() {
    Function<Tensor, Tensor> f = x -> x.matmul(x.sin().outer(x)).exp();
    Tensor x = normal(1, 3).mul(.3);
    GradCheck.standard().check((Tensor v) -> Jacobian.of(f, v), x);
    Tape<Tensor, Tensor> jacobian = Tape.record(f, x).jacobian();
    near(jacobian.jacobian().run(x), differences(v -> Jacobian.of(f, v), x), 1e-8);
    Player<Tensor, Tensor> player = jacobian.player();
    for (double scale : new double[] {1, -.5, 2}) {
      assertThat(player.play(x.mul(scale)).sameAs(jacobian.run(x.mul(scale)))).isTrue();
    }
    Tensor many = normal(2, 4, 3).mul(.3);
    Tensor each = jacobian.vmap(4, Function.identity()).run(many);
    // The Jacobian of a map is block-diagonal, and its blocks are the map of the Jacobian.
    Tensor whole = Tape.record(f, x).vmap(4, Function.identity()).jacobian().run(many);
    assertThat(whole.shape()).isEqualTo(Shape.of(4, 3, 4, 3));
    for (int i = 0; i < 4; i++) {
      near(each.get(i), jacobian.run(many.get(i)));
      for (int j = 0; j < 4; j++) {
        Tensor block = whole.get(i).slice(1, j, j + 1).reshape(3, 3);
        near(block, i == j ? each.get(i) : Tensor.zeros(Shape.of(3, 3), DType.F64));
      }
    }
  }
}
