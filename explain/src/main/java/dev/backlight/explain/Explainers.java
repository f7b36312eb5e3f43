package dev.backlight.explain;

import java.util.List;
import java.util.function.Function;

/// The explainers that any input and model can be asked with: each with its defaults, for lists and
/// for choosing by name. Others need to be told something first: data, bounds, a layer.
public final class Explainers {
  private Explainers() {}

  /// One explainer with its defaults.
  ///
  /// @param name by which people ask for it
  /// @param summary what a score is, in one line
  /// @param paper where it is from
  /// @param completeness what scores add up to
  /// @param slopes whether scores are slopes, the answer's units per unit of an input, rather than
  ///   shares of the answer
  /// @param make the explainer for a baseline, which some do not need
  public record Entry(
      String name,
      String summary,
      String paper,
      Completeness completeness,
      boolean slopes,
      Function<Baseline, Explainer> make) {
    private static Entry of(
        boolean slopes, String summary, String paper, Function<Baseline, Explainer> make) {
      Explainer example = make.apply(Baseline.zeros());
      return new Entry(example.name(), summary, paper, example.completeness(), slopes, make);
    }

    /// The explainer for a baseline.
    public Explainer with(Baseline baseline) {
      return make.apply(baseline);
    }
  }

  private static Entry slopes(String summary, String paper, Explainer explainer) {
    return Entry.of(true, summary, paper, _ -> explainer);
  }

  private static Entry shares(String summary, String paper, Explainer explainer) {
    return Entry.of(false, summary, paper, _ -> explainer);
  }

  private static Entry shares(String summary, String paper, Function<Baseline, Explainer> make) {
    return Entry.of(false, summary, paper, make);
  }

  private static SmoothGrad smooth() {
    return SmoothGrad.of(new Saliency(), 0.1, 25, 0);
  }

  private static final List<Entry> ALL =
      List.of(
          slopes(
              "the slope of the answer: by how much it moves per unit of an input",
              "Simonyan, Vedaldi, Zisserman 2014",
              new Saliency()),
          shares(
              "the slope times the input: each input's share in the tangent",
              "Shrikumar and others 2016",
              new GradientTimesInput()),
          slopes(
              "the mean slope at points around the input, without the finest wrinkles",
              "Smilkov and others 2017",
              smooth()),
          slopes(
              "the mean square of the slopes at points around the input",
              "Hooker and others 2019",
              smooth().as(SmoothGrad.Kind.SQUARE)),
          slopes(
              "how much the slope varies around the input",
              "Adebayo and others 2018",
              smooth().as(SmoothGrad.Kind.VARIANCE)),
          slopes(
              "the slope, of which each ReLU passes only what is positive and was active",
              "Springenberg and others 2015",
              new GuidedBackprop()),
          slopes(
              "the slope, of which each ReLU passes only what is positive",
              "Zeiler, Fergus 2014",
              new Deconvnet()),
          shares(
              "slopes gathered on the way from a baseline, times the difference from it",
              "Sundararajan, Taly, Yan 2017",
              IntegratedGradients::from),
          shares(
              "the same on a way that goes around steep places",
              "Kapishnikov and others 2021",
              GuidedIntegratedGradients::from),
          shares(
              "the difference from a baseline handed back, node by node, in proportion",
              "Shrikumar, Greenside, Kundaje 2017",
              DeepLift::from),
          shares(
              "the same, with what raises and what lowers a node apart",
              "Shrikumar, Greenside, Kundaje 2017",
              b -> DeepLift.from(b).revealCancel()),
          shares(
              "the answer handed back layer by layer, in proportion to what each input brought",
              "Bach and others 2015",
              Lrp.epsilon()),
          shares(
              "the same, with attention weights as if they were given",
              "Ali and others 2022",
              Lrp.conservative()),
          shares(
              "relevance by what speaks for a convolution, and in proportion elsewhere",
              "Montavon and others 2019",
              new Lrp(CompositeRule.epsilonPlus())),
          shares(
              "the same, and in equal parts to all that the first layer reads",
              "Montavon and others 2019",
              new Lrp(CompositeRule.epsilonPlusFlat())),
          shares(
              "relevance by twice what speaks for a convolution less what speaks against it",
              "Bach and others 2015",
              new Lrp(CompositeRule.epsilonAlpha2Beta1())),
          shares(
              "the same, and in equal parts to all that the first layer reads",
              "Bach and others 2015",
              new Lrp(CompositeRule.epsilonAlpha2Beta1Flat())),
          shares(
              "relevance by what speaks for each layer, and by squared weights in the first",
              "Montavon and others 2017",
              new Lrp(CompositeRule.deepTaylor())),
          shares(
              "how likely a walk back along what excites arrives at an input",
              "Zhang and others 2018",
              new Lrp(CompositeRule.excitationBackprop())),
          shares(
              "what the answer loses when an input is replaced by a baseline",
              "Zeiler, Fergus 2014",
              Occlusion::with),
          shares(
              "what an input adds, on average over drawn orders and their reverses",
              "Castro, Gómez, Tejada 2009",
              ShapleySampling::from),
          shares(
              "the same, fitted to the answers for drawn coalitions",
              "Lundberg, Lee 2017",
              KernelShap::from),
          shares(
              "an input's coefficient in a linear model that imitates the answer nearby",
              "Ribeiro, Singh, Guestrin 2016",
              Lime::from),
          shares(
              "the mean answer over soft masks that show an input",
              "Petsiuk, Das, Saenko 2018",
              Rise::from),
          shares(
              "draws that know nothing: what every method must beat",
              "Adebayo and others 2018",
              new RandomAttribution(0)));

  /// All of them: by slopes, by paths, by rules, by asking.
  public static List<Entry> all() {
    return ALL;
  }

  /// The one with a name.
  public static Entry named(String name) {
    return ALL.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "an explainer is one of "
                    + String.join(", ", ALL.stream().map(Entry::name).toList())
                    + ", got "
                    + name));
  }
}
