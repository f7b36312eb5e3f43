package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaylorTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(2, 3), DType.F64);
  private static final Tensor V = Key.of(2).normal(Shape.of(2, 3), DType.F64);
  private static final Tensor W = Key.of(3).normal(Shape.of(3, 3), DType.F64);

  private static void assertDerivatives(
      UnaryOperator<Tensor> f, double x, double v, IntToDoubleFunction wanted) {
    List<Tensor> got =
        Tape.record(f, Tensor.scalar(x)).taylor(Tensor.scalar(x), Tensor.scalar(v), 6);
    assertThat(got).hasSize(7);
    for (int k = 0; k <= 6; k++) {
      double want = wanted.applyAsDouble(k) * Math.pow(v, k);
      assertThat(got.get(k).item())
          .as("derivative %d", k)
          .isCloseTo(want, within(1e-12 * Math.max(1, Math.abs(want))));
    }
  }

  private static double factorial(int k) {
    return k < 2 ? 1 : k * factorial(k - 1);
  }

  @Test
  void closedFormsAgreeToOrderSix() {
    assertDerivatives(x -> x.exp(), .4, 1, _ -> Math.exp(.4));
    assertDerivatives(x -> x.exp(), .4, -2, _ -> Math.exp(.4));
    assertDerivatives(x -> x.sin(), .7, 1, k -> Math.sin(.7 + k * Math.PI / 2));
    assertDerivatives(x -> x.cos(), .7, .5, k -> Math.cos(.7 + k * Math.PI / 2));
    assertDerivatives(
        x -> x.oneMinus().reciprocal(), .3, 1, k -> factorial(k) / Math.pow(.7, k + 1));
    assertDerivatives(
        x -> Tensor.scalar(1.).div(x.oneMinus()), .3, 1, k -> factorial(k) / Math.pow(.7, k + 1));
    assertDerivatives(
        x -> x.log(),
        1.7,
        1,
        k -> k == 0 ? Math.log(1.7) : Math.pow(-1, k - 1) * factorial(k - 1) / Math.pow(1.7, k));
    // tanh: with y the value, each derivative is a polynomial in y.
    double y = Math.tanh(.3);
    double[] tanh = {
      y,
      1 - y * y,
      -2 * y + 2 * y * y * y,
      -2 + 8 * y * y - 6 * Math.pow(y, 4),
      16 * y - 40 * Math.pow(y, 3) + 24 * Math.pow(y, 5),
      16 - 136 * y * y + 240 * Math.pow(y, 4) - 120 * Math.pow(y, 6),
      -272 * y + 1232 * Math.pow(y, 3) - 1680 * Math.pow(y, 5) + 720 * Math.pow(y, 7)
    };
    assertDerivatives(x -> x.tanh(), .3, 1, k -> tanh[k]);
    // √x: falling factorials of ½.
    assertDerivatives(
        x -> x.sqrt(),
        2.5,
        1,
        k -> {
          double c = 1;
          for (int j = 0; j < k; j++) {
            c *= .5 - j;
          }
          return c * Math.pow(2.5, .5 - k);
        });
    // exp(sin x) at 0: 1, 1, 1, 0, -3, -8, -3.
    double[] expSin = {1, 1, 1, 0, -3, -8, -3};
    assertDerivatives(x -> x.sin().exp(), 0, 1, k -> expSin[k]);
    // xˣ at 1 (OEIS A005727): 1, 1, 2, 3, 8, 10, 54.
    double[] powers = {1, 1, 2, 3, 8, 10, 54};
    assertDerivatives(x -> x.pow(x), 1, 1, k -> powers[k]);
  }

  @Test
  void polynomialsAreExactAndEndAtTheirDegree() {
    Tape<Tensor, Tensor> f =
        Tape.record(x -> x.mul(x).mul(x).mul(2).sub(x.square()).add(5), Tensor.scalar(0.));
    List<Tensor> d = f.taylor(Tensor.scalar(3.), Tensor.scalar(1.), 6);
    double[] want = {50, 48, 34, 12, 0, 0, 0};
    for (int k = 0; k <= 6; k++) {
      assertThat(d.get(k).item()).isEqualTo(want[k]);
    }
    Tape<Tensor, Tensor> g = Tape.record(x -> x.pow(5), Tensor.scalar(0.));
    d = g.taylor(Tensor.scalar(2.), Tensor.scalar(1.), 6);
    double[] fifth = {32, 80, 160, 240, 240, 120, 0};
    for (int k = 0; k <= 6; k++) {
      assertThat(d.get(k).item()).isEqualTo(fifth[k]);
    }
  }

  /// Derivatives by jvps of jvps.
  private static List<Tensor> nested(UnaryOperator<Tensor> f, Tensor x, Tensor v, int order) {
    List<Tensor> all = new ArrayList<>();
    Tape<Tensor, Tensor> tape = Tape.record(f, x);
    for (int k = 0; k <= order; k++) {
      all.add(tape.run(x));
      var jvp = tape.jvp(Function.identity());
      tape = Tape.record(z -> jvp.run(new WithTangent<>(z, v)), x);
    }
    return all;
  }

  private static void assertLikeNested(UnaryOperator<Tensor> f, Tensor x, Tensor v, int order) {
    List<Tensor> want = nested(f, x, v, order);
    var tape = Tape.record(f, x).taylor(Function.<Tensor>identity(), order);
    List<Tensor> got = tape.player().play(new WithTangent<>(x, v));
    for (int k = 0; k <= order; k++) {
      double[] g = got.get(k).toDoubles();
      double[] w = want.get(k).toDoubles();
      assertThat(got.get(k).shape()).isEqualTo(want.get(k).shape());
      for (int i = 0; i < g.length; i++) {
        assertThat(g[i])
            .as("order %d", k)
            .isCloseTo(w[i], within(1e-10 * Math.max(1, Math.abs(w[i]))));
      }
    }
  }

  static Stream<UnaryOperator<Tensor>> functions() {
    return Stream.of(
        x -> x.softmax(1),
        x -> x.logSoftmax(0),
        x -> x.matmul(W).tanh().matmul(x.transpose()),
        x -> x.matmul(W).matmul(W.transpose()).sigmoid().mul(x),
        x -> x.standardize(1e-5, 1),
        x -> x.norm(1),
        x -> x.logSumExp(1),
        x -> x.erf().add(x.softplus()),
        x -> x.relu().square().add(x.abs()).sub(x.clamp(-.5, .5)),
        x -> x.amax(1).exp(),
        x -> x.gt(0).where(x.exp(), x.square()),
        x -> x.square().add(1).pow(x.sin()),
        x -> x.square().add(.5).log().div(x.exp().add(1)),
        x -> Tape.call(z -> z.matmul(W).sin(), x),
        x -> Tape.sumOver(n -> n.mul(x.sum()).tanh(), x),
        x -> Tape.scan(c -> new Scanned<>(c.sin().add(x), c), x, 3).carry(),
        x -> Tape.cond(x.sum().gt(0), z -> z.exp(), z -> z.cos(), x),
        x -> CustomVjp.<Tensor, Tensor>of(z -> z.exp(), (_, y, g) -> g.mul(y)).apply(x).square(),
        x ->
            Tape.whileLoop(
                    (List<Tensor> s) -> s.get(1).lt(3),
                    s -> List.of(s.get(0).mul(x).sin(), s.get(1).add(1)),
                    List.of(x, Tensor.scalar(0.)))
                .get(0));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void nestedForwardDerivativesAgreeToOrderFour(UnaryOperator<Tensor> f) {
    assertLikeNested(f, X, V, 4);
  }

  static Stream<OpSamples.Sample> smooth() {
    return OpSamples.all().stream()
        .filter(s -> !(s.op() instanceof Op.Discrete))
        .filter(s -> s.inputs().stream().anyMatch(t -> t.dtype() == DType.F64));
  }

  /// Every op of the engine, in all of its inputs at once.
  @ParameterizedTest
  @MethodSource("smooth")
  void everyOpHasItsSecondAndThirdDerivativeAlongALine(OpSamples.Sample sample) {
    List<Tensor> inputs = sample.inputs();
    Function<List<Tensor>, List<Tensor>> f =
        in -> {
          List<Tensor> all = new ArrayList<>(inputs);
          int next = 0;
          for (int i = 0; i < all.size(); i++) {
            if (all.get(i).dtype() == DType.F64) {
              all.set(i, in.get(next++));
            }
          }
          return Stream.of(Tensor.applyAll(sample.op(), all.toArray(Tensor[]::new)))
              .filter(y -> y.dtype() == DType.F64)
              .toList();
        };
    List<Tensor> x = new ArrayList<>();
    List<Tensor> v = new ArrayList<>();
    for (Tensor t : inputs) {
      if (t.dtype() == DType.F64) {
        x.add(t.add(0.));
        v.add(Key.of(x.size()).normal(t.shape(), DType.F64));
      }
    }
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, x);
    List<List<Tensor>> got = tape.taylor(x, v, 3);
    Tape<List<Tensor>, List<Tensor>> next = tape;
    for (int k = 0; k <= 3; k++) {
      List<Tensor> want = next.run(x);
      for (int j = 0; j < want.size(); j++) {
        double[] g = got.get(k).get(j).toDoubles();
        double[] w = want.get(j).toDoubles();
        for (int i = 0; i < w.length; i++) {
          assertThat(g[i])
              .as("order %d, output %d", k, j)
              .isCloseTo(w[i], within(1e-8 * Math.max(1, Math.abs(w[i]))));
        }
      }
      var jvp = next.jvp(Function.identity());
      next = Tape.record(z -> jvp.run(new WithTangent<>(z, v)), x);
    }
  }

  @Test
  void theProgramGrowsWithTheSquareOfTheOrder() {
    Tape<Tensor, Tensor> net =
        Tape.record(x -> x.matmul(W).tanh().matmul(W).sin().matmul(W).exp().sum(), X);
    int[] nodes = new int[9];
    for (int k = 1; k <= 8; k++) {
      nodes[k] = net.taylor(Function.<Tensor>identity(), k).nodes().size();
    }
    // The second difference of a quadratic is constant; an exponential's grows.
    for (int k = 3; k < 8; k++) {
      assertThat(nodes[k + 1] - 2 * nodes[k] + nodes[k - 1]).isBetween(0, 20);
    }
    // A chain of sines: nested jvps grow by a factor with every order.
    Tape<Tensor, Tensor> sines =
        Tape.record(
            x -> {
              Tensor y = x;
              for (int i = 0; i < 6; i++) {
                y = y.sin();
              }
              return y;
            },
            X);
    Tape<Tensor, Tensor> nested = sines;
    for (int k = 0; k < 7; k++) {
      var jvp = nested.jvp(Function.identity());
      nested = Tape.record(z -> jvp.run(new WithTangent<>(z, V)), X);
    }
    assertThat(sines.taylor(Function.<Tensor>identity(), 7).nodes().size() * 2)
        .isLessThan(nested.nodes().size());
  }

  @Test
  void aScanStaysOneNodeAtEveryOrder() {
    Tape<Tensor, Tensor> scan =
        Tape.record(x -> Tape.scan(c -> new Scanned<>(c.sin().add(x), c), x, 3).carry(), X);
    for (int k = 1; k <= 6; k++) {
      assertThat(scan.taylor(Function.<Tensor>identity(), k).nodes())
          .filteredOn(node -> node.op() instanceof Scan)
          .hasSize(1);
    }
  }

  @Test
  void aTaylorTapeIsATapeWithDerivativesThatReplaysWithoutAllocating() {
    var tape =
        Tape.record((Tensor x) -> x.matmul(W).tanh(), X).taylor(Function.<Tensor>identity(), 3);
    GradCheck.standard()
        .check((WithTangent<Tensor, Tensor> in) -> tape.run(in), new WithTangent<>(X, V));
    var player = tape.player();
    player.set(new WithTangent<>(X, V));
    Allocation.assertNone(player, 2_000);
  }

  @Test
  void theDirectionMayBeInAPartAndGuardsStay() {
    record In(Tensor a, Tensor b) {}
    Tape<In, Tensor> tape =
        Tape.record(
            in -> in.b().test(v -> v > 0) ? in.a().mul(in.b()).exp() : in.a(),
            new In(Tensor.scalar(.5), Tensor.scalar(2.)));
    var taylor = tape.taylor(In::a, 3);
    List<Tensor> d =
        taylor.run(
            new WithTangent<>(new In(Tensor.scalar(.5), Tensor.scalar(2.)), Tensor.scalar(1.)));
    for (int k = 0; k <= 3; k++) {
      assertThat(d.get(k).item()).isCloseTo(Math.pow(2, k) * Math.E, within(1e-13));
    }
    assertThatThrownBy(() ->
            taylor.run(
                new WithTangent<>(
                    new In(Tensor.scalar(.5), Tensor.scalar(-2.)), Tensor.scalar(1.))))
        .isInstanceOf(StaleTape.class);
  }

  @Test
  void aNegativeOrderIsRefused() {
    assertThatThrownBy(
            () -> Tape.record((Tensor x) -> x, X).taylor(Function.<Tensor>identity(), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an order is at least 0, got -1");
    assertThat(Tape.record((Tensor x) -> x.exp(), X).taylor(X, V, 0).getFirst().sameAs(X.exp()))
        .isTrue();
  }
}
