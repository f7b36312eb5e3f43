package dev.backlight.cli;

import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Lrp;
import dev.backlight.explain.Occlusion;
import dev.backlight.explain.Saliency;
import java.util.Arrays;
import java.util.List;

/// A way to explain an answer, by the name that options use.
public enum Method {
  IG(
      "ig",
      "integrated gradients",
      "the gradient, averaged on the way from the baseline, times the change",
      "adds up to f(x) − f(baseline), to a residual below 1e-4 of it",
      "Sundararajan, Taly, Yan 2017"),
  SALIENCY(
      "saliency",
      "saliency",
      "the slope of the answer with respect to each input",
      "not promised: a slope, per unit of the input",
      "Simonyan, Vedaldi, Zisserman 2014"),
  GXI(
      "gxi",
      "gradient × input",
      "the slope at the input, times the change from the baseline",
      "only where the network is linear from the baseline on",
      "Shrikumar, Greenside, Kundaje 2017"),
  LRP(
      "lrp",
      "LRP-ε",
      "relevance, passed back in proportion to what each input sent forward",
      "adds up to f(x) up to what biases and the stabilizer ε take",
      "Bach et al. 2015"),
  OCCLUSION(
      "occlusion",
      "occlusion",
      "how much the answer drops when one input is set to the baseline",
      "only for additive models",
      "Zeiler, Fergus 2014");

  public final String id;
  public final String title;
  public final String idea;
  public final String completeness;
  public final String paper;

  Method(String id, String title, String idea, String completeness, String paper) {
    this.id = id;
    this.title = title;
    this.idea = idea;
    this.completeness = completeness;
    this.paper = paper;
  }

  /// The explainer, of a model that is seen from its baseline: there, zeros are the baseline.
  public Explainer explainer() {
    return explainer(Baseline.zeros());
  }

  /// The explainer from a baseline, for those that have one.
  Explainer explainer(Baseline baseline) {
    return switch (this) {
      case IG -> IntegratedGradients.from(baseline);
      case SALIENCY -> new Saliency();
      case GXI -> new GradientTimesInput();
      case LRP -> Lrp.epsilon();
      case OCCLUSION -> Occlusion.with(baseline);
    };
  }

  /// Whether scores are shares of the answer, rather than slopes.
  public boolean measuresShares() {
    return this != SALIENCY;
  }

  /// The unit of its scores, where inputs are measured in a unit of their own.
  public String unit(String output, String input) {
    return this == SALIENCY ? output + " per " + input : output;
  }

  static Method named(String id) {
    for (Method method : values()) {
      if (method.id.equals(id)) {
        return method;
      }
    }
    throw new BadInput("--method needs one of " + String.join(", ", ids()) + ", got '" + id + "'");
  }

  static List<String> ids() {
    return Arrays.stream(values()).map(m -> m.id).toList();
  }
}
