package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LimeTest {
  private static final Lime LIME = Lime.from(Baseline.zeros());
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 5);

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  /// By `src/test/reference/lime.py`.
  @Test
  void coefficientsAreThoseOfScikitLearn() throws Exception {
    List<?> cases = (List<?>) Objects.requireNonNull(Json.read(file()));
    assertThat(cases).hasSize(4);
    for (Object each : cases) {
      Map<?, ?> golden = (Map<?, ?>) each;
      List<boolean[]> kept = new ArrayList<>();
      for (Object row : (List<?>) golden.get("kept")) {
        List<?> flags = (List<?>) row;
        boolean[] in = new boolean[flags.size()];
        for (int i = 0; i < in.length; i++) {
          in[i] = number(flags.get(i)) == 1;
        }
        kept.add(in);
      }
      List<?> values = (List<?>) golden.get("values");
      List<double[]> weights =
          LIME.width(number(golden.get("width")))
              .ridge(number(golden.get("ridge")))
              .fit(kept)
              .weights();
      List<?> wanted = (List<?>) golden.get("coefficients");
      for (int i = 0; i < wanted.size(); i++) {
        double got = 0;
        for (int k = 0; k < values.size(); k++) {
          got += weights.get(k)[i] * number(values.get(k));
        }
        assertThat(got).isCloseTo(number(wanted.get(i)), within(1e-10));
      }
    }
  }

  private static Path file() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(LimeTest.class.getResource("/sampling/lime.json")).toURI());
  }

  @Test
  void withoutRidgeALinearModelIsImitatedExactly() {
    Tensor w = Nets.draw(61, DType.F64, 5, 3);
    Attribution a = LIME.ridge(0).explain(t -> t.matmul(w), X, Target.at(2));
    assertThat(a.scores().toDoubles())
        .containsExactly(X.mul(w.slice(1, 2, 3).reshape(5)).toDoubles(), within(1e-10));
    assertThat(a.evaluations()).isEqualTo(2 + 1000);
  }

  @Test
  void theModelIsAskedAboutXAndAboutHalvesOfIt() {
    List<double[]> asked = new ArrayList<>();
    Function<Tensor, Tensor> model =
        t -> {
          for (int i = 0; i < t.size(0); i++) {
            asked.add(t.slice(0, i, i + 1).toDoubles());
          }
          return Tensor.of(t.sum(1).toDoubles());
        };
    Tensor x = X.slice(0, 0, 1);
    LIME.of(Regions.groups(0, 0, 1, 2, 3)).samples(500).scores(model, x, Target.only());
    assertThat(asked).hasSize(500);
    assertThat(asked.getFirst()).containsExactly(x.toDoubles());
    assertThat(asked).allMatch(row -> row[0] == 0 == (row[1] == 0));
    assertThat(asked.stream().filter(row -> row[4] != 0).count()).isBetween(200L, 300L);
  }

  @Test
  void aBatchGivesWhatItsExamplesGiveAloneAndSeedsDiffer() {
    Function<Tensor, Tensor> mlp = Nets.mlp(7, DType.F64, Tensor::relu, true);
    Tensor all = LIME.scores(mlp, X, Target.each(2, 0, 1));
    Tensor alone = LIME.scores(mlp, X.slice(0, 1, 2), Target.at(0));
    assertThat(alone.toDoubles()).containsExactly(all.slice(0, 1, 2).toDoubles(), within(1e-12));
    assertThat(LIME.scores(mlp, X, Target.each(2, 0, 1)).sameAs(all)).isTrue();
    assertThat(LIME.seed(1).scores(mlp, X, Target.each(2, 0, 1)).sameAs(all)).isFalse();
  }

  @Test
  void whatCannotBeFittedIsRefused() {
    assertThatThrownBy(() -> LIME.ridge(0).samples(4).explain(t -> t.sum(1), X, Target.only()))
        .hasMessage(
            "lime needs more samples or a ridge above 0 to tell 5 regions apart, got 4 and 0.0");
    assertThatThrownBy(() -> LIME.samples(1)).hasMessage("lime needs samples of at least 2, got 1");
    assertThatThrownBy(() -> LIME.width(0))
        .hasMessage(
            "lime needs a finite width above 0 and a finite ridge of at least 0, got 0.0 and 1.0");
  }
}
