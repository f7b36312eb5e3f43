package dev.backlight.explain.golden;

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
import dev.backlight.explain.quality.Complexity;
import dev.backlight.explain.quality.Faithfulness;
import dev.backlight.explain.quality.Localisation;
import dev.backlight.explain.quality.Stability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Golden cases of numbers that judge explanations, and of what training examples did.
record GoldenQuality(GoldenFile file) {
  /// What the case asks for, by name; empty if the method is not known.
  Optional<Map<String, Tensor>> of(Map<String, Object> golden) {
    Map<String, Object> args = GoldenFile.object(golden, "args");
    return switch (GoldenFile.text(golden, "method")) {
      case "infidelity" ->
          numbers(
              Faithfulness.infidelity(
                  file.model().function(),
                  given(GoldenFile.tensor(args.get("attribution"))),
                  draws(args, "perturbation"),
                  args.get("normalize").equals(true)));
      case "sensitivity_max" ->
          numbers(
              Stability.maxSensitivity(
                  x -> new GradientTimesInput().explain(file.model().function(), x, target()),
                  file.x(),
                  draws(args, "noise")));
      case "faithfulness_estimate" ->
          numbers(
              Faithfulness.estimate(
                  file.model().function(),
                  given(args),
                  Baseline.constant(GoldenFile.number(args, "replace_with")),
                  GoldenFile.count(args, "features_in_step")));
      case "sparseness_gini" -> numbers(Complexity.sparseness(given(args)));
      case "complexity_entropy" -> numbers(Complexity.entropy(given(args)));
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

  private static Optional<Map<String, Tensor>> numbers(double... values) {
    return value(Tensor.of(values));
  }

  /// Draws that lie example by example, as one tensor for each draw.
  private static List<Tensor> draws(Map<String, Object> args, String name) {
    Tensor all = GoldenFile.tensor(args.get(name));
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
    Localisation[] all = Localisation.of(given(args), GoldenFile.tensor(args.get("mask")));
    Map<String, Tensor> named = new LinkedHashMap<>();
    named.put("relevance_mass_accuracy", each(all, Localisation::mass));
    named.put("relevance_rank_accuracy", each(all, Localisation::rank));
    named.put("pointing_game", each(all, Localisation::pointing));
    named.put("roc_auc", each(all, Localisation::roc));
    return Optional.of(named);
  }

  private static Tensor each(Localisation[] all, ToDoubleFunction<Localisation> what) {
    return Tensor.of(Arrays.stream(all).mapToDouble(what).toArray());
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
    return Tensor.of(
        GoldenFile.counts(args.get("train_labels")).stream().mapToInt(i -> i).toArray());
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
    Tensor scores = GoldenFile.tensor(there.get("attribution"));
    return Attribution.of(new Saliency(), file.x(), target, scores, output);
  }

  private static Optional<Map<String, Tensor>> curve(Curve curve) {
    return Optional.of(Map.of("curve", curve.values(), "auc", Tensor.of(curve.areas())));
  }
}
