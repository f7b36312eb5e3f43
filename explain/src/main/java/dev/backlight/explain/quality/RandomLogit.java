package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Target;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/// How alike the explanations of the answer and of another output are, one that is drawn for every
/// example.
///
/// L. Sixt, M. Granz, T. Landgraf, "When explanations lie: why many modified BP attributions fail"
/// (2020). Lower is better, -1 to 1; a method that does not look at what is asked has 1. Outputs of
/// a model that share their features are rightly alike. Undefined for models with one output.
///
/// @param similarity how explanations are compared; the paper's is that of pictures
public record RandomLogit(Similarity similarity) implements Metric {
  /// By the ranks of the scores.
  public RandomLogit() {
    this(Similarity.RANKS);
  }

  @Override
  public String name() {
    return "random-logit";
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
    Tensor outputs = explained.model().apply(explained.x());
    double[] result = new double[explained.examples()];
    if (outputs.rank() != 2 || outputs.size(1) < 2) {
      Arrays.fill(result, Double.NaN);
      return result;
    }
    double[][] all = Rows.of(outputs);
    double[][] inputs = Rows.of(explained.x());
    double[] asked = explained.output();
    int[] others = new int[result.length];
    for (int i = 0; i < others.length; i++) {
      double answer = asked[i];
      double[] row = all[i];
      // What was asked may be any function of the outputs; if it is one of them, that one is out.
      int[] unlike = IntStream.range(0, row.length).filter(c -> row[c] != answer).toArray();
      Key draw = key.fold(digest(inputs[i]));
      others[i] = unlike.length == 0 ? -1 : unlike[draw.permutation(unlike.length)[0]];
    }
    double[][] here = explained.scores();
    double[][] there =
        explained.scoresOf(
            explained.model(),
            explained.x(),
            Target.each(IntStream.of(others).map(c -> Math.max(c, 0)).toArray()));
    Arrays.setAll(result, i -> others[i] < 0 ? Double.NaN : similarity.of(here[i], there[i]));
    return result;
  }

  /// The same in both precisions.
  private static long digest(double... input) {
    long digest = 1;
    for (double value : input) {
      digest = 31 * digest + Float.hashCode((float) value);
    }
    return digest;
  }
}
