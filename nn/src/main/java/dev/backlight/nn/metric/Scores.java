package dev.backlight.nn.metric;

import dev.backlight.core.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/// What scores and probabilities are worth, beside labels.
public final class Scores {
  private Scores() {}

  /// The fraction of labels (n) among the `k` highest scores (n, classes) of their row; of equal
  /// scores the lower class comes first.
  public static double topK(Tensor labels, Tensor scores, int k) {
    Checks.rows("topK", labels, scores);
    int classes = scores.size(1);
    if (k < 1 || k > classes) {
      throw new IllegalArgumentException("topK needs k from 1 to " + classes + ", got " + k);
    }
    int[] y = Checks.labels("topK", labels, classes);
    double[] s = Checks.numbers("topK", scores);
    int hits = 0;
    for (int i = 0; i < y.length; i++) {
      double own = s[i * classes + y[i]];
      int ahead = 0;
      for (int c = 0; c < classes; c++) {
        double other = s[i * classes + c];
        ahead += other > own || other == own && c < y[i] ? 1 : 0;
      }
      hits += ahead < k ? 1 : 0;
    }
    return (double) hits / y.length;
  }

  /// The area under the ROC curve of labels 0 and 1 (n): how often a 1 has the higher score (n)
  /// than a 0, where a tie counts half. NaN if one of the labels is absent.
  public static double rocAuc(Tensor labels, Tensor scores) {
    Checks.vectors("rocAuc", labels, scores);
    int[] y = Checks.labels("rocAuc", labels, 2);
    return area(y, Checks.numbers("rocAuc", scores));
  }

  private static double area(int[] y, double[] s) {
    int[] order = descending(s);
    double area = 0;
    long ones = 0;
    long zeros = 0;
    for (int from = 0, to; from < order.length; from = to) {
      long tiedOnes = 0;
      for (to = from; to < order.length && s[order[to]] == s[order[from]]; to++) {
        tiedOnes += y[order[to]];
      }
      long tiedZeros = to - from - tiedOnes;
      area += tiedZeros * (ones + tiedOnes / 2.0);
      ones += tiedOnes;
      zeros += tiedZeros;
    }
    return area / ((double) ones * zeros);
  }

  /// The mean over classes of the area under the ROC curve of the class against all others, of
  /// labels (n) and scores by class (n, classes). NaN if a class is absent.
  public static double rocAucOneVsRest(Tensor labels, Tensor scores) {
    int[] y = rocClasses("rocAucOneVsRest", labels, scores);
    int classes = scores.size(1);
    double[] s = scores.toDoubles();
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += area(y, s, classes, c, -1);
    }
    return sum / classes;
  }

  /// The mean over pairs of classes of the area under the ROC curve of one against the other, of
  /// labels (n) and scores by class (n, classes): each pair counts by the scores of both its
  /// classes. It does not change with the shares of the classes. NaN if a class is absent. D. Hand
  /// and R. Till, 2001.
  public static double rocAucOneVsOne(Tensor labels, Tensor scores) {
    int[] y = rocClasses("rocAucOneVsOne", labels, scores);
    int classes = scores.size(1);
    double[] s = scores.toDoubles();
    double sum = 0;
    for (int a = 0; a < classes; a++) {
      for (int b = 0; b < classes; b++) {
        sum += a == b ? 0 : area(y, s, classes, a, b);
      }
    }
    return sum / (classes * (classes - 1.0));
  }

  private static int[] rocClasses(String name, Tensor labels, Tensor scores) {
    Checks.rows(name, labels, scores);
    if (scores.size(1) < 2) {
      throw new IllegalArgumentException(
          name + " needs scores of at least 2 classes, got " + scores.size(1));
    }
    Checks.numbers(name, scores);
    return Checks.labels(name, labels, scores.size(1));
  }

  /// The area for one class against another, or against all if that is negative, by its scores.
  private static double area(int[] y, double[] s, int classes, int one, int other) {
    int[] rows =
        IntStream.range(0, y.length)
            .filter(i -> y[i] == one || other < 0 || y[i] == other)
            .toArray();
    return area(
        IntStream.of(rows).map(i -> y[i] == one ? 1 : 0).toArray(),
        IntStream.of(rows).mapToDouble(i -> s[i * classes + one]).toArray());
  }

  /// The average precision of labels 0 and 1 (n), the area under the steps of the precision–recall
  /// curve: `Σ (recall_t − recall_{t−1}) · precision_t` over thresholds, equal scores being one.
  /// NaN if there is no 1.
  public static double averagePrecision(Tensor labels, Tensor scores) {
    Checks.vectors("averagePrecision", labels, scores);
    int[] y = Checks.labels("averagePrecision", labels, 2);
    double[] s = Checks.numbers("averagePrecision", scores);
    int[] order = descending(s);
    double area = 0;
    long ones = 0;
    for (int from = 0, to; from < order.length; from = to) {
      long tied = 0;
      for (to = from; to < order.length && s[order[to]] == s[order[from]]; to++) {
        tied += y[order[to]];
      }
      ones += tied;
      area += tied * ((double) ones / to);
    }
    return area / ones;
  }

  /// The mean of `−ln p` of the label, of probabilities (n, classes); infinite where `p` is 0.
  public static double logLoss(Tensor labels, Tensor probabilities) {
    Checks.rows("logLoss", labels, probabilities);
    int classes = probabilities.size(1);
    int[] y = Checks.labels("logLoss", labels, classes);
    double[] p = Checks.probabilities("logLoss", probabilities);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum -= Math.log(p[i * classes + y[i]]);
    }
    return sum / y.length;
  }

  /// The score of Brier (1950): the squared distance of probabilities (n, classes) from the one-hot
  /// label, from 0 to 2, in the mean. For two classes some halve it.
  public static double brier(Tensor labels, Tensor probabilities) {
    Checks.rows("brier", labels, probabilities);
    int classes = probabilities.size(1);
    int[] y = Checks.labels("brier", labels, classes);
    double[] p = Checks.probabilities("brier", probabilities);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double d = p[i] - (y[i / classes] == i % classes ? 1 : 0);
      sum += d * d;
    }
    return sum / y.length;
  }

  /// The expected calibration error: `Σ |right − confidence| / n` over equally wide bins `(low,
  /// high]` of the highest probability of each row (n, classes). An empty bin adds nothing. Guo et
  /// al., 2017.
  public static double calibrationError(Tensor labels, Tensor probabilities, int bins) {
    Checks.rows("calibrationError", labels, probabilities);
    if (bins < 1) {
      throw new IllegalArgumentException("calibrationError needs bins of at least 1, got " + bins);
    }
    int classes = probabilities.size(1);
    int[] y = Checks.labels("calibrationError", labels, classes);
    double[] p = Checks.probabilities("calibrationError", probabilities);
    double[] gaps = new double[bins];
    for (int i = 0; i < y.length; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = p[i * classes + c] > p[i * classes + best] ? c : best;
      }
      double confidence = p[i * classes + best];
      int bin = Math.clamp((long) Math.ceil(confidence * bins) - 1, 0, bins - 1);
      gaps[bin] += (best == y[i] ? 1 : 0) - confidence;
    }
    double sum = 0;
    for (double gap : gaps) {
      sum += Math.abs(gap);
    }
    return sum / y.length;
  }

  private static int[] descending(double[] s) {
    return IntStream.range(0, s.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> 0.0 - s[i]))
        .mapToInt(i -> i)
        .toArray();
  }
}
