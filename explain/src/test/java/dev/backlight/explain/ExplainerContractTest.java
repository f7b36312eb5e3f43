package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.AttentionOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Contracts.Claim;
import dev.backlight.explain.Contracts.Contract;
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
  private static final Tensor ROWS = Nets.draw(64, DType.F64, 3, 5);

  private static Stream<DynamicTest> each(
      Tensor rows, Predicate<Contract> asked, Consumer<Explainer> question) {
    List<Contract> contracts = Contracts.all(rows).stream().filter(asked).toList();
    assertThat(contracts).isNotEmpty();
    return contracts.stream()
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> question.accept(c.explainer())));
  }

  private static Stream<DynamicTest> each(Consumer<Explainer> question) {
    return each(ROWS, _ -> true, question);
  }

  private static Stream<DynamicTest> claiming(Claim claim, Consumer<Explainer> question) {
    return each(ROWS, c -> c.claims().contains(claim), question);
  }

  /// A model with the layer that a method may ask for.
  private static Function<Tensor, Tensor> layered(Function<Tensor, Tensor> model) {
    return x -> model.apply(x).named(Contracts.LAYER);
  }

  @Test
  void everyExplainerHasAContract() throws Exception {
    assertThat(Contracts.missing())
        .as("explainers without a contract: say in Contracts what they claim")
        .isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> aLinearModelIsExplainedExactly() {
    Tensor w = Nets.draw(61, DType.F64, 5, 3);
    double[] expected = X.mul(w.slice(1, 2, 3).reshape(5)).toDoubles();
    return claiming(
        Claim.LINEAR,
        e ->
            assertThat(e.explain(layered(t -> t.matmul(w)), X, Target.at(2)).scores().toDoubles())
                .containsExactly(expected, within(1e-8)));
  }

  @TestFactory
  Stream<DynamicTest> scoresAddUpWherePromised() {
    return each(
        ROWS,
        c -> c.explainer().completeness() != Completeness.NONE,
        e -> {
          boolean biases = e.completeness() == Completeness.DIFFERENCE;
          // Relevance of parts adds up where all parts speak for the answer.
          boolean parts = e instanceof Lrp lrp && lrp.rule() instanceof CompositeRule;
          for (DType dtype : new DType[] {DType.F64, DType.F32}) {
            Function<Tensor, Tensor> model =
                parts ? positive(dtype) : Nets.mlp(10, dtype, Tensor::tanh, biases);
            Tensor x = parts ? X.abs().add(.1) : X;
            Attribution a = e.explain(model, x.to(dtype), Target.predicted());
            assertThat(a.relativeResidual()).isLessThan(tolerance(e, dtype));
          }
        });
  }

  private static double tolerance(Explainer e, DType dtype) {
    if (e instanceof GuidedIntegratedGradients || e instanceof BlurIntegratedGradients) {
      // A sum over given steps, whose error falls with their square.
      return 1e-2;
    }
    return dtype == DType.F64 ? 1e-5 : 1e-3;
  }

  /// A network without biases in which everything speaks for the answer.
  private static Function<Tensor, Tensor> positive(DType dtype) {
    Tensor w = Nets.draw(65, dtype, 5, 7).abs();
    Tensor v = Nets.draw(66, dtype, 7, 3).abs();
    return x -> x.matmul(w).relu().named(Contracts.LAYER).matmul(v);
  }

  @TestFactory
  Stream<DynamicTest> aFeatureThatDoesNothingGetsNothing() {
    Function<Tensor, Tensor> mlp = Nets.mlp(20, DType.F64, Tensor::relu, true);
    Tensor mask = Tensor.of(1., 1, 0, 1, 1);
    return claiming(
        Claim.DUMMY,
        e -> {
          Tensor scores = e.explain(t -> mlp.apply(t.mul(mask)), X, Target.at(0)).scores();
          assertThat(scores.slice(1, 2, 3).abs().sum().item()).isLessThan(1e-14);
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
    return claiming(
        Claim.SYMMETRY,
        e -> {
          Tensor scores = e.explain(symmetric, x, Target.at(1)).scores();
          assertThat(scores.slice(1, 0, 1).toDoubles())
              .containsExactly(scores.slice(1, 1, 2).toDoubles(), within(1e-12));
        });
  }

  @TestFactory
  Stream<DynamicTest> aBatchGivesWhatItsExamplesGiveAlone() {
    Function<Tensor, Tensor> cnn = layered(Nets.cnn(40, DType.F64, true));
    Tensor x = Nets.draw(62, DType.F64, 3, 1, 6, 6);
    return each(
        Nets.draw(67, DType.F64, 2, 1, 6, 6),
        _ -> true,
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
    return each(e -> {
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
    return each(e -> {
      Attribution a = e.explain(layered(t -> t.matmul(w).tanh()), X, Target.at(0));
      assertThat(w.toDoubles()).containsExactly(weights);
      assertThat(X.toDoubles()).containsExactly(inputs);
      assertThat(a.x()).isSameAs(X);
      assertThat(a.output().toDoubles())
          .containsExactly(X.matmul(w).tanh().slice(1, 0, 1).reshape(4).toDoubles(), within(1e-15));
    });
  }

  @TestFactory
  Stream<DynamicTest> aResultSaysHowItWasMade() {
    return each(e -> {
      Attribution a = e.explain(layered(t -> t.tanh()), X, Target.predicted());
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
    return claiming(
        Claim.MODEL,
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

  @TestFactory
  Stream<DynamicTest> twoNetworksThatAreOneFunctionAreExplainedAlike() {
    Tensor w = Nets.draw(68, DType.F64, 5, 4);
    Tensor v = Nets.draw(69, DType.F64, 4, 3);
    Function<Tensor, Tensor> plain = layered(t -> t.matmul(w).tanh().matmul(v));
    // tanh by its own formula, hidden units in another order, a product split into two.
    Tensor order = Tensor.of(2, 0, 3, 1);
    Function<Tensor, Tensor> other =
        layered(t -> {
          Tensor z = t.matmul(w.take(1, order)).mul(2);
          Tensor tanh = z.sigmoid().mul(2).sub(1);
          return tanh.matmul(v.take(0, order).mul(.5)).add(tanh.matmul(v.take(0, order).mul(.5)));
        });
    return claiming(
        Claim.INVARIANCE,
        e -> {
          double[] one = e.explain(plain, X, Target.at(1)).scores().toDoubles();
          double most = Tensor.of(one).abs().amax().item();
          assertThat(e.explain(other, X, Target.at(1)).scores().toDoubles())
              .containsExactly(one, within(1e-7 * most));
        });
  }

  @TestFactory
  Stream<DynamicTest> severalInputsAreExplainedOnTheirJoin() {
    Tensor image = Nets.draw(71, DType.F64, 3, 1, 2, 4);
    Tensor row = Nets.draw(72, DType.F64, 3, 2);
    Inputs inputs = Inputs.like(image, row);
    Tensor w = Nets.draw(73, DType.F64, 8, 4);
    Tensor v = Nets.draw(74, DType.F64, 2, 4);
    Function<Tensor, Tensor> model =
        layered(
            inputs.model(in -> in.get(0).flattenFrom(1).matmul(w).tanh().mul(in.get(1).matmul(v))));
    return each(
        Nets.draw(75, DType.F64, 2, 10),
        _ -> true,
        e -> {
          Attribution a = e.explain(model, inputs.join(image, row), Target.difference(2, 0));
          List<Tensor> scores = inputs.split(a.scores());
          assertThat(scores.get(0).shape()).isEqualTo(image.shape());
          assertThat(scores.get(1).shape()).isEqualTo(row.shape());
          scores.forEach(each -> assertThat(each.abs().sum().item()).isPositive().isFinite());
          if (e.completeness() == Completeness.DIFFERENCE) {
            assertThat(a.relativeResidual()).isLessThan(tolerance(e, DType.F64));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> tokensAreExplainedAtTheirEmbedding() {
    Tensor table = Nets.draw(76, DType.F64, 6, 3);
    Tensor w = Nets.draw(77, DType.F64, 3, 3);
    Tensor out = Nets.draw(78, DType.F64, 12, 2);
    Tensor ids = Tensor.of(1, 3, 2, 5, 4, 0, 1, 1).reshape(2, 4);
    Function<Tensor, Tensor> behind =
        layered(rows ->
            rows.matmul(w)
                .attention(rows, rows, AttentionOptions.of())
                .flattenFrom(1)
                .tanh()
                .matmul(out));
    Target custom = Target.of("log-odds", y -> y.logSoftmax(-1).slice(1, 0, 1).squeeze(1));
    return each(
        Nets.draw(79, DType.F64, 2, 4, 3),
        _ -> true,
        e -> {
          Attribution a = e.explain(behind, table.take(0, ids), custom);
          assertThat(a.scores().sum(2).shape()).isEqualTo(ids.shape());
          assertThat(a.scores().abs().sum().item()).isPositive().isFinite();
          assertThat(a.target()).hasToString("log-odds");
          if (e.completeness() == Completeness.DIFFERENCE) {
            assertThat(a.relativeResidual()).isLessThan(tolerance(e, DType.F64));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> contributionsOfNodesKeepTheSameContract() {
    Function<Tensor, Tensor> mlp = Nets.mlp(20, DType.F64, Tensor::tanh, true);
    Function<Tensor, Tensor> unbiased = Nets.mlp(20, DType.F64, Tensor::tanh, false);
    return Contracts.ofNodes().stream()
        .map(c ->
            DynamicTest.dynamicTest(
                c.explainer().name(),
                () -> {
                  NodeExplainer e = c.explainer();
                  NodeContributions all = e.contributions(mlp, X, Target.each(2, 0, 1, 1));
                  for (int i = 0; i < 4; i++) {
                    Target own = all.target().example(i);
                    NodeContributions alone = e.contributions(mlp, X.slice(0, i, i + 1), own);
                    for (int k = 0; k < alone.layers().size(); k++) {
                      assertThat(alone.layers().get(k).contribution().toDoubles())
                          .containsExactly(
                              all.layers().get(k).contribution().slice(0, i, i + 1).toDoubles(),
                              within(1e-6));
                    }
                  }
                  if (c.sums() != Completeness.NONE) {
                    boolean biases = c.sums() == Completeness.DIFFERENCE;
                    assertThat(
                            e.contributions(biases ? mlp : unbiased, X, Target.predicted())
                                .relativeResidual())
                        .isLessThan(1e-5);
                  }
                  assertThat(
                          IntStream.range(0, 4)
                              .parallel()
                              .allMatch(_ ->
                                  e.contributions(mlp, X, Target.each(2, 0, 1, 1))
                                      .layer("hidden2")
                                      .orElseThrow()
                                      .contribution()
                                      .sameAs(all.layer("hidden2").orElseThrow().contribution())))
                      .isTrue();
                }));
  }

  @Test
  void explainersAreFoundByName() {
    assertThat(Explainers.all())
        .extracting(Explainers.Entry::name)
        .doesNotHaveDuplicates()
        .isSubsetOf(Contracts.all(ROWS).stream().map(Contract::toString).toList())
        .hasSize(25);
    for (Explainers.Entry entry : Explainers.all()) {
      assertThat(Explainers.named(entry.name())).isSameAs(entry);
      assertThat(entry.with(Baseline.zeros()).completeness()).isEqualTo(entry.completeness());
      assertThat(entry.with(Baseline.zeros())).isEqualTo(entry.with(Baseline.zeros()));
    }
    assertThat(Explainers.named("lrp-epsilon").with(Baseline.zeros())).isEqualTo(Lrp.epsilon());
    assertThatThrownBy(() -> Explainers.named("magic"))
        .hasMessage(
            "an explainer is one of "
                + String.join(", ", Explainers.all().stream().map(e -> e.name()).toList())
                + ", got magic");
  }
}
