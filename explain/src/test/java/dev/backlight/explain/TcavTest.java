package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Of a network that uses its first input, and the second the other way, and no other.
class TcavTest {
  private static final Tensor HIDDEN = Nets.draw(1, DType.F64, 6, 6).qr().q();
  private static final Function<Tensor, Tensor> NET =
      x -> {
        Tensor hidden = x.matmul(HIDDEN).named("hidden");
        Tensor back = hidden.matmul(HIDDEN, false, true);
        Tensor first = back.slice(1, 0, 1).tanh();
        return Tensor.concat(1, first.sub(back.slice(1, 1, 2).mul(0.3)), back.slice(1, 5, 6));
      };
  private static final Tensor RANDOM = Nets.draw(2, DType.F64, 160, 6);
  private static final Tensor X = Nets.draw(3, DType.F64, 50, 6);

  /// Inputs with more of one input; in mirrored pairs, so that nothing else is common to them.
  private static Tensor concept(int input) {
    Tensor half = Nets.draw(10 + input, DType.F64, 30, 6);
    double[] more = new double[6];
    more[input] = 2;
    return Tensor.concat(0, half, half.neg()).add(Tensor.of(more));
  }

  private static ConceptScores scores(Tcav tcav) {
    Map<String, Tensor> concepts = new LinkedHashMap<>();
    concepts.put("used", concept(0));
    concepts.put("against", concept(1));
    concepts.put("unused", concept(3));
    return tcav.scores(NET, concepts, RANDOM, X, Target.at(0));
  }

  @Test
  void aConceptThatIsUsedIsFoundAndOneThatIsNotIsNot() {
    for (long seed = 0; seed < 3; seed++) {
      ConceptScores scores = scores(Tcav.at("hidden").seed(seed));
      ConceptScores.Concept used = scores.concept("used");
      assertThat(used.score()).isGreaterThan(0.95);
      assertThat(used.sensitivity()).isPositive();
      assertThat(scores.significant(used, 0.01)).isTrue();
      ConceptScores.Concept against = scores.concept("against");
      assertThat(against.score()).isLessThan(0.3);
      assertThat(against.sensitivity()).isNegative();
      ConceptScores.Concept unused = scores.concept("unused");
      assertThat(unused.score()).isBetween(0.2, 0.8);
      assertThat(scores.significant(unused, 0.05)).isFalse();
      for (ConceptScores.Concept c : scores.concepts()) {
        assertThat(c.accuracy()).isGreaterThan(0.7);
      }
    }
  }

  @Test
  void theDirectionIsThatInWhichTheAnswerGrows() {
    // Of a linear answer all inputs have the derivative that stepping along the vector has.
    Tensor v = Tensor.of(new double[][] {{1}, {2}, {0}, {0}, {0}, {0}});
    Function<Tensor, Tensor> linear = x -> x.mul(1).named("hidden").matmul(v);
    ConceptScores.Concept found =
        Tcav.at("hidden")
            .runs(2)
            .scores(linear, Map.of("c", concept(0)), RANDOM, X, Target.only())
            .concept("c");
    assertThat(found.scores().toDoubles()).containsOnly(1);
    // Along an axis exactly it would be 1; the plane is nearly that.
    assertThat(found.sensitivity()).isCloseTo(1, within(0.5));
  }

  @Test
  void adjustedProbabilitiesAreHolms() {
    ConceptScores scores = scores(Tcav.at("hidden"));
    double[] p =
        scores.concepts().stream().mapToDouble(ConceptScores.Concept::p).sorted().toArray();
    double last = 0;
    for (int k = 0; k < 3; k++) {
      double each = p[k];
      last = Math.max(last, Math.min(1, (3 - k) * each));
      double adjusted =
          scores.adjusted(
              scores.concepts().stream().filter(c -> c.p() == each).findFirst().orElseThrow());
      assertThat(adjusted).isEqualTo(last);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    ConceptScores one = scores(Tcav.at("hidden").runs(3));
    ConceptScores two = scores(Tcav.at("hidden").runs(3));
    for (int c = 0; c < 3; c++) {
      assertThat(one.concepts().get(c).scores().sameAs(two.concepts().get(c).scores())).isTrue();
      assertThat(one.concepts().get(c).accuracy()).isEqualTo(two.concepts().get(c).accuracy());
    }
    ConceptScores other = scores(Tcav.at("hidden").runs(3).seed(9));
    assertThat(other.concept("unused").accuracy()).isNotEqualTo(one.concept("unused").accuracy());
  }

  @Test
  void whatIsFoundOfAConceptDoesNotDependOnTheOthers() {
    ConceptScores.Concept alone =
        Tcav.at("hidden")
            .runs(3)
            .scores(NET, Map.of("unused", concept(3)), RANDOM, X, Target.at(0))
            .concept("unused");
    ConceptScores.Concept among = scores(Tcav.at("hidden").runs(3)).concept("unused");
    assertThat(alone.scores().sameAs(among.scores())).isTrue();
    assertThat(alone.chance().sameAs(among.chance())).isTrue();
    assertThat(alone.accuracy()).isEqualTo(among.accuracy());
  }

  @Test
  void everyInputMayHaveATargetOfItsOwn() {
    int[] outputs = new int[50];
    java.util.Arrays.fill(outputs, 25, 50, 1);
    ConceptScores scores =
        Tcav.at("hidden")
            .runs(3)
            .scores(NET, Map.of("used", concept(0)), RANDOM, X, Target.each(outputs));
    // Half of them ask about an output that does not depend on the concept.
    assertThat(scores.concept("used").score()).isBetween(0.45, 1.0);
  }

  @Test
  void itPrintsAsATable() {
    String text = scores(Tcav.at("hidden")).toString();
    assertThat(text)
        .startsWith("tcav of output 0 at hidden, 20 runs, seed 0\n")
        .contains("concept  score          random sets    p         adjusted  classifier\n")
        .containsPattern("used +0\\.9\\d ± 0\\.0\\d +0\\.\\d\\d ± 0\\.\\d\\d +\\d");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    Tcav tcav = Tcav.at("hidden");
    assertThatThrownBy(() -> tcav.runs(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a test of concepts needs 2 runs or more, got 1");
    assertThatThrownBy(() -> tcav.scores(NET, Map.of(), RANDOM, X, Target.at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a test of concepts needs at least 1, got none");
    Tensor few = RANDOM.slice(0, 0, 100);
    assertThatThrownBy(() -> tcav.scores(NET, Map.of("c", concept(0)), few, X, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a concept of 60 inputs needs at least 120 random ones, got 100");
    assertThatThrownBy(
            () -> tcav.scores(NET, Map.of("c", RANDOM.slice(0, 0, 2)), RANDOM, X, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a concept needs inputs (m, …) with m >= 3, got c of (2, 6)");
    assertThatThrownBy(
            () -> Tcav.at("deep").scores(NET, Map.of("c", concept(0)), RANDOM, X, Target.at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layer of the model is needed, got deep; it has hidden");
    ConceptScores scores = scores(tcav.runs(2));
    assertThatThrownBy(() -> scores.concept("stripes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a concept that was tested is needed, got stripes; there are used, against, unused");
    Function<Tensor, Tensor> turned =
        x ->
            NET.apply(
                x.transpose().named("turned").transpose().mul(Tensor.ones(Shape.of(6), DType.F64)));
    assertThatThrownBy(() ->
            Tcav.at("turned").scores(turned, Map.of("c", concept(0)), RANDOM, X, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "a test of concepts needs a layer with one row for every input, (50, …), got turned of"
                + " (6, 50)");
  }
}
