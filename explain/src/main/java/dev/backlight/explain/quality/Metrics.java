package dev.backlight.explain.quality;

import dev.backlight.explain.Baseline;
import dev.backlight.explain.Regions;
import java.util.List;

/// The metrics that are offered, with what has to be known about each.
public final class Metrics {
  private Metrics() {}

  /// One metric with its defaults.
  ///
  /// @param metric the metric
  /// @param question what it asks, in one line
  /// @param paper where it is from
  /// @param confounders what else moves the number
  public record Entry(Metric metric, String question, String paper, String confounders) {
    /// The name by which people ask for it.
    public String name() {
      return metric.name();
    }
  }

  /// Those that any input can be asked for, family by family. What is removed is replaced by the
  /// baseline, and points nearby are within 0.05, which suits data of unit size.
  ///
  /// Those of localisation need masks.
  public static List<Entry> all(Baseline baseline) {
    return List.of(
        new Entry(
            new CompletenessGap(),
            "do scores add up to what they explain?",
            "Sundararajan, Taly, Yan 2017",
            "a sum says nothing about its parts; methods that promise no sum are asked, too"),
        new Entry(
            NonSensitivity.of(baseline),
            "does nothing get nothing, and something something?",
            "Nguyen, Martínez 2020",
            "a feature that equals its replacement has no influence"),
        new Entry(
            new InputInvariance(1),
            "does another zero of the data change nothing?",
            "Kindermans and others 2019",
            "methods with a baseline of their own move with it"),
        new Entry(
            Infidelity.of(baseline),
            "do scores predict what perturbations do?",
            "Yeh and others 2019",
            "size of f²; slopes are asked with noise, contributions by removal"),
        new Entry(
            FaithfulnessCorrelation.of(baseline),
            "do sums of scores go with what their removal loses?",
            "Bhatt, Weller, Moura 2020",
            "what stands in the place of features; what they do together; with few features there"
                + " are few subsets, and large numbers by chance"),
        new Entry(
            FaithfulnessEstimate.of(baseline),
            "the same, feature by feature",
            "Alvarez-Melis, Jaakkola 2018",
            "features that act only together lose nothing one by one"),
        new Entry(
            SensitivityN.of(baseline),
            "the same, at subsets of many sizes",
            "Ancona and others 2018",
            "as faithfulness-correlation"),
        new Entry(
            Deletion.to(baseline),
            "how soon does the answer fall without what is named first?",
            "Petsiuk, Das, Saenko 2018",
            "half-deleted inputs are no data; units of the answer"),
        new Entry(
            Insertion.on(baseline),
            "how soon does the answer rise with what is named first?",
            "Petsiuk, Das, Saenko 2018",
            "half-drawn inputs are no data; units of the answer"),
        new Entry(
            Selectivity.of(baseline),
            "the same as deletion, by regions",
            "Montavon, Samek, Müller 2018",
            "regions that do not fit the objects"),
        new Entry(
            RegionPerturbation.of(Regions.each(), baseline),
            "what is lost on the way, on average?",
            "Samek and others 2017",
            "units of the answer; kind of replacement"),
        new Entry(
            Irof.of(Regions.each(), baseline),
            "which part is lost on the way, by segments?",
            "Rieger, Hansen 2020",
            "answers must be above 0, as probabilities are"),
        new Entry(
            Comprehensiveness.of(baseline),
            "what is lost without what is named first?",
            "DeYoung and others 2020",
            "features that stand in for each other; units of the answer"),
        new Entry(
            RationaleSufficiency.of(baseline),
            "what is lost when only what is named first is left?",
            "DeYoung and others 2020",
            "inputs that are mostly replacement; units of the answer"),
        new Entry(
            new Monotonicity(baseline),
            "does every feature move the answer as its score says?",
            "Luss and others 2019, Arya and others 2019",
            "features that act together"),
        new Entry(
            MonotonicityCorrelation.of(baseline),
            "do larger scores belong to larger effects?",
            "Nguyen, Martínez 2020",
            "signs do not count; kind of replacement"),
        new Entry(
            MaxSensitivity.of(0.05),
            "how far do scores move near x, at most?",
            "Yeh and others 2019",
            "constant scores are stable, too; a model may turn"),
        new Entry(
            AverageSensitivity.of(0.05),
            "how far do scores move near x, on average?",
            "Yeh and others 2019",
            "constant scores are stable, too"),
        new Entry(
            LocalLipschitz.of(0.05),
            "how steep are scores near x?",
            "Alvarez-Melis, Jaakkola 2018",
            "units: a score per unit of x"),
        new Entry(
            Continuity.of(0.05),
            "the same, with all changes of the scores added up",
            "Montavon, Samek, Müller 2018",
            "units: a score per unit of x; grows with the number of features"),
        new Entry(
            RelativeStability.input(0.05),
            "how far do scores move for how far x does?",
            "Agarwal and others 2022",
            "elements near 0; contributions to a linear model have 1"),
        new Entry(
            RelativeStability.output(0.05),
            "how far do scores move for how far the outputs do?",
            "Agarwal and others 2022",
            "elements near 0; flat outputs"),
        new Entry(
            RelativeStability.representation(0.05),
            "how far do scores move for how far a hidden layer does?",
            "Agarwal and others 2022",
            "elements near 0; which layer"),
        new Entry(
            new Consistency(1),
            "do equal explanations go with equal answers?",
            "Dasgupta, Frost, Moshkovitz 2022",
            "how scores become discrete; needs many examples"),
        new Entry(
            new Sufficiency(0.5),
            "do like explanations go with equal answers?",
            "Dasgupta, Frost, Moshkovitz 2022",
            "how near is near; needs many examples"),
        new Entry(
            new PointingGame(),
            "is the highest score where it should be?",
            "Zhang and others 2016",
            "a model may look elsewhere for good reasons"),
        new Entry(
            new RelevanceMass(),
            "which part of the scores is where it should be?",
            "Arras, Osman, Samek 2022",
            "the same; size of the mask"),
        new Entry(
            new AttributionLocalisation(),
            "how many times its share of the picture has the mask of the scores?",
            "Kohlbrenner and others 2020",
            "the same; a small mask reaches higher"),
        new Entry(
            new RelevanceRank(),
            "which part of the highest scores is?",
            "Arras, Osman, Samek 2022",
            "the same; size of the mask"),
        new Entry(
            new TopKIntersection(3),
            "which part of the k highest scores is?",
            "Theiner, Müller-Budack, Ewerth 2022",
            "the same; k"),
        new Entry(
            new RocArea(),
            "are scores higher where they should be?",
            "Fawcett 2006",
            "the same; ranks only"),
        new Entry(
            new Sparseness(),
            "do few features have the scores?",
            "Chalasani and others 2020",
            "says nothing about which"),
        new Entry(
            new Entropy(),
            "are the scores spread out?",
            "Bhatt, Weller, Moura 2020",
            "grows with the number of features; says nothing about which"),
        new Entry(
            EffectiveComplexity.of(baseline),
            "how few features bring the answer back?",
            "Nguyen, Martínez 2020",
            "what stands in the place of the others"),
        new Entry(
            new ModelRandomisation(),
            "do explanations change when what was learned is lost?",
            "Adebayo and others 2018",
            "contributions carry the input; noise flatters"),
        new Entry(
            SmoothModelRandomisation.of(0.05),
            "the same, without the noise",
            "Hedström and others 2024",
            "contributions carry the input"),
        new Entry(
            new EfficientModelRandomisation(),
            "does the explanation of a randomised model become more complex?",
            "Hedström and others 2024",
            "models that use all features"),
        new Entry(
            new RandomLogit(),
            "does another question get another explanation?",
            "Sixt, Granz, Landgraf 2020",
            "outputs that share their features"));
  }

  /// Those of pictures only, whose pixels are from 0 to 1 and stand in planes of height × width.
  public static List<Entry> ofPictures(int height, int width) {
    return List.of(
        new Entry(
            new PixelFlipping(0, 1, 1),
            "how soon does the answer fall when what is named first is inverted?",
            "Bach and others 2015",
            "judges contributions from the middle of the range"),
        new Entry(
            Road.of(height, width),
            "how much more is lost without what is named first than without what is named last?",
            "Rong and others 2022",
            "a pixel that its neighbours tell is not missed"),
        new Entry(
            new Focus(),
            "which part of the scores for a class is on pictures of it, in a mosaic?",
            "Arias-Duart and others 2022",
            "the model must take mosaics; classes that look alike"));
  }

  /// The metric of a name, among those that any input can be asked for.
  public static Metric named(String name, Baseline baseline) {
    List<Entry> all = all(baseline);
    return all.stream()
        .filter(entry -> entry.name().equals(name))
        .map(Entry::metric)
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "a metric is one of "
                    + String.join(", ", all.stream().map(Entry::name).toList())
                    + ", got "
                    + name));
  }
}
