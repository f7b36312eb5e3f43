package dev.backlight.explain.quality;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The text of `docs/metrics.md`: what is written by hand, and a table for every family, made of
/// the catalogue and of what the oracles gave.
final class MetricsPage {
  private static final String SOURCES = "../explain/src/main/java/dev/backlight/explain/quality/";

  private static final Map<Metric.Family, String> ABOUT =
      Map.of(
          Metric.Family.AXIOMATIC,
          """
          What has to hold whatever the model is. An axiom can be kept by a useless explanation, so
          these are necessary, not sufficient.
          """,
          Metric.Family.FAITHFULNESS,
          """
          Whether scores say what the model does when features go. All of these show the model inputs
          that no data contain, and judge the explanation together with what stands in the place of
          features: a [`Replacement`](../explain/src/main/java/dev/backlight/explain/quality/Replacement.java),
          which may be a baseline, noise, draws, the mirror image, or an imputation from the neighbours. Ask
          contributions against the baseline that they are measured from; ask slopes with noise. Areas are in
          the units of the answer.
          """,
          Metric.Family.ROBUSTNESS,
          """
          Whether what is close together is explained alike. The target stays that of x. An explanation
          that never changes is as robust as can be, and a faithful one has to move where the model does.
          Points near x are noise, points of your own, or, for pictures, the picture moved by some pixels
          ([`Perturbations.shifts`](../explain/src/main/java/dev/backlight/explain/quality/Perturbations.java)).
          """,
          Metric.Family.LOCALISATION,
          """
          Whether scores lie where people know that they should, as a mask of the shape of x says. Equal
          scores that compete for a place share it, so no explanation gains by the order of the pixels.
          """,
          Metric.Family.COMPLEXITY,
          """
          Whether few features carry the scores. Simple is not right; the last one asks the model, too.
          """,
          Metric.Family.RANDOMISATION,
          """
          Whether scores depend on what was learned and on what is asked. Parameters are the constants of the
          tape, so any function of tensors can be asked; each is drawn anew with its own mean and standard
          deviation, layer by layer from the last.
          """);

  private final Map<String, Oracles> oracles;
  private final List<Metrics.Entry> entries;

  MetricsPage(Map<String, Oracles> oracles, List<Metrics.Entry> entries) {
    this.oracles = oracles;
    this.entries = entries;
  }

  String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Metrics

            An explanation can be judged. A
            [`Metric`](%1$sMetric.java) is a question to an explanation that
            has a number as its answer, one for every example, with a range and a direction. Where the question
            has no answer, as the correlation with something that is always the same, the number is `NaN`, and a
            mean over examples says how many were left out.

            No single number is the truth: each has confounders, which the tables name. Ask several, of every
            family, and compare with `random`, which every method has to beat. Numbers of one model, data set and
            replacement compare; others do not.

            <!-- run: Metrics -->
            ```java
            import dev.backlight.explain.quality.Benchmark;
            import dev.backlight.explain.quality.BenchmarkResult;
            import dev.backlight.explain.quality.Explained;
            import dev.backlight.explain.quality.FaithfulnessCorrelation;
            import dev.backlight.explain.quality.Infidelity;
            import dev.backlight.explain.quality.Interval;
            import dev.backlight.explain.quality.MaxSensitivity;
            import dev.backlight.explain.quality.Metric;
            import dev.backlight.explain.quality.ModelRandomisation;
            import dev.backlight.explain.quality.Sparseness;

            Tensor hidden = Key.of(1).normal(Shape.of(6, 8), DType.F64);
            Tensor out = Key.of(2).normal(Shape.of(8, 3), DType.F64);
            Function<Tensor, Tensor> net = v -> v.matmul(hidden).tanh().named("hidden").matmul(out);
            Tensor x = Key.of(3).normal(Shape.of(30, 6), DType.F64);
            Baseline zeros = Baseline.zeros();

            Explained ig = Explained.of(IntegratedGradients.from(zeros), net, x, Target.predicted());
            for (Metric metric : List.of(Infidelity.of(zeros), FaithfulnessCorrelation.of(zeros), new Sparseness())) {
              Interval i = Interval.of(metric.of(ig, Key.of(0)), Key.of(0));
              IO.println(metric.name() + " " + i + "; " + metric.scale());
            }
            ```

            ```text
            ```

            A [`Benchmark`](%1$sBenchmark.java) asks
            many metrics of many explainers about the same examples. The intervals hold 95 %% of the means of
            bootstrap samples. What has a `~` is not worse than the best of its column for sure, by the same
            samples of the differences, example by example. An explainer that fails keeps its row, with the
            reason.

