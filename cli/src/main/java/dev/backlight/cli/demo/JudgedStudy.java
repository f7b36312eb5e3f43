package dev.backlight.cli.demo;

import dev.backlight.cli.Terminal;
import dev.backlight.cli.Words;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.CompositeRule;
import dev.backlight.explain.DeepLift;
import dev.backlight.explain.ExpectedGradients;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.GuidedBackprop;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.KernelShap;
import dev.backlight.explain.Lime;
import dev.backlight.explain.Lrp;
import dev.backlight.explain.Occlusion;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.SmoothGrad;
import dev.backlight.explain.Target;
import dev.backlight.explain.fusion.Consensus;
import dev.backlight.explain.quality.Benchmark;
import dev.backlight.explain.quality.BenchmarkResult;
import dev.backlight.explain.quality.Deletion;
import dev.backlight.explain.quality.EffectiveComplexity;
import dev.backlight.explain.quality.Infidelity;
import dev.backlight.explain.quality.MaxSensitivity;
import dev.backlight.explain.quality.Metric;
import dev.backlight.explain.quality.ModelRandomisation;
import dev.backlight.explain.quality.Monotonicity;
import dev.backlight.explain.quality.Perturbations;
import dev.backlight.explain.quality.RandomLogit;
import dev.backlight.explain.quality.Replacement;
import dev.backlight.explain.quality.Road;
import dev.backlight.explain.quality.SensitivityN;
import dev.backlight.explain.quality.Sparseness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// Many methods judged by many metrics on scans and on patients that training never saw, how far
/// they disagree, and what they say together.
///
/// @param digits the scans, judged
/// @param cancer the patients, judged
/// @param features what was measured of a patient
/// @param scans the places of the judged ones in the file, from 0
/// @param patients the places of the judged ones among all patients
record JudgedStudy(
    BenchmarkResult digits,
    BenchmarkResult cancer,
    String[] features,
    int[] scans,
    int[] patients) {
  private static final Baseline ZEROS = Baseline.zeros();
  private static final int FITTED = 30;

  /// The name of the mixture with the least infidelity.
  static final String MIXTURE = "consensus-weighted";

  static JudgedStudy run(
      Key key, Demo.Size size, DigitsStudy digits, CancerStudy cancer, Terminal terminal) {
    Key[] keys = key.split(2);
    return new JudgedStudy(
        scans(keys[0], size.benchmarked(), digits, terminal),
        patients(keys[1], size.benchmarked(), cancer, terminal),
        cancer.names(),
        Arrays.copyOf(digits.rows(), size.benchmarked()),
        Arrays.copyOf(cancer.held(), size.benchmarked()));
  }

  private static BenchmarkResult scans(Key key, int judged, DigitsStudy study, Terminal terminal) {
    Function<Tensor, Tensor> network = study.network()::apply;
    Tensor x = study.held().x();
    Tensor others = x.slice(0, judged, judged + FITTED);
    List<Explainer> members =
        List.of(
            new GradientTimesInput(),
            IntegratedGradients.from(ZEROS).with(Quadrature.adaptive(5e-4)),
            ExpectedGradients.from(others, 30, key.key()),
            DeepLift.from(ZEROS),
            Lrp.epsilon(),
            Occlusion.with(ZEROS));
    List<Explainer> all = new ArrayList<>();
    all.add(new Saliency());
    all.add(SmoothGrad.of(new Saliency(), 0.1, 15, key.key()));
    all.addAll(members);
    all.add(new Lrp(CompositeRule.epsilonGammaBox(0, 1)));
    all.add(new GuidedBackprop());
    all.add(new RandomAttribution(key.key()));
    List<Metric> metrics =
        List.of(
            Infidelity.of(ZEROS).fitted(),
            SensitivityN.of(ZEROS),
            new Deletion(ZEROS, 2),
            Road.of(8, 8),
            MaxSensitivity.of(0.05),
            new Sparseness(),
            new ModelRandomisation(),
            new RandomLogit());
    return judge(
        key,
        network,
        x.slice(0, 0, judged),
        others,
        Target.predicted(),
        members,
        all,
        metrics,
        terminal);
  }

  private static BenchmarkResult patients(
      Key key, int judged, CancerStudy study, Terminal terminal) {
    Function<Tensor, Tensor> network = study.network()::apply;
    Tensor held = study.x().take(0, Tensor.of(study.held()));
    Tensor others = held.slice(0, judged, judged + FITTED);
    List<Explainer> members =
        List.of(
            new GradientTimesInput(),
            IntegratedGradients.from(ZEROS),
            ExpectedGradients.from(others, 30, key.key()),
            DeepLift.from(ZEROS),
            Lrp.epsilon(),
            Occlusion.with(ZEROS),
            KernelShap.from(ZEROS).samples(400));
    List<Explainer> all = new ArrayList<>();
    all.add(new Saliency());
    all.add(SmoothGrad.of(new Saliency(), 0.3, 15, key.key()));
    all.addAll(members);
    all.add(Lime.from(ZEROS).samples(400));
    all.add(new RandomAttribution(key.key()));
    List<Metric> metrics =
        List.of(
            Infidelity.of(ZEROS).fitted(),
            SensitivityN.of(ZEROS),
            Deletion.to(ZEROS),
            new Monotonicity(ZEROS),
            EffectiveComplexity.of(ZEROS),
            MaxSensitivity.of(0.1),
            new Sparseness(),
            new ModelRandomisation());
    return judge(
        key,
        network,
        held.slice(0, 0, judged),
        others,
        Target.only(),
        members,
        all,
        metrics,
        terminal);
  }

  private static BenchmarkResult judge(
      Key key,
      Function<Tensor, Tensor> network,
      Tensor x,
      Tensor others,
      Target target,
      List<Explainer> members,
      List<Explainer> methods,
      List<Metric> metrics,
      Terminal terminal) {
    List<Explainer> all = new ArrayList<>(methods);
    all.add(Consensus.mean(members.toArray(Explainer[]::new)));
    all.add(
        Consensus.optimised(
            members,
            network,
            others,
            target,
            Perturbations.removal(Replacement.by(ZEROS), 50),
            key.fold(1)));
    terminal.note(
        "judging "
            + Words.count(all.size(), "method")
            + " by "
            + Words.count(metrics.size(), "metric")
            + " on "
            + Words.count(x.size(0), "example"));
    return Benchmark.of(network, x)
        .target(target)
        .explainers(all)
        .metrics(metrics)
        .seed(key.key())
        .progress(terminal.progress("judging"))
        .inParallel()
        .run();
  }

  /// The explanation of a row of a table.
  static Attribution by(BenchmarkResult table, String name) {
    return Objects.requireNonNull(row(table, name).attribution());
  }

  static BenchmarkResult.Row row(BenchmarkResult table, String name) {
    return table.rows().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a method " + name + " is needed, got none"));
  }

  /// As in `13 methods by 8 metrics on scans, 13 by 8 on patients`.
  String summary() {
    return "%d methods by %d metrics on %s, %d by %d on %s"
        .formatted(
            digits.rows().size(),
            digits.columns().size(),
            Words.count(digits.examples(), "scan"),
            cancer.rows().size(),
            cancer.columns().size(),
            Words.count(cancer.examples(), "patient"));
  }
}
