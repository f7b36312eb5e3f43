package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.StopGradient;
import dev.backlight.explain.OpPlaces.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every op under every rule: it has scores, which add up where the rule promises it, or is an
/// error that names it with its line.
class RulesOfOpsTest {
  private static final Set<String> MATRICES =
      Set.of(
          "Cholesky",
          "Cofactors",
          "Det",
          "Eigh",
          "MatrixExp",
          "Pinv",
          "Qr",
          "SlogDet",
          "Solve",
          "Svd",
          "TriangularSolve");

  /// Without a rule of relevance, and without one of differences from a baseline.
  private static final Set<String> NO_RELEVANCE =
      with("Atan2", "Copysign", "Fmod", "Pow", "Recurrence", "Remainder");

  private static final Set<String> NO_DIFFERENCE =
      with("LogCumSumExp", "OrderStatistic", "Recurrence");

  /// What keeps a share for what is given beside what depends on x: biases, alternatives, rows.
  private static final Set<String> SHARING =
      Set.of("Add", "Sub", "Shift", "Maximum", "Minimum", "Hypot", "LogAddExp", "Where", "Concat");

  private static Set<String> with(String... more) {
    Set<String> all = new TreeSet<>(MATRICES);
    all.addAll(List.of(more));
    return all;
  }

  private static String name(Place place) {
    return place.op().getClass().getSimpleName();
  }

  /// Whether nothing flows through, as it is constant but for jumps, or was asked to stop.
  private static boolean isConstant(Place place) {
    return place.op() instanceof Op.Discrete
        || place.op() instanceof StopGradient
        || place.inputs().get(place.active().getFirst()).dtype() != DType.F64;
  }

  @Test
  void everyOpIsHere() throws Exception {
    Set<String> ops = new TreeSet<>();
    for (Class<?> type : Contracts.classes(Mul.class)) {
      if (type.isRecord()
          && Op.class.isAssignableFrom(type)
          && type.getPackage().equals(Mul.class.getPackage())) {
        ops.add(type.getSimpleName());
      }
    }
    assertThat(ops).hasSizeGreaterThan(100);
    assertThat(OpPlaces.names()).containsExactlyInAnyOrderElementsOf(ops);
  }

  /// All methods that are a sweep under a rule.
  private static List<Explainer> sweeping() {
    return Contracts.all(Nets.draw(1, DType.F64, 2, 5)).stream()
        .map(Contracts.Contract::explainer)
        .filter(e -> e instanceof SweepExplainer || e instanceof DeepLift)
        .toList();
  }

  /// From a baseline at which each op has a value, too.
  private static Explainer near(Explainer e, Place place) {
    return e instanceof DeepLift d
        ? new DeepLift(Baseline.of(place.x().mul(.95)), d.eps(), d.rule())
        : e;
  }

  @TestFactory
  Stream<DynamicTest> everyOpHasScoresOrIsNamedWithItsLine() {
    List<Place> places = OpPlaces.all();
    assertThat(sweeping()).hasSizeGreaterThan(14);
    return sweeping().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.name(),
                () -> {
                  Set<String> without = new TreeSet<>();
                  for (Place place : places) {
                    try {
                      Attribution a =
                          near(e, place).explain(place::answer, place.x(), Target.only());
                      assertThat(Arrays.stream(a.scores().toDoubles()).allMatch(Double::isFinite))
                          .as(place.toString())
                          .isTrue();
                    } catch (UnsupportedOperationException none) {
                      assertThat(none)
                          .hasMessageMatching(
                              ".* has no rule for "
                                  + place.op().name()
                                  + " at OpPlaces\\.java:\\d+; explain an output before it, .*");
                      without.add(name(place));
                    }
                  }
                  assertThat(without)
                      .isEqualTo(
                          e instanceof DeepLift
                              ? NO_DIFFERENCE
                              : e instanceof Lrp ? NO_RELEVANCE : Set.of());
                }));
  }

  /// Where something given takes its share, or, in a softmax, what its expansion leaves.
  private static boolean keepsAShare(Place place) {
    boolean partly = place.active().size() < place.inputs().size() || name(place).equals("Shift");
    return partly && SHARING.contains(name(place)) || name(place).equals("Softmax");
  }

  @TestFactory
  Stream<DynamicTest> relevanceIsConservedByEveryOpThatHasARule() {
    EpsilonRule plain = new EpsilonRule(0, EpsilonRule.Attention.VALUES);
    return Stream.of(
            new Lrp(plain),
            new Lrp(CompositeRule.of(new LayerRule.Epsilon(1e-13)).stabilizer(1e-13)),
            new Lrp(CompositeRule.of(new LayerRule.Gamma(.25)).stabilizer(1e-13)))
        .map(lrp ->
            DynamicTest.dynamicTest(
                lrp.rule().toString(),
                () -> assertLosesNothing(lrp, NO_RELEVANCE, RulesOfOpsTest::keepsAShare)));
  }

  @TestFactory
  Stream<DynamicTest> differencesAreExplainedByEveryOpThatHasARule() {
    return Stream.of(DeepLift.Rule.values())
        .map(rule ->
            DynamicTest.dynamicTest(
                rule.toString(),
                () ->
                    assertLosesNothing(
                        new DeepLift(Baseline.zeros(), 1e-10, rule), NO_DIFFERENCE, _ -> false)));
  }

  private static void assertLosesNothing(
      Explainer e, Set<String> without, Predicate<Place> losing) {
    List<String> lost = new ArrayList<>();
    int asked = 0;
    for (Place place : OpPlaces.all()) {
      if (without.contains(name(place)) || isConstant(place) || losing.test(place)) {
        continue;
      }
      asked++;
      Attribution a = near(e, place).explain(place::answer, place.x(), Target.only());
      boolean rounded = place.op() instanceof Cast;
      if (!(a.residual().abs().amax().item() < (rounded ? 1e-6 : 1e-9))) {
        lost.add(place + " loses " + a.residual());
      }
    }
    assertThat(lost).isEmpty();
    assertThat(asked).isGreaterThan(90);
  }
}
