package dev.backlight.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.nn.metric.Classes.Quality;
import dev.backlight.nn.train.Confusion;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Metrics against scikit-learn, and at their edges.
class MetricsTest {
  private static Map<?, ?> file = Map.of();

  @BeforeAll
  static void read() throws IOException {
    try (var in = MetricsTest.class.getResourceAsStream("/parity/metrics.json")) {
      file =
          (Map<?, ?>) Objects.requireNonNull(Json.parse(Objects.requireNonNull(in).readAllBytes()));
    }
  }

  private static double[] numbers(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list))
        .stream().mapToDouble(v -> ((Number) Objects.requireNonNull(v)).doubleValue()).toArray();
  }

  private static Tensor given(String name) {
    double[] v = numbers(file.get(name));
    return Tensor.of(Shape.of(v.length), v);
  }

  private static Tensor labels(String name) {
    return given(name).to(DType.I64);
  }

  private static @Nullable Object want(String name) {
    return ((Map<?, ?>) Objects.requireNonNull(file.get("want"))).get(name);
  }

  private static void check(String name, double got) {
    double want = ((Number) Objects.requireNonNull(want(name))).doubleValue();
    assertThat(got).as(name).isCloseTo(want, within(1e-12));
  }

  private static void check(double[] want, int from, Quality got) {
    assertThat(got.precision()).isCloseTo(want[from], within(1e-12));
    assertThat(got.recall()).isCloseTo(want[from + 1], within(1e-12));
    assertThat(got.f1()).isCloseTo(want[from + 2], within(1e-12));
  }

  private static Tensor of(double... v) {
    return Tensor.of(Shape.of(v.length), v);
  }

  @Test
  void classesAreJudgedAsByScikitLearn() {
    Confusion c = Confusion.of(labels("y"), labels("taken"), List.of("a", "b", "c", "d"));
    check("accuracy", c.accuracy());
    check("balanced", Classes.balancedAccuracy(c));
    check("matthews", Classes.matthews(c));
    check("kappa", Classes.kappa(c));
    check(numbers(want("macro")), 0, Classes.macro(c));
    check(numbers(want("micro")), 0, Classes.micro(c));
    check(numbers(want("weighted")), 0, Classes.weighted(c));
    for (int k = 0; k < 4; k++) {
      check(numbers(want("each")), 3 * k, Classes.of(c, k));
    }
  }

  @Test
  void scoresAndErrorsAreThoseOfScikitLearn() {
    Tensor y = labels("y");
    Tensor p = given("p").reshape(y.size(0), 4);
    check("top2", Scores.topK(y, p, 2));
    check("logLoss", Scores.logLoss(y, p));
    check("brier", Scores.brier(y, p));
    check("ece", Scores.calibrationError(y, p, 5));
    check("auc", Scores.rocAuc(labels("binary"), given("score")));
    Tensor q = given("q").reshape(y.size(0), 3);
    check("aucRest", Scores.rocAucOneVsRest(y, q));
    check("aucOne", Scores.rocAucOneVsOne(y, q));
    check("ap", Scores.averagePrecision(labels("binary"), given("score")));
    check("mae", Errors.mae(given("a"), given("b")));
    check("rmse", Errors.rmse(given("a"), given("b")));
    check("r2", Errors.r2(given("a"), given("b")));
  }

  @Test
  void edgesAreAnswered() {
    assertThat(Scores.rocAuc(of(1, 1), of(0.2, 0.3))).isNaN();
    Tensor two = of(.1, .9, .3, .7).reshape(2, 2);
    assertThat(Scores.rocAucOneVsRest(of(1, 1), two)).isNaN();
    assertThat(Scores.rocAucOneVsOne(of(1, 1), two)).isNaN();
    assertThat(Scores.rocAucOneVsOne(of(0, 1), two)).isZero();
    assertThat(Scores.averagePrecision(of(0, 0), of(0.2, 0.3))).isNaN();
    assertThat(Scores.rocAuc(of(0, 1), of(0.0, -0.0))).isEqualTo(0.5);
    assertThat(Errors.r2(of(0.1, 0.1, 0.1), of(0.1, 0.1, 0.1))).isEqualTo(1);
    assertThat(Errors.r2(of(0.1, 0.1, 0.1), of(0.1, 0.1, 0.2))).isZero();
    Confusion one = Confusion.of(of(0, 0), of(0, 0), List.of("a", "b"));
    assertThat(Classes.matthews(one)).isZero();
    assertThat(Classes.kappa(one)).isNaN();
    assertThat(Classes.of(one, 1)).isEqualTo(new Quality(0, 0, 0));
    assertThat(Classes.macro(one)).isEqualTo(new Quality(1, 1, 1));
  }

  @Test
  void errorsSayWhatWasNeeded() {
    assertThatThrownBy(() -> Errors.mae(of(1, 2), of(1)))
        .hasMessage("mae needs equal shapes, got (2) and (1)");
    assertThatThrownBy(() -> Scores.rocAuc(of(0, 2), of(1, 2)))
        .hasMessage("rocAuc needs labels from 0 to 1, got 2.0 at example 1");
    assertThatThrownBy(() -> Scores.rocAuc(of(0, 1), of(1, Double.NaN)))
        .hasMessage("rocAuc needs numbers, got NaN at element 1");
    assertThatThrownBy(() -> Scores.rocAucOneVsRest(of(0, 1), of(1, 2).reshape(2, 1)))
        .hasMessage("rocAucOneVsRest needs scores of at least 2 classes, got 1");
    assertThatThrownBy(() -> Scores.rocAucOneVsOne(of(0, 2), of(1, 2, 1, 2).reshape(2, 2)))
        .hasMessage("rocAucOneVsOne needs labels from 0 to 1, got 2.0 at example 1");
    assertThatThrownBy(() -> Scores.topK(of(0), of(1, 2).reshape(1, 2), 3))
        .hasMessage("topK needs k from 1 to 2, got 3");
    assertThatThrownBy(() -> Scores.brier(of(0), of(1, 2).reshape(1, 2)))
        .hasMessage("brier needs probabilities from 0 to 1, got 2.0 at element 1");
    assertThatThrownBy(() -> Scores.calibrationError(of(0), of(1, 0).reshape(1, 2), 0))
        .hasMessage("calibrationError needs bins of at least 1, got 0");
    assertThatThrownBy(() -> Confusion.of(of(0, 2), of(0, 1), List.of("a", "b")))
        .hasMessage("a confusion needs labels from 0 to 1, got 2.0 at example 1");
  }
}
