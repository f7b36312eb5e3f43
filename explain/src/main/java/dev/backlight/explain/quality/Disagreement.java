package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import java.util.Arrays;
import java.util.stream.IntStream;

/// How far two explanations of the same examples agree, one number for each example. S. Krishna et
/// al., "The disagreement problem in explainable machine learning" (2022). Agreement is no proof of
/// correctness: two methods may share a mistake.
///
/// Features are ranked by absolute score; equal ones keep their order for the top k, and share
/// their rank in the correlation.
public final class Disagreement {
  private Disagreement() {}

  /// Feature agreement: the share of the k strongest features of one explanation that are among
  /// those of the other, 0 to 1. Two draws of d features have k/d on average.
  public static double[] topK(Attribution a, Attribution b, int k) {
    return shared(a, b, k, (_, _, _) -> true);
  }

  /// Sign agreement: the share of the k strongest features of one explanation that are also among
  /// the k strongest of the other, with the same sign, 0 to 1.
  public static double[] signs(Attribution a, Attribution b, int k) {
    return shared(a, b, k, (p, q, j) -> Math.signum(p[j]) == Math.signum(q[j]));
  }

  /// Rank agreement: the share of the k first places that both explanations give to the same
  /// feature, 0 to 1.
  public static double[] places(Attribution a, Attribution b, int k) {
    return each(a, b, k, (p, q) -> samePlaces(p, q, k, false));
  }

  /// Signed rank agreement: the share of the k first places that both explanations give to the same
  /// feature with the same sign, 0 to 1.
  public static double[] signedPlaces(Attribution a, Attribution b, int k) {
    return each(a, b, k, (p, q) -> samePlaces(p, q, k, true));
  }

  /// Pairwise rank agreement: the share of the pairs of features that both explanations put in the
  /// same order, 0 to 1; two draws have a half on average. `NaN` for a single feature.
  public static double[] pairs(Attribution a, Attribution b) {
    return each(
        a,
        b,
        1,
        (p, q) -> {
          int agree = 0;
          for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < i; j++) {
              int one = Double.compare(Math.abs(p[i]), Math.abs(p[j]));
              agree += one == Double.compare(Math.abs(q[i]), Math.abs(q[j])) ? 1 : 0;
            }
          }
          return agree / (p.length * (p.length - 1) / 2.0);
        });
  }

  /// Spearman's correlation of the ranks of absolute scores: -1 to 1. NaN if the scores of one
  /// explanation are all of equal size.
  public static double[] ranks(Attribution a, Attribution b) {
    return each(a, b, 1, (p, q) -> Ranks.spearman(Ranks.magnitudes(p), Ranks.magnitudes(q)));
  }

  private interface Counts {
    boolean feature(double[] p, double[] q, int j);
  }

  private static double[] shared(Attribution a, Attribution b, int k, Counts counts) {
    return each(
        a,
        b,
        k,
        (p, q) -> {
          int[] others = Arrays.copyOf(Ranks.strongest(q), k);
          Arrays.sort(others);
          return (double)
                  Arrays.stream(Ranks.strongest(p))
                      .limit(k)
                      .filter(j -> Arrays.binarySearch(others, j) >= 0)
                      .filter(j -> counts.feature(p, q, j))
                      .count()
              / k;
        });
  }

  private static double samePlaces(double[] p, double[] q, int k, boolean signed) {
    int[] one = Ranks.strongest(p);
    int[] other = Ranks.strongest(q);
    int same = 0;
    for (int place = 0; place < k; place++) {
      int j = one[place];
      boolean agree = j == other[place] && (!signed || Math.signum(p[j]) == Math.signum(q[j]));
      same += agree ? 1 : 0;
    }
    return (double) same / k;
  }

  private interface Of {
    double pair(double[] p, double[] q);
  }

  private static double[] each(Attribution a, Attribution b, int k, Of f) {
    Tensor left = a.scores().to(DType.F64);
    Tensor right = b.scores().to(DType.F64);
    if (!left.shape().equals(right.shape())) {
      throw new ShapeException(
          "agreement needs two explanations of one shape, got "
              + left.shape()
              + " and "
              + right.shape());
    }
    int n = left.size(0);
    int d = n == 0 ? 0 : left.elements() / n;
    if (n > 0 && (k < 1 || k > d)) {
      throw new IllegalArgumentException("k must be from 1 to " + d + ", got " + k);
    }
    double[] p = left.toDoubles();
    double[] q = right.toDoubles();
    return IntStream.range(0, n)
        .mapToDouble(i -> {
          double[] one = Arrays.copyOfRange(p, i * d, (i + 1) * d);
          double[] other = Arrays.copyOfRange(q, i * d, (i + 1) * d);
          boolean unknown =
              Arrays.stream(one).anyMatch(Double::isNaN)
                  || Arrays.stream(other).anyMatch(Double::isNaN);
          return unknown ? Double.NaN : f.pair(one, other);
        })
        .toArray();
  }
}
