package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.*;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Where a function has no derivative: what a sweep sends back, and that `slope` says the same.
class KinksTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  /// A function of one number, a point at or near a kink, and the slope that was agreed on.
  record Kink(Op.Elementwise op, double x, double slope) {}

  static Stream<Kink> kinks() {
    return Stream.of(
        new Kink(new Relu(), 0, 0),
        new Kink(new Relu(), 2, 1),
        new Kink(new Relu(), -2, 0),
        new Kink(new Relu6(), 0, 0),
        new Kink(new Relu6(), 6, 0),
        new Kink(new Relu6(), 5.9, 1),
        new Kink(new Relu6(), 6.1, 0),
        new Kink(new LeakyRelu(.1), 0, .1),
        new Kink(new LeakyRelu(3), 0, 1),
        new Kink(new LeakyRelu(.1), 1, 1),
        new Kink(new LeakyRelu(.1), -1, .1),
        new Kink(new LeakyRelu(-.1), 0, 0),
        new Kink(new LeakyRelu(-.1), -1, -.1),
        new Kink(new Elu(-1), 0, 0),
        new Kink(new Elu(-1), -1, -Math.exp(-1)),
        new Kink(new Elu(1), 0, 1),
        new Kink(new Elu(.3), 0, .3),
        new Kink(new Elu(2), 0, 1),
        new Kink(new Elu(.3), 1, 1),
        new Kink(new Elu(.3), -1, .3 * Math.exp(-1)),
        new Kink(new Abs(), 0, 0),
        new Kink(new Abs(), -3, -1),
        new Kink(new Abs(), 3, 1),
        new Kink(new Clamp(-1, 1), -1, 1),
        new Kink(new Clamp(-1, 1), 1, 1),
        new Kink(new Clamp(-1, 1), 1.1, 0),
        new Kink(new Clamp(-1, 1), -1.1, 0),
        new Kink(new Power(0), 0, 0),
        new Kink(new Power(1), 0, 1),
        new Kink(new Power(2), 0, 0),
        new Kink(new Power(2), 3, 6),
        new Kink(new Power(3), 2, 12),
        new Kink(new Power(.5), 0, INF),
        new Kink(new Power(-1), 0, -INF),
        new Kink(new Sqrt(), 0, INF),
        new Kink(new Rsqrt(), 0, -INF),
        new Kink(new Log(), 0, INF),
        new Kink(new Log1p(), -1, INF),
        new Kink(new Asin(), 1, INF),
        new Kink(new Acos(), -1, -INF),
        new Kink(new Acosh(), 1, INF),
        new Kink(new Atanh(), -1, INF),
        new Kink(new Cbrt(), 0, INF),
        new Kink(new Entr(), 0, INF),
        new Kink(new Logit(), 1, INF),
        new Kink(new Erfinv(), -1, INF),
        new Kink(new Lgamma(), 0, Double.NaN),
        new Kink(new Lgamma(), -1, Double.NaN),
        new Kink(new Sinc(), 0, 0),
        new Kink(new Softsign(), 0, 1),
        new Kink(new Reciprocal(), 0, -INF));
  }

  private static void near(double got, double want) {
    if (Double.isFinite(want)) {
      assertThat(got).isCloseTo(want, org.assertj.core.api.Assertions.within(1e-14));
    } else {
      assertThat(got).isEqualTo(Double.valueOf(want));
    }
  }

  @ParameterizedTest
  @MethodSource("kinks")
  void theSweepAndTheSlopeAgreeOnWhatWasAgreedOn(Kink kink) {
    Tensor x = Tensor.of(kink.x());
    Tape<Tensor, Tensor> tape = Tape.record(v -> Tensor.apply(kink.op(), v).sum(), x);
    near(tape.gradient().run(x).at(0), kink.slope());
    near(kink.op().slope(x, Tensor.apply(kink.op(), x)).at(0), kink.slope());
  }

  static Stream<OpSamples.Sample> functions() {
    return OpSamples.all().stream()
        .filter(s -> s.op() instanceof Op.Elementwise || s.op() instanceof Op.Pairwise)
        .filter(s -> s.inputs().getFirst().dtype().isFloat());
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aSlopeIsWhatTheSweepSendsForACotangentOfOnes(OpSamples.Sample sample) {
    List<Tensor> at = sample.inputs();
    Op op = sample.op();
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(in -> Tensor.apply(op, in.toArray(Tensor[]::new)).sum(), at);
    List<Tensor> sent = tape.gradient().run(at);
    Tensor y = Tensor.apply(op, at.toArray(Tensor[]::new));
    for (int i = 0; i < at.size(); i++) {
      Tensor slope =
          op instanceof Op.Elementwise one
              ? one.slope(at.getFirst(), y)
              : ((Op.Pairwise) op).slope(i, at.get(0), at.get(1), y);
      double[] want = sent.get(i).toDoubles();
      double[] got = slope.expand(at.get(i).shape()).toDoubles();
      for (int k = 0; k < want.length; k++) {
        near(got[k], want[k]);
      }
    }
  }

  @Test
  void tiesOfPairsAreSharedEvenly() {
    Tensor x = Tensor.of(3., 1, 5);
    Tensor y = Tensor.of(3., 2, 4);
    double[][] max = {{.5, 0, 1}, {.5, 1, 0}};
    double[][] min = {{.5, 1, 0}, {.5, 0, 1}};
    for (int i = 0; i < 2; i++) {
      assertThat(new Maximum().slope(i, x, y, x.maximum(y)).toDoubles()).containsExactly(max[i]);
      assertThat(new Minimum().slope(i, x, y, x.minimum(y)).toDoubles()).containsExactly(min[i]);
    }
  }

  /// Ops between the branch that `where` did not select and the logarithm below it.
  static Stream<Arguments> between() {
    Tensor two = Tensor.of(2., 2);
    return Stream.of(
        way("nothing", v -> v),
        way("add", v -> v.add(two)),
        way("add, second", v -> two.add(v)),
        way("sub", v -> v.sub(two)),
        way("sub, second", v -> two.sub(v)),
        way("scale", v -> v.mul(3)),
        way("over", v -> v.div(3)),
        way("shift", v -> v.add(1)),
        way("mul", v -> v.mul(two)),
        way("cast", v -> v.to(DType.F32).to(DType.F64)),
        way("elementwise", Tensor::tanh),
        way("pairwise", v -> v.maximum(two.mul(-1e9))),
        way("twice where", v -> v.gt(-1e9).where(v, two)),
        way("both ways", v -> v.mul(2).add(v.mul(3))));
  }

  private static Arguments way(String name, Function<Tensor, Tensor> way) {
    return Arguments.of(name, way);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("between")
  void whatWhereDoesNotSelectSendsExactlyNothing(String name, Function<Tensor, Tensor> way) {
    Tensor x = Tensor.of(0., 2);
    Tape<Tensor, Tensor> chosen = Tape.record(v -> v.gt(0).where(way.apply(v.log()), 0).sum(), x);
    Tape<Tensor, Tensor> other =
        Tape.record(v -> v.le(0).where(Tensor.of(0., 0), way.apply(v.log())).sum(), x);
    for (Tape<Tensor, Tensor> tape : List.of(chosen, other)) {
      double[] first = tape.gradient().run(x).toDoubles();
      assertThat(first[0]).isEqualTo(0);
      assertThat(first[1]).isFinite().isNotEqualTo(0);
      double[] second =
          Tape.record(v -> tape.gradient().run(v).sum(), x).gradient().run(x).toDoubles();
      assertThat(second[0]).isEqualTo(0);
      assertThat(second[1]).isFinite();
    }
  }

  @Test
  void aZeroThatMerelyHappensToBeOneStaysHonest() {
    Tensor zero = Tensor.of(0.);
    Tape<Tensor, Tensor> roots = Tape.record(v -> v.sqrt().mul(v.sqrt()).sum(), zero);
    assertThat(roots.gradient().run(zero).at(0)).isNaN();
    // One way is not selected, the other is: the slope is that of the other.
    Tape<Tensor, Tensor> half =
        Tape.record(
            v -> {
              Tensor log = v.log();
              return v.gt(0).where(log, 0).add(log.mul(0)).sum();
            },
            zero);
    assertThat(half.gradient().run(zero).at(0)).isNaN();
  }

  @Test
  void aMaskEndsWherePlacesAreLeft() {
    // Each sum reads a selected and an unselected element, so nothing may be cut behind it.
    Tensor x = Tensor.of(4., 9);
    Tape<Tensor, Tensor> tape =
        Tape.record(
            v -> {
              Tensor rolled = Tensor.concat(0, v.slice(0, 1, 2), v.slice(0, 0, 1)).sqrt();
              return v.gt(5).where(rolled.flip(0), 0).sum();
            },
            x);
    assertThat(tape.gradient().run(x).toDoubles()).containsExactly(0, 1 / 6.);
  }

  @Test
  void aTraceGivesPrimalsAndWhatArrived() {
    Tensor x = Tensor.of(1., 2);
    Tape<Tensor, Tensor> tape = Tape.record(v -> v.square().named("square").mul(3).sum(), x);
    Node square = tape.node("square").orElseThrow();
    Trace<Tensor> trace =
        tape.trace(BackwardRule.CHAIN, Function.identity(), List.of(square)).run(x);
    assertThat(trace.primals().getFirst().toDoubles()).containsExactly(1, 4);
    assertThat(trace.arrived().getFirst().toDoubles()).containsExactly(3, 3);
    assertThat(trace.inputs().toDoubles()).containsExactly(6, 12);
    assertThat(trace.output().getFirst().item()).isEqualTo(15);
  }
}
