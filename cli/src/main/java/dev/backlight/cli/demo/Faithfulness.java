package dev.backlight.cli.demo;

import dev.backlight.cli.Method;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Curve;
import dev.backlight.explain.DeletionCurve;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.InsertionCurve;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Target;
import dev.backlight.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whether methods find what matters: how fast the answer falls when the pixels that they name
/// first are wiped out, and how fast it rises when they are drawn first.
///
/// @param scans how many the curves are means of
/// @param judged the methods, and last the order of chance
record Faithfulness(int scans, List<Judged> judged) {
  /// What came out for one method.
  ///
  /// @param name as people read it
  /// @param complete whether what its scores leave unexplained can be asked
  /// @param residual the largest over the scans, relative to the answer
  /// @param evaluations runs of the model for each scan
  record Judged(
      String name,
      boolean complete,
      double residual,
      long evaluations,
      Curve deletion,
      Curve insertion) {}

  static Faithfulness of(Sequential network, Tensor x, int[] predicted, int scans, long seed) {
    int n = Math.min(scans, x.size(0));
    Tensor some = x.slice(0, 0, n);
    Target target = Target.each(Arrays.copyOf(predicted, n));
    List<Judged> judged = new ArrayList<>();
    for (Method method : DigitsStudy.METHODS) {
      judged.add(
          judge(
              method.title,
              method.measuresShares(),
              DigitsStudy.explainer(method),
              network,
              some,
              target));
    }
    Explainer chance = new RandomAttribution(seed);
    judged.add(judge("random order", false, chance, network, some, target));
    return new Faithfulness(n, List.copyOf(judged));
  }

  private static Judged judge(
      String name,
      boolean complete,
      Explainer explainer,
      Sequential network,
      Tensor x,
      Target target) {
    Attribution attribution = explainer.explain(network::apply, x, target);
    return new Judged(
        name,
        complete,
        attribution.relativeResidual(),
        attribution.evaluations(),
        DeletionCurve.to(Baseline.zeros()).step(2).of(network::apply, attribution),
        InsertionCurve.on(Baseline.zeros()).step(2).of(network::apply, attribution));
  }

  /// The order of chance.
  Judged chance() {
    return judged.getLast();
  }

  Judged by(Method method) {
    return judged.get(DigitsStudy.METHODS.indexOf(method));
  }
}
