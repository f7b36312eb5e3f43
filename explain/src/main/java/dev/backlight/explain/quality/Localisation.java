package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Whether scores lie where they should, inside of a mask: of the object that is to be recognised,
/// or of a planted clue. Every number is better the higher it is, and 1 at best. A model may well
/// look elsewhere for good reasons: then a faithful explanation scores low.
///
/// @param mass positive scores inside of the mask over all positive ones; L. Arras et al. (2022)
/// @param rank how many of the k highest scores are inside of the mask of k elements, over k
/// @param pointing 1 if the highest score is inside, else 0: the pointing game; J. Zhang et al.
///   (2016)
/// @param roc the probability that an element inside has a higher score than one outside, ties
///   counting half: the area under the ROC curve
public record Localisation(double mass, double rank, double pointing, double roc) {
  /// For every example.
  ///
  /// @param mask of the shape of x; what is not 0 or false is inside
  public static Localisation[] of(Attribution explanation, Tensor mask) {
    Tensor scores = explanation.scores();
    if (!mask.shape().equals(scores.shape())) {
      throw new ShapeException(
          "localisation needs a mask like x " + scores.shape() + ", got " + mask.shape());
    }
    if (mask.dtype() == DType.I64) {
      throw new DTypeException("localisation needs a mask of BOOL, floats or I32, got I64");
    }
    int n = scores.size(0);
    int d = scores.elements() / n;
    double[] s = scores.toDoubles();
    double[] m = mask.toDoubles();
    Localisation[] all = new Localisation[n];
    for (int i = 0; i < n; i++) {
      all[i] = of(s, m, i * d, d);
    }
    return all;
  }

  private static Localisation of(double[] scores, double[] mask, int from, int d) {
    int[] order =
        IntStream.range(from, from + d)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> scores[j] + 0.0).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    int k = 0;
    double inside = 0;
    double all = 0;
    for (int j = from; j < from + d; j++) {
      double positive = Math.max(0, scores[j]);
      all += positive;
      if (mask[j] != 0) {
        k++;
        inside += positive;
      }
    }
    int hits = 0;
    for (int r = 0; r < k; r++) {
      hits += mask[order[r]] != 0 ? 1 : 0;
    }
    return new Localisation(
        inside / all,
        (double) hits / k,
        d > 0 && mask[order[0]] != 0 ? 1 : 0,
        area(scores, mask, order, k));
  }

  /// By ranks: tied elements share the mean of their ranks.
  private static double area(double[] scores, double[] mask, int[] order, int k) {
    double above = 0;
    int outside = 0;
    for (int r = order.length - 1; r >= 0; ) {
      int in = 0;
      int out = 0;
      int first = r;
      while (r >= 0 && scores[order[r]] + 0.0 == scores[order[first]] + 0.0) {
        if (mask[order[r]] != 0) {
          in++;
        } else {
          out++;
        }
        r--;
      }
      if (first == r) {
        // A NaN is equal to nothing.
        return Double.NaN;
      }
      above += in * (outside + out / 2.0);
      outside += out;
    }
    return above / ((double) k * outside);
  }
}
