package dev.backlight.explain.golden;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Curve;
import dev.backlight.explain.DeletionCurve;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.InsertionCurve;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.TrainingInfluence;
import dev.backlight.explain.quality.Entropy;
import dev.backlight.explain.quality.Explained;
import dev.backlight.explain.quality.FaithfulnessEstimate;
import dev.backlight.explain.quality.Infidelity;
import dev.backlight.explain.quality.MaxSensitivity;
import dev.backlight.explain.quality.Metric;
import dev.backlight.explain.quality.Perturbations;
import dev.backlight.explain.quality.PointingGame;
import dev.backlight.explain.quality.RelevanceMass;
import dev.backlight.explain.quality.RelevanceRank;
import dev.backlight.explain.quality.Replacement;
import dev.backlight.explain.quality.RocArea;
import dev.backlight.explain.quality.Sparseness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Golden cases of numbers that judge explanations, and of what training examples did.
record GoldenQuality(GoldenFile file) {
  /// What the case asks for, by name; empty if the method is not known.
  Optional<Map<String, Tensor>> of(Map<String, Object> golden) {
    Map<String, Object> args = GoldenFile.object(golden, "args");
    return switch (GoldenFile.text(golden, "method")) {
      case "infidelity" ->
          judged(
              new Infidelity(
                  Perturbations.given(draws(args, "perturbation")),
                  GoldenFile.flag(args, "normalize")),
              given(GoldenFile.tensor(args, "attribution")));
      case "sensitivity_max" ->
          judged(
              new MaxSensitivity(
                  Perturbations.given(draws(args, "noise").stream().map(Tensor::neg).toList())),
              new GradientTimesInput().explain(file.model().function(), file.x(), target()));
      case "faithfulness_estimate" ->
          judged(
              new FaithfulnessEstimate(
                  Replacement.by(Baseline.constant(GoldenFile.number(args, "replace_with"))),
                  GoldenFile.count(args, "features_in_step")),
              given(args));
      case "sparseness_gini" -> judged(new Sparseness(), given(args));
      case "complexity_entropy" -> judged(new Entropy(), given(args));
      case "localisation" -> localisation(args);
      case "tracin" -> {
        Tensor all =
            influence()
                .tracIn(trainX(args), labels(args), file.x(), Tensor.of(file.targets()))
                .mul(GoldenFile.number(args, "learning_rate"));
        yield value(all);
      }
      case "influence_function" -> {
        Map<String, Object> data = GoldenFile.object(file.caseOf("tracin"), "args");
        yield value(
            influence()
                .influence(
                    trainX(data),
                    labels(data),
                    file.x(),
                    Tensor.of(file.targets()),
                    GoldenFile.number(args, "damping")));
      }
      case "deletion_curve" ->
          curve(
              DeletionCurve.to(Baseline.constant(GoldenFile.number(args, "replace_with")))
                  .step(GoldenFile.count(args, "features_in_step"))
                  .of(file.model().function(), given(args)));
      case "insertion_curve" ->
          curve(
              InsertionCurve.on(Baseline.constant(GoldenFile.number(args, "replace_with")))
                  .step(GoldenFile.count(args, "features_in_step"))
                  .of(file.model().function(), given(args)));
      default -> Optional.empty();
    };
  }

  private Target target() {
    return Target.each(file.targets());
  }

  private static Optional<Map<String, Tensor>> value(Tensor value) {
    return Optional.of(Map.of("value", value));
  }

  /// Draws that lie example by example, as one tensor for each draw.
  private static List<Tensor> draws(Map<String, Object> args, String name) {
    Tensor all = GoldenFile.tensor(args, name);
    int per = GoldenFile.count(args, "per_example");
    List<Tensor> draws = new ArrayList<>();
    for (int k = 0; k < per; k++) {
      int draw = k;
      int[] rows = IntStream.range(0, all.size(0) / per).map(i -> i * per + draw).toArray();
      draws.add(all.take(0, Tensor.of(rows)));
    }
    return draws;
  }

  private Optional<Map<String, Tensor>> localisation(Map<String, Object> args) {
    Explained explained =
        new Explained(
            file.model().function(),
            new GradientTimesInput(),
            given(args),
            GoldenFile.tensor(args, "mask"));
    Map<String, Tensor> named = new LinkedHashMap<>();
    named.put("relevance_mass_accuracy", each(new RelevanceMass(), explained));
    named.put("relevance_rank_accuracy", each(new RelevanceRank(), explained));
    named.put("pointing_game", each(new PointingGame(), explained));
    named.put("roc_auc", each(new RocArea(), explained));
    return Optional.of(named);
  }

  private Optional<Map<String, Tensor>> judged(Metric metric, Attribution attribution) {
    Explained explained =
        new Explained(file.model().function(), new GradientTimesInput(), attribution, null);
    return value(each(metric, explained));
  }

  private static Tensor each(Metric metric, Explained explained) {
    return Tensor.of(metric.of(explained, Key.of(0)));
  }

  private TrainingInfluence<Map<String, Tensor>> influence() {
    return new TrainingInfluence<>(
        file.model().params(),
        (weights, x, y) ->
            Target.each(y)
                .scalars(file.model().function(weights).apply(x).logSoftmax(-1))
                .neg()
                .mean());
  }

  private Tensor trainX(Map<String, Object> args) {
    return file.model().join(GoldenFile.tensors(args, "train"));
  }

  private static Tensor labels(Map<String, Object> args) {
    return Tensor.of(GoldenFile.countArray(args, "train_labels"));
  }

  private Attribution given(Tensor scores) {
    Target target = target();
    Tensor output = target.scalars(file.model().function().apply(file.x()));
    return Attribution.of(new Saliency(), file.x(), target, scores, output);
  }

  private Attribution given(Map<String, Object> args) {
    String reference = GoldenFile.text(args, "attribution").replace("as in ", "");
    Map<String, Object> there = GoldenFile.object(file.caseOf(reference), "args");
    Target target = Target.each(file.targets());
    Tensor output = target.scalars(file.model().function().apply(file.x()));
    Tensor scores = GoldenFile.tensor(there, "attribution");
    return Attribution.of(new Saliency(), file.x(), target, scores, output);
  }

  private static Optional<Map<String, Tensor>> curve(Curve curve) {
    return Optional.of(Map.of("curve", curve.values(), "auc", Tensor.of(curve.areas())));
  }
}
