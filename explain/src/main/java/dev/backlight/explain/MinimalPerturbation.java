package dev.backlight.explain;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The smallest change of an input that changes a classifier's answer, as DeepFool looks for it:
/// towards each of the nearest classes, step after step to the boundary of the model's
/// linearisation, until the class is another one. Then the way back to x is halved until it ends at
/// the boundary, and from there it creeps along: to the place nearest to x on the boundary's
/// tangent, and back to the boundary. At last projected gradients try a ball a tenth smaller.
///
/// S. Moosavi-Dezfooli, A. Fawzi, P. Frossard, "DeepFool: a simple and accurate method to fool deep
/// neural networks" (2016); the creeping is as in F. Croce, M. Hein, "Minimally distorted
/// adversarial examples with a fast adaptive boundary attack" (2020). For a linear classifier it is
/// exact. For others it finds a change that is small, not one that is proved to be smallest.
///
/// @param norm how far is measured
/// @param steps how many at most
/// @param low no element goes below
/// @param high no element goes above
public record MinimalPerturbation(Norm norm, int steps, double low, double high) {
  /// Towards how many other classes it goes, those of the nearest boundaries.
  private static final int CLASSES = 9;

  /// How a change is measured.
  public enum Norm {
    /// The Euclidean length.
    L2,
    /// The largest change of any element.
    MAX;

    /// In words.
    @Override
    public String toString() {
      return this == L2 ? "Euclidean" : "maximum";
    }

    /// By how much a change of length 1 along the best direction raises what has this slope.
    double dual(double[] slope) {
      double sum = 0;
      for (double s : slope) {
        sum += this == L2 ? s * s : Math.abs(s);
      }
      return this == L2 ? Math.sqrt(sum) : sum;
    }

    /// One element of the best direction, of length 1.
    double unit(double slope, double dual) {
      return this == L2 ? slope / dual : Math.signum(slope);
    }

    /// How long a change is.
    double length(double[] moved) {
      double length = 0;
      for (double m : moved) {
        length = this == L2 ? length + m * m : Math.max(length, Math.abs(m));
      }
      return this == L2 ? Math.sqrt(length) : length;
    }
  }

  public MinimalPerturbation {
    GradientAttack.requireSteps(steps);
    GradientAttack.requireRange(low, high);
  }

  /// In the Euclidean norm, in 50 steps.
  public static MinimalPerturbation euclidean() {
    return new MinimalPerturbation(Norm.L2, 50, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /// In the maximum norm, in 50 steps.
  public static MinimalPerturbation maximum() {
    return new MinimalPerturbation(
        Norm.MAX, 50, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /// With elements that stay within a range, such as that of pixels.
  public MinimalPerturbation within(double least, double greatest) {
    return new MinimalPerturbation(norm, steps, least, greatest);
  }

  /// With so many steps at most.
  public MinimalPerturbation steps(int most) {
    return new MinimalPerturbation(norm, most, low, high);
  }

  /// Looks for the smallest change of every example.
  ///
  /// @param model from inputs (n, …) to logits (n, k), or to one logit (n, 1) of class 1 against 0
  /// @param x inputs (n, …) within the range
  public Perturbation of(Function<Tensor, Tensor> model, Tensor x) {
    GradientAttack.requireWithin(x, low, high);
    Function<Tensor, Tensor> logits = in -> twoOrMore(model.apply(in), in.size(0));
    int[] from = BoundaryWalk.classes(logits, x);
    double[] origin = x.toDoubles();
    int each = origin.length / from.length;
    Linearised start = Linearised.of(logits, x);
    double[] best = origin.clone();
    double[] distance = new double[from.length];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    long evaluations = 2;
    int[][] nearest = new int[from.length][];
    for (int i = 0; i < from.length; i++) {
      nearest[i] = nearest(start, i, from[i], origin, each);
    }
    for (int rank = 0; rank < Math.min(start.classes() - 1, CLASSES); rank++) {
      int[] toward = new int[from.length];
      for (int i = 0; i < from.length; i++) {
        toward[i] = nearest[i][rank];
      }
      BoundaryWalk way = new BoundaryWalk(this, logits, x, from, toward);
      way.go();
      way.back(way.at, way.changed);
      way.creep();
      evaluations += way.evaluations;
      double[] after = way.distances(way.at, way.changed);
      for (int i = 0; i < from.length; i++) {
        if (after[i] < distance[i]) {
          distance[i] = after[i];
          System.arraycopy(way.at, i * each, best, i * each, each);
        }
      }
    }
    BoundaryWalk last =
        new BoundaryWalk(
            this, logits, x, from, BoundaryWalk.classes(logits, BoundaryWalk.tensor(best, x)));
    last.push(best);
    Tensor changed = BoundaryWalk.tensor(last.at, x);
    evaluations += last.evaluations + 1;
    return new Perturbation(
        name(),
        x,
        changed,
        Tensor.of(last.distances(last.at, last.changed)),
        Tensor.of(from),
        Tensor.of(BoundaryWalk.classes(logits, changed)),
        evaluations + 1);
  }

  /// The other classes, that of the nearest boundary of the linearisation at x first.
  private int[] nearest(Linearised here, int i, int from, double[] origin, int each) {
    double[] distance = new double[here.classes()];
    for (int c = 0; c < here.classes(); c++) {
      double size = norm.dual(here.toward(c, from, i, each, origin, this));
      double gap = here.logit(i, from) - here.logit(i, c);
      distance[c] = size == 0 ? Double.MAX_VALUE : gap / size;
    }
    return IntStream.range(0, here.classes())
        .filter(c -> c != from)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> distance[c]))
        .mapToInt(c -> c)
        .toArray();
  }

  /// A slope at a place, 0 where following it would leave the range.
  double inRange(double at, double slope) {
    return at >= high && slope > 0 || at <= low && slope < 0 ? 0 : slope;
  }

  private String name() {
    return "smallest change in the " + norm + " norm" + range(low, high);
  }

  /// A range in words, if there is one.
  static String range(double low, double high) {
    return low == Double.NEGATIVE_INFINITY ? "" : " within " + low + " and " + high;
  }

  /// Logits of two classes or more.
  static Tensor twoOrMore(Tensor logits, int n) {
    if (logits.rank() != 2 || logits.size(0) != n || logits.size(1) == 0) {
      throw new ShapeException(
          "an attack needs logits (" + n + ", k) with k >= 1, got " + logits.shape());
    }
    return logits.size(1) == 1 ? Tensor.concat(1, logits.mul(0), logits) : logits;
  }
}
