package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// How alike explanations of the model and of its randomised copies are: the mean similarity while
/// the parameters of one layer after the other are drawn anew, the last layer first, down to all of
/// them.
///
/// J. Adebayo et al., "Sanity checks for saliency maps" (2018), model parameter randomisation.
/// Lower is better, -1 to 1, and 0 is as good as it gets: less is chance. A method that does not
/// look at the model has 1. Contributions carry the input, so those of any model of one picture are
/// somewhat alike; and the first steps change the last layer alone, which need not turn the order
/// of pixels. Parameters are the constants of the tape. Undefined without parameters, and where all
/// scores are equal.
///
/// @param similarity how explanations are compared
public record ModelRandomisation(Similarity similarity) implements Metric {
  /// By the ranks of magnitudes, as in the paper.
  public ModelRandomisation() {
    this(Similarity.RANKS_OF_MAGNITUDES);
  }

  @Override
  public String name() {
    return "model-randomisation";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("similarity", similarity.toString());
  }

  @Override
  public Family family() {
    return Family.RANDOMISATION;
  }

  @Override
  public Scale scale() {
    return Scale.lower(-1, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    int layers = RandomisedModel.layers(explained.model(), explained.x());
    double[][] here = explained.scores();
    double[] sums = new double[here.length];
    for (int last = 1; last <= layers; last++) {
      Function<Tensor, Tensor> other = RandomisedModel.of(explained.model(), last, key);
      double[][] there = explained.scoresOf(other, explained.x(), explained.target());
      for (int i = 0; i < sums.length; i++) {
        sums[i] += similarity.of(here[i], there[i]);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= layers;
    }
    return sums;
  }
}
