package dev.backlight.cli;

import dev.backlight.explain.Baseline;
import dev.backlight.explain.Completeness;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.Explainers;
import java.util.List;
import java.util.stream.Stream;

/// A way to explain an answer, by the name that options use: all of [Explainers], the most asked
/// for in front and under short names, too.
public final class Method {
  public static final Method IG =
      new Method(
          "ig",
          "integrated-gradients",
          "integrated gradients",
          "the gradient, averaged on the way from the baseline, times the change",
          "adds up to f(x) − f(baseline), to a residual below 1e-4 of it");
  public static final Method SALIENCY =
      new Method(
          "saliency",
          "saliency",
          "saliency",
          "the slope of the answer with respect to each input",
          "not promised: a slope, per unit of the input");
  public static final Method GXI =
      new Method(
          "gxi",
          "gradient-x-input",
          "gradient × input",
          "the slope at the input, times the change from the baseline",
          "only where the network is linear from the baseline on");
  public static final Method LRP =
      new Method(
          "lrp",
          "lrp-epsilon",
          "LRP-ε",
          "relevance, passed back in proportion to what each input sent forward",
          "adds up to f(x) up to what biases and the stabilizer ε take");
  public static final Method OCCLUSION =
      new Method(
          "occlusion",
          "occlusion",
          "occlusion",
          "how much the answer drops when one input is set to the baseline",
          "only for additive models");

  private static final List<Method> ALL = all();

  public final String id;
  public final String title;
  public final String idea;
  public final String completeness;
  public final String paper;
  private final Explainers.Entry entry;

  private Method(String id, String name, String title, String idea, String completeness) {
    entry = Explainers.named(name);
    this.id = id;
    this.title = title;
    this.idea = idea;
    this.completeness = completeness;
    paper = entry.paper();
  }

  private static Method of(Explainers.Entry entry) {
    return new Method(
        entry.name(),
        entry.name(),
        entry.name().replace("lrp-", "LRP ").replace('-', ' '),
        entry.summary(),
        entry.completeness() == Completeness.NONE
            ? "not promised" + (entry.slopes() ? ": a slope, per unit of the input" : "")
            : "adds up to " + entry.completeness().toString().replace('-', '−'));
  }

  private static List<Method> all() {
    List<Method> known = List.of(IG, SALIENCY, GXI, LRP, OCCLUSION);
    return Stream.concat(
            known.stream(),
            Explainers.all().stream()
                .filter(entry -> known.stream().noneMatch(m -> m.entry.equals(entry)))
                .map(Method::of))
        .toList();
  }

  /// All of them, the most asked for in front.
  static List<Method> values() {
    return ALL;
  }

  /// The explainer, of a model that is seen from its baseline: there, zeros are the baseline.
  public Explainer explainer() {
    return explainer(Baseline.zeros());
  }

  /// The explainer from a baseline, for those that have one.
  Explainer explainer(Baseline baseline) {
    return entry.with(baseline);
  }

  /// Whether scores are shares of the answer, rather than slopes.
  public boolean measuresShares() {
    return !entry.slopes();
  }

  /// The unit of its scores, where inputs are measured in a unit of their own.
  public String unit(String output, String input) {
    return measuresShares() ? output : output + " per " + input;
  }

  /// The one of a name, short or whole.
  static Method named(String id) {
    return ALL.stream()
        .filter(method -> method.id.equals(id) || method.entry.name().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "--method needs ig, saliency, gxi, lrp, occlusion or another of 'backlight"
                    + " methods', got '"
                    + id
                    + "'"));
  }

  @Override
  public String toString() {
    return id;
  }
}
