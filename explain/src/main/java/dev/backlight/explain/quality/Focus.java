package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Target;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Whether scores for a class lie on pictures of that class: the part of the positive scores on
/// them, in mosaics of two pictures of the class and two of others, in places that are drawn.
///
/// A. Arias-Duart et al., "Focus! Rating XAI methods and finding biases" (2022). Higher is better,
/// 0 to 1; draws have a half. It needs no mask: an example gets the mosaic of itself, another
/// example of its class, and two of other classes, by the model's own answers, so that the
/// explainer is asked and not the model's mistakes. Undefined where there are no such examples, or
/// no score is above 0. Pictures (n, …, height, width) become (n, …, 2 height, 2 width), so the
/// model must take any size, as one with global pooling does. Mosaics are no data; classes that
/// share what they look like are rightly mixed up.
public record Focus() implements Metric {
  @Override
  public String name() {
    return "focus";
  }

  @Override
  public Family family() {
    return Family.LOCALISATION;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Tensor x = explained.x();
    if (x.rank() < 3) {
      throw new ShapeException("focus needs pictures (n, …, height, width), got " + x.shape());
    }
    Tensor outputs = explained.model().apply(x);
    int n = explained.examples();
    double[] focus = new double[n];
    Arrays.fill(focus, Double.NaN);
    int[] classes = Rows.classes(outputs);
    int[][] places = new int[n][];
    for (int i = 0; i < n; i++) {
      places[i] = mosaic(i, classes, key.fold(i));
    }
    int[] asked = IntStream.range(0, n).filter(i -> places[i].length > 0).toArray();
    if (asked.length == 0 || outputs.rank() != 2 || outputs.size(1) < 2) {
      return focus;
    }
    Tensor mosaics = laid(x, IntStream.of(asked).mapToObj(i -> places[i]).toArray(int[][]::new));
    Target target = Target.each(IntStream.of(asked).map(i -> classes[i]).toArray());
    double[][] scores = explained.scoresOf(explained.model(), mosaics, target);
    int width = 2 * x.size(-1);
    int height = 2 * x.size(-2);
    for (int k = 0; k < asked.length; k++) {
      int i = asked[k];
      boolean[] inside = new boolean[scores[k].length];
      for (int j = 0; j < inside.length; j++) {
        int quarter = j / width % height / (height / 2) * 2 + j % width / (width / 2);
        inside[j] = classes[places[i][quarter]] == classes[i];
      }
      focus[i] = Masked.mass(scores[k], inside);
    }
    return focus;
  }

  /// The four pictures of an example's mosaic by their places, or none.
  private static int[] mosaic(int i, int[] classes, Key key) {
    Key[] keys = key.split(3);
    int[] same = IntStream.range(0, classes.length).filter(j -> classes[j] == classes[i]).toArray();
    int[] other =
        IntStream.range(0, classes.length).filter(j -> classes[j] != classes[i]).toArray();
    if (same.length < 2 || other.length < 2) {
      return new int[0];
    }
    int[] friends = IntStream.of(same).filter(j -> j != i).toArray();
    int[] order = keys[1].permutation(other.length);
    int[] four = {
      i, friends[keys[0].permutation(friends.length)[0]], other[order[0]], other[order[1]]
    };
    return IntStream.of(keys[2].permutation(4)).map(place -> four[place]).toArray();
  }

  private static Tensor laid(Tensor x, int[]... places) {
    Tensor[] quarters = new Tensor[4];
    for (int q = 0; q < 4; q++) {
      int quarter = q;
      quarters[q] =
          x.take(0, Tensor.of(Arrays.stream(places).mapToInt(four -> four[quarter]).toArray()));
    }
    int across = x.rank() - 1;
    return Tensor.concat(
        across - 1,
        Tensor.concat(across, quarters[0], quarters[1]),
        Tensor.concat(across, quarters[2], quarters[3]));
  }
}
