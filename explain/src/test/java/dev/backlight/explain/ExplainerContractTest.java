package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The same questions to every explainer.
class ExplainerContractTest {
  private static final Tensor X = Nets.draw(60, DType.F64, 4, 5);

  private static Stream<DynamicTest> each(
      Predicate<Explainer> asked, Consumer<Explainer> question) {
    List<Explainer> explainers =
        Stream.concat(
                Explainers.all().stream().map(entry -> entry.with(Baseline.zeros())),
                Stream.of(
                    IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(40)),
                    KernelShap.from(Baseline.zeros()),
                    Saliency.absolute()))
            .filter(asked)
            .toList();
    assertThat(explainers).isNotEmpty();
    return explainers.stream()
        .map(e ->
            DynamicTest.dynamicTest(e.name() + " " + e.parameters(), () -> question.accept(e)));
  }

  private static boolean knows(Explainer e) {
    return !(e instanceof RandomAttribution);
  }

  private static boolean inUnitsOfTheAnswer(Explainer e) {
    return knows(e) && !(e instanceof Saliency || e instanceof SmoothGrad);
  }

  private static boolean any(Explainer e) {
    return e.name() != null;
  }

  @TestFactory
  Stream<DynamicTest> aLinearModelIsExplainedExactly() {
    Tensor w = Nets.draw(61, DType.F64, 5, 3);
    double[] expected = X.mul(w.slice(1, 2, 3).reshape(5)).toDoubles();
    return each(
        ExplainerContractTest::inUnitsOfTheAnswer,
        e ->
            assertThat(e.explain(t -> t.matmul(w), X, Target.at(2)).scores().toDoubles())
                .containsExactly(expected, within(1e-8)));
  }

  @TestFactory
  Stream<DynamicTest> scoresAddUpWherePromised() {
    return each(
        e -> e.completeness() != Completeness.NONE,
        e -> {
          boolean biases = e.completeness() == Completeness.DIFFERENCE;
          for (DType dtype : new DType[] {DType.F64, DType.F32}) {
            double tolerance = dtype == DType.F64 ? 1e-6 : 1e-3;
            Attribution a =
                e.explain(
                    Nets.mlp(10, dtype, Tensor::tanh, biases), X.to(dtype), Target.predicted());
            assertThat(a.relativeResidual()).isLessThan(tolerance);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aFeatureThatDoesNothingGetsNothing() {
    Function<Tensor, Tensor> mlp = Nets.mlp(20, DType.F64, Tensor::relu, true);
    Tensor mask = Tensor.of(1., 1, 0, 1, 1);
    return each(
        ExplainerContractTest::knows,
        e -> {
          Tensor scores = e.explain(t -> mlp.apply(t.mul(mask)), X, Target.at(0)).scores();
          // The nothing of a least-squares fit is a difference of sums, and rounds.
          double rounding = e instanceof KernelShap ? 1e-14 : 0;
          assertThat(scores.slice(1, 2, 3).abs().sum().item()).isLessThanOrEqualTo(rounding);
          assertThat(scores.slice(1, 0, 2).abs().sum().item()).isPositive();
        });
  }

  @TestFactory
  Stream<DynamicTest> featuresInTheSameRoleGetTheSame() {
    Function<Tensor, Tensor> mlp = Nets.mlp(30, DType.F64, Tensor::tanh, true);
    Function<Tensor, Tensor> symmetric =
        t -> {
          Tensor both = t.slice(1, 0, 1).add(t.slice(1, 1, 2));
          return mlp.apply(Tensor.concat(1, both, both, t.slice(1, 2, 5)));
        };
    Tensor x = Tensor.concat(1, X.slice(1, 0, 1), X.slice(1, 0, 1), X.slice(1, 2, 5));
    return each(
        ExplainerContractTest::knows,
        e -> {
          Tensor scores = e.explain(symmetric, x, Target.at(1)).scores();
          assertThat(scores.slice(1, 0, 1).toDoubles())
              .containsExactly(scores.slice(1, 1, 2).toDoubles(), within(1e-12));
        });
  }

  @TestFactory
  Stream<DynamicTest> aBatchGivesWhatItsExamplesGiveAlone() {
    Function<Tensor, Tensor> cnn = Nets.cnn(40, DType.F64, true);
    Tensor x = Nets.draw(62, DType.F64, 3, 1, 6, 6);
    return each(
        ExplainerContractTest::any,
        e -> {
          Attribution all = e.explain(cnn, x, Target.each(2, 0, 1));
          for (int i = 0; i < 3; i++) {
            Attribution alone = e.explain(cnn, x.slice(0, i, i + 1), all.target().example(i));
            assertThat(alone.scores().toDoubles())
                .containsExactly(all.of(i).scores().toDoubles(), within(1e-12));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> explainingTwiceOrFromManyThreadsGivesTheSameBits() {
    Function<Tensor, Tensor> mlp = Nets.mlp(50, DType.F32, Tensor::relu, true);
    Tensor x = X.to(DType.F32);
    return each(
        ExplainerContractTest::any,
        e -> {
          Tensor first = e.explain(mlp, x, Target.predicted()).scores();
          assertThat(
                  IntStream.range(0, 8)
                      .parallel()
                      .allMatch(_ -> e.explain(mlp, x, Target.predicted()).scores().sameAs(first)))
              .isTrue();
        });
  }

  @TestFactory
  Stream<DynamicTest> explainingChangesNeitherModelNorInput() {
    Tensor w = Nets.draw(63, DType.F64, 5, 3);
    double[] weights = w.toDoubles();
    double[] inputs = X.toDoubles();
    return each(
        ExplainerContractTest::any,
        e -> {
          Attribution a = e.explain(t -> t.matmul(w).tanh(), X, Target.at(0));
          assertThat(w.toDoubles()).containsExactly(weights);
          assertThat(X.toDoubles()).containsExactly(inputs);
          assertThat(a.x()).isSameAs(X);
          assertThat(a.output().toDoubles())
              .containsExactly(
                  X.matmul(w).tanh().slice(1, 0, 1).reshape(4).toDoubles(), within(1e-15));
        });
  }

  @TestFactory
  Stream<DynamicTest> aResultSaysHowItWasMade() {
    return each(
        ExplainerContractTest::any,
        e -> {
          Attribution a = e.explain(t -> t.tanh(), X, Target.predicted());
          assertThat(a.method()).isEqualTo(e.name());
          assertThat(a.parameters()).isEqualTo(e.parameters());
          assertThat(a.completeness()).isEqualTo(e.completeness());
          assertThat(a.evaluations()).isPositive();
          assertThat(a.target().toString()).startsWith("outputs ");
          assertThat(a.toString()).startsWith(e.name() + " of outputs ");
          assertThat(a.json()).contains("\"method\": \"" + e.name() + "\"");
        });
  }

  @TestFactory
  Stream<DynamicTest> bothPrecisionsAgree() {
    return each(
        ExplainerContractTest::knows,
        e -> {
          double[] wide =
              e.explain(Nets.mlp(70, DType.F64, Tensor::tanh, true), X, Target.at(1))
                  .scores()
                  .toDoubles();
          Tensor narrow =
              e.explain(Nets.mlp(70, DType.F32, Tensor::tanh, true), X.to(DType.F32), Target.at(1))
                  .scores();
          assertThat(narrow.dtype()).isEqualTo(DType.F32);
          assertThat(narrow.toDoubles()).containsExactly(wide, within(1e-3));
        });
  }

  @Test
  void explainersAreFoundByName() {
    assertThat(Explainers.all())
        .extracting(Explainers.Entry::name)
        .containsExactly(
            "saliency",
            "gradient-x-input",
            "smooth-grad",
            "integrated-gradients",
            "lrp-epsilon",
            "occlusion",
            "random");
    assertThat(Explainers.named("lrp-epsilon").with(Baseline.zeros())).isEqualTo(Lrp.epsilon());
    assertThatThrownBy(() -> Explainers.named("magic"))
        .hasMessage(
            "an explainer is one of saliency, gradient-x-input, smooth-grad, integrated-gradients, lrp-epsilon,"
                + " occlusion, random, got magic");
  }
}
