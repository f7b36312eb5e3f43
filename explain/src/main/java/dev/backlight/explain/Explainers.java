package dev.backlight.explain;

import java.util.List;
import java.util.function.Function;

/// The explainers that are offered, for lists and for choosing by name.
public final class Explainers {
  private Explainers() {}

  /// One explainer with its defaults.
  ///
  /// @param name by which people ask for it
  /// @param summary what a score is, in one line
  /// @param paper where it is from
  /// @param completeness what scores add up to
  /// @param make the explainer for a baseline, which some do not need
  public record Entry(
      String name,
      String summary,
      String paper,
      Completeness completeness,
      Function<Baseline, Explainer> make) {
    static Entry of(String summary, String paper, Function<Baseline, Explainer> make) {
      Explainer example = make.apply(Baseline.zeros());
      return new Entry(example.name(), summary, paper, example.completeness(), make);
    }

    /// The explainer for a baseline.
    public Explainer with(Baseline baseline) {
      return make.apply(baseline);
    }
  }

  private static final List<Entry> ALL =
      List.of(
          Entry.of(
              "the slope of the answer: by how much it moves per unit of an input",
              "Simonyan, Vedaldi, Zisserman 2014",
              _ -> new Saliency()),
          Entry.of(
              "the slope times the input: each input's share in the tangent",
              "Shrikumar and others 2016",
              _ -> new GradientTimesInput()),
          Entry.of(
              "the mean slope at points around the input, without the finest wrinkles",
              "Smilkov and others 2017",
              _ -> SmoothGrad.of(new Saliency(), 0.1, 25, 0)),
          Entry.of(
              "slopes gathered on the way from a baseline, times the difference from it",
              "Sundararajan, Taly, Yan 2017",
              IntegratedGradients::from),
          Entry.of(
              "the answer handed back layer by layer, in proportion to what each input brought",
              "Bach and others 2015",
              _ -> Lrp.epsilon()),
          Entry.of(
              "what the answer loses when an input is replaced by a baseline",
              "Zeiler, Fergus 2014",
              Occlusion::with),
          Entry.of(
              "draws that know nothing: what every method must beat",
              "Adebayo and others 2018",
              _ -> new RandomAttribution(0)));

  /// All of them, the simplest first.
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