            <!-- run: Metrics -->
            ```java
            BenchmarkResult table =
                Benchmark.of(net, x)
                    .explainers(new Saliency(), new GradientTimesInput(), IntegratedGradients.from(zeros), new RandomAttribution(1))
                    .metrics(
                        Infidelity.of(zeros), FaithfulnessCorrelation.of(zeros), MaxSensitivity.of(0.05), new ModelRandomisation())
                    .run();
            IO.println(table);
            ```

            ```text
            ```

            `table.json()` has every number of every example; `table.figure(title)` draws the table, and
            `table.agreement()` says how far the explainers agree with each other.

            The tables below are written by the test that checks them (`MetricsTableTest`). Every metric is asked
            about an additive model, whose exact explanation is known: **exact** is what that explanation scores,
            **draws** what random scores get instead. The build fails if the exact one is not perfect, or if draws
            are not clearly worse.
            """
                .formatted(SOURCES));
    for (Metric.Family family : Metric.Family.values()) {
      String name = family.toString();
      page.append("\n## ")
          .append(name.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(name.substring(1))
          .append("\n\n")
          .append(ABOUT.get(family))
          .append(
              "\n| metric | asks | paper | range, better | exact | draws | why exact is perfect"
                  + " | confounders |\n|---|---|---|---|---|---|---|---|\n");
      entries.stream()
          .filter(entry -> entry.metric().family() == family)
          .forEach(entry -> page.append(row(entry)));
    }
    return page.append(SEVERAL).toString();
  }

  private static final String SEVERAL =
      """

      ## Several explanations

      Where explanations disagree, at least one of them does not say what people read into it. S. Krishna and
      others, "The disagreement problem in explainable machine learning" (2022).
      [`Disagreement`](../explain/src/main/java/dev/backlight/explain/quality/Disagreement.java) compares two
      of them, example by example: shared top features, with signs, with places, rank correlation, and the
      order of pairs. A matrix compares each with each.

      A [`Consensus`](../explain/src/main/java/dev/backlight/explain/fusion/Consensus.java) is an explainer
      made of several, with the standard deviation among them beside every score. It is differentiable where
      its members are.

      | consensus | is | mind |
      |---|---|---|
      | `mean` | the mean of the members' shares | a bad member counts as much as a good one |
      | `varianceWeighted` | the mean over the spread, so that disputed features count less; Rieger, Hansen 2019 | members that share a mistake agree |
      | `ranks` | the mean of signed ranks | sizes are lost |
      | `faithful` | shares weighted by each member's faithfulness on the example | the metric's confounders |
      | `optimised` | the mixture with the least infidelity on a data set, exactly; Decker and others 2024 | judge it on other examples |

      <!-- run: Metrics -->
      ```java
      import dev.backlight.explain.fusion.Consensus;
      import dev.backlight.explain.quality.Perturbations;
      import dev.backlight.explain.quality.Replacement;
      import dev.backlight.explain.quality.SensitivityN;

      IO.println(table.agreement());
      List<Explainer> members =
          List.of(new GradientTimesInput(), IntegratedGradients.from(zeros), Occlusion.with(zeros));
      Perturbations removal = Perturbations.removal(Replacement.by(zeros), 30);
      Consensus best =
          Consensus.optimised(members, net, x, Target.predicted(), removal, Key.of(4));
      Tensor others = Key.of(5).normal(Shape.of(40, 6), DType.F64);
      IO.println(
          Benchmark.of(net, others)
              .explainers(members.get(0), members.get(1), members.get(2), Consensus.mean(members.toArray(Explainer[]::new)), best)
              .metrics(Infidelity.of(zeros), SensitivityN.of(zeros))
              .run());
      Attribution one = best.explain(net, others.slice(0, 0, 1), Target.predicted());
      System.out.printf(Locale.ROOT, "%.2f, disputed by %.2f%n", one.scores().at(0, 5), one.spread().at(0, 5));
      ```

      ```text
      ```
      """;

  private String row(Metrics.Entry entry) {
    Oracles oracle = oracles.get(entry.name());
    if (oracle == null) {
      throw new IllegalStateException("a metric needs an oracle, got none for " + entry.name());
    }
    return "| [`%s`](%s%s.java) | %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            entry.name(),
            SOURCES,
            entry.metric().getClass().getSimpleName(),
            entry.question(),
            entry.paper(),
            entry.metric().scale(),
            number(oracle.ofExact()),
            number(oracle.ofRandom()),
            oracle.words(),
            entry.confounders());
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.2f", value);
    return text.equals("-0.00") ? "0.00" : text;
  }
}
