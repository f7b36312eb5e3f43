package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Regions;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Models that are sums over their features, whose explanations are known exactly, and what each
/// metric must give for them.
///
/// @param metric as it is asked
/// @param exact the exact explanation of an additive model
/// @param random draws instead of it
/// @param perfect what the exact one must have, on average over the examples
/// @param within how near
/// @param margin by how much draws must be worse
/// @param words what is known and why
record Oracles(
    Metric metric,
    Explained exact,
    Explained random,
    double perfect,
    double within,
    double margin,
    String words) {
  private static final Key KEY = Key.of(5);
  private static final Baseline ZEROS = Baseline.zeros();
  private static final Explainer SHARES = new GradientTimesInput();
  private static final Explainer SLOPES = new Saliency();
  private static final Explainer DRAWS = new RandomAttribution(3);

  static Tensor draw(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F64);
  }

  private static Oracles of(
      Metric metric,
      Explainer exact,
      Function<Tensor, Tensor> model,
      Tensor x,
      double perfect,
      double margin,
      String words) {
    Target target = model.apply(x).size(1) == 1 ? Target.only() : Target.at(0);
    return new Oracles(
        metric,
        Explained.of(exact, model, x, target),
        Explained.of(DRAWS, model, x, target),
        perfect,
        1e-9,
        margin,
        words);
  }

  private Oracles within(double tolerance) {
    return new Oracles(metric, exact, random, perfect, tolerance, margin, words);
  }

  private Oracles masked(Tensor mask) {
    return new Oracles(
        metric, exact.masked(mask), random.masked(mask), perfect, within, margin, words);
  }

  double ofExact() {
    return mean(metric.of(exact, KEY));
  }

  double ofRandom() {
    return mean(metric.of(random, KEY));
  }

  static double mean(double... values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElseThrow();
  }

  /// The metric with the best of all orders of the features, example by example.
  private static Oracles bestOrder(
      Metric metric, Explainer exact, Function<Tensor, Tensor> model, Tensor x, double margin) {
    Explained explained = Explained.of(exact, model, x, Target.only());
    double[] best = new double[x.size(0)];
    Arrays.fill(best, metric.scale().higherIsBetter() ? -1e99 : 1e99);
    for (int[] order : orders(explained.features())) {
      double[] row = Arrays.stream(order).mapToDouble(j -> j + 1).toArray();
      double[][] all = new double[best.length][];
      Arrays.fill(all, row);
      double[] values = metric.of(with(explained, all), KEY);
      for (int i = 0; i < best.length; i++) {
        best[i] = metric.scale().better(values[i], best[i]) ? values[i] : best[i];
      }
    }
    return of(metric, exact, model, x, mean(best), margin, "no order of five features is better");
  }

  /// The explanation with other scores.
  static Explained with(Explained explained, double[][] scores) {
    Attribution a = explained.attribution();
    Tensor other = Tensor.of(scores).to(a.x().dtype()).reshape(a.x().shape());
    return new Explained(
        explained.model(),
        explained.explainer(),
        Attribution.of(explained.explainer(), a.x(), a.target(), other, a.output()),
        explained.mask());
  }

  private static List<int[]> orders(int n) {
    List<int[]> all = new ArrayList<>();
    permute(new int[n], new boolean[n], 0, all);
    return all;
  }

  private static void permute(int[] order, boolean[] used, int place, List<int[]> all) {
    if (place == order.length) {
      all.add(order.clone());
      return;
    }
    for (int j = 0; j < order.length; j++) {
      if (!used[j]) {
        used[j] = true;
        order[place] = j;
        permute(order, used, place + 1, all);
        used[j] = false;
      }
    }
  }

  private static Tensor zeros(int rows) {
    return Tensor.zeros(Shape.of(rows, 1), DType.F64);
  }

  /// By the name of the metric.
  static Map<String, Oracles> all() {
    Tensor x = draw(1, 20, 12);
    Tensor w = draw(2, 12, 1);
    Function<Tensor, Tensor> sum = v -> v.matmul(w);
    // Of these features, those from 4 on do nothing.
    Tensor few = Tensor.concat(0, w.slice(0, 0, 4).abs(), zeros(8));
    Function<Tensor, Tensor> some = v -> v.matmul(few);
    Tensor ink = x.abs();
    Tensor x5 = draw(6, 4, 5);
    Tensor w5 = draw(7, 5, 1);
    Function<Tensor, Tensor> sum5 = v -> v.matmul(w5);
    Function<Tensor, Tensor> positive = v -> v.matmul(w5.abs());
    Tensor wide = draw(8, 3, 100);
    Tensor classes = draw(9, 100, 3);
    Function<Tensor, Tensor> sums = v -> v.matmul(classes);
    Tensor rare = Tensor.concat(0, classes.slice(0, 0, 5), zeros(95).expand(Shape.of(95, 3)));

    String exactly = "the exact contributions to a sum have it";
    String still = "the slopes of a sum are the same everywhere";
    String inside = "what lies outside of the mask contributes nothing";
    List<Oracles> list = new ArrayList<>();
    list.add(of(new CompletenessGap(), SHARES, sum, x, 0, .1, exactly));
    list.add(
        of(
            NonSensitivity.of(ZEROS),
            SHARES,
            some,
            x,
            0,
            .5,
            "8 of 12 features do nothing and get nothing"));
    list.add(of(new InputInvariance(1), SLOPES, sum, x, 0, .5, still));
    list.add(of(Infidelity.of(ZEROS), SHARES, sum, x, 0, .1, exactly));
    list.add(of(FaithfulnessCorrelation.of(ZEROS), SHARES, sum, x, 1, .5, exactly));
    list.add(of(FaithfulnessEstimate.of(ZEROS), SHARES, sum, x, 1, .5, exactly));
    list.add(of(SensitivityN.of(ZEROS), SHARES, sum, x, 1, .5, exactly));
    list.add(bestOrder(Deletion.to(ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(Insertion.on(ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(Selectivity.of(ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(RegionPerturbation.of(Regions.each(), ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(Comprehensiveness.of(ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(RationaleSufficiency.of(ZEROS), SHARES, sum5, x5, .1));
    list.add(bestOrder(Irof.of(Regions.each(), ZEROS), SHARES, positive, x5.abs(), .02));
    list.add(
        bestOrder(
            PixelFlipping.of(0, 1),
            IntegratedGradients.from(Baseline.constant(.5)),
            sum5,
            Key.of(10).uniform(Shape.of(4, 5), DType.F64),
            .1));
    list.add(of(new Monotonicity(ZEROS), SHARES, sum, x, 1, .3, exactly));
    list.add(
        of(
            MonotonicityCorrelation.of(ZEROS),
            SHARES,
            sum,
            x,
            1,
            .5,
            "the effect of a feature of a sum is its contribution squared"));
    list.add(road());
    for (Metric metric :
        List.of(
            MaxSensitivity.of(.05),
            AverageSensitivity.of(.05),
            LocalLipschitz.of(.05),
            Continuity.of(.05),
            RelativeStability.input(.05),
            RelativeStability.output(.05),
            RelativeStability.representation(.05))) {
      list.add(of(metric, SLOPES, v -> v.mul(2).matmul(w), x, 0, .5, still));
    }
    list.add(
        of(
            new Consistency(1),
            SHARES,
            v -> v.matmul(Tensor.of(new double[][] {{1}, {-2}})),
            draw(11, 60, 2),
            1,
            .2,
            "of two terms, the larger one has the sign of their sum"));
    list.add(apart());
    Tensor mask = Tensor.of(x.shape(), flags(x.size(0), 12, 4));
    for (Metric metric :
        List.of(
            new PointingGame(),
            new RelevanceMass(),
            new RelevanceRank(),
            new TopKIntersection(3),
            new RocArea())) {
      list.add(of(metric, SHARES, some, ink, 1, .3, inside).masked(mask));
    }
    list.add(
        of(
                new AttributionLocalisation(),
                SHARES,
                some,
                ink,
                3,
                1,
                "a mask of a third of the features has everything")
            .masked(mask));
    list.add(mosaics());
    Tensor one = Tensor.concat(0, w.slice(0, 0, 1), zeros(11));
    list.add(
        of(
            new Sparseness(),
            SHARES,
            v -> v.matmul(one),
            x,
            11 / 12.0,
            .2,
            "one of 12 features has everything"));
    list.add(
        of(
            new Entropy(),
            SHARES,
            v -> v.matmul(one),
            x,
            0,
            1,
            "one of 12 features has everything"));
    list.add(
        of(
            new EffectiveComplexity(Replacement.by(ZEROS), 0),
            SHARES,
            some,
            ink,
            4 / 12.0,
            .3,
            "4 of 12 features make the sum"));
    list.add(
        of(
                new ModelRandomisation(),
                SLOPES,
                sums,
                wide,
                0,
                .7,
                "slopes are the weights, and other weights are other slopes")
            .within(.2));
    list.add(
        of(
                SmoothModelRandomisation.of(.05),
                SLOPES,
                sums,
                wide,
                0,
                .2,
                "slopes are the weights, and other weights are other slopes")
            .within(.2));
    list.add(
        of(
                new EfficientModelRandomisation(),
                SLOPES,
                v -> v.matmul(rare),
                wide,
                13,
                5,
                "a histogram of 95 zeros and 5 others becomes that of a normal distribution")
            .within(1.5));
    list.add(
        of(new RandomLogit(), SLOPES, sums, wide, 0, .7, "the outputs' weights were drawn apart")
            .within(.2));
    Map<String, Oracles> named = new LinkedHashMap<>();
    list.forEach(oracle -> named.put(oracle.metric.name(), oracle));
    return named;
  }

  /// Two terms that are alike, of one size or twice that, and have the sign of their sum.
  private static Oracles apart() {
    Tensor size = Key.of(12).uniform(Shape.of(60, 1), DType.F64, 1, 2);
    Tensor sign = draw(13, 60, 1).sign();
    Tensor x = size.mul(sign).add(draw(14, 60, 2).mul(.05));
    return of(
        new Sufficiency(.5),
        SHARES,
        v -> v.sumKeep(1),
        x,
        1,
        .2,
        "the contributions to sums of two signs are far apart");
  }

  /// Pictures in two inks, of which each class has one: its answer is how much there is.
  private static Oracles mosaics() {
    Tensor ink = draw(15, 20, 1, 3, 3).abs();
    Tensor none = ink.mul(0);
    Tensor x =
        Tensor.concat(
            0,
            Tensor.concat(1, ink, none).slice(0, 0, 10),
            Tensor.concat(1, none, ink).slice(0, 10, 20));
    return of(
        new Focus(),
        SHARES,
        v -> v.sum(2, 3),
        x,
        1,
        .3,
        "no picture of another class has ink of this one");
  }

  /// Six dots on a blank picture: without them the picture is blank whatever else is gone, so the
  /// whole answer is lost by the dots alone.
  private static Oracles road() {
    int[] dots = {9, 12, 30, 41, 46, 60};
    double[] picture = new double[64];
    IntStream.of(dots).forEach(p -> picture[p] = 1);
    Tensor x = Tensor.of(new double[][] {picture, picture});
    Function<Tensor, Tensor> ink = v -> v.mul(x.slice(0, 0, 1)).sumKeep(1);
    return of(
        new Road(Replacement.imputed(8, 8, 0), 9),
        SHARES,
        ink,
        x,
        6,
        3,
        "six dots on paper are all of the answer, and paper says nothing of them");
  }

  private static boolean[] flags(int n, int d, int inside) {
    boolean[] flags = new boolean[n * d];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = i % d < inside;
    }
    return flags;
  }
}
