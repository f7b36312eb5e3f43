package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.MinimalPerturbation.Norm;
import java.util.function.Function;

/// Inputs near x that a model does worse on: steps along the gradient of a loss that stay within a
/// distance of x, `x' ← project(x' + step · direction(∂loss/∂x'))`.
///
/// In the maximum norm the direction is the sign of the gradient and the projection is onto a box,
/// in the Euclidean norm they are its unit vector and a ball. One step of the whole distance is the
/// fast gradient sign method: I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing
/// adversarial examples" (2015). Many are projected gradient descent: A. Madry et al., "Towards
/// deep learning models resistant to adversarial attacks" (2018), who also begin at random places.
/// What is found is a lower bound of the harm there is. [MinimalPerturbation] looks for the
/// smallest change instead.
///
/// ```java
/// Perturbation by = GradientAttack.pgd(0.1).within(0, 1).restarts(5, 0).of(net::apply, x, labels);
/// by.robust(0.1);                                           // the part that still holds
/// ```
///
/// @param norm how far is measured
/// @param epsilon no example goes further
/// @param step how far each step goes
/// @param steps how many
/// @param low no element goes below
/// @param high no element goes above
/// @param targeted whether the loss is made small rather than large: that of a wanted class
/// @param restarts from how many random places it begins, or 0 for x itself; the best end counts
/// @param seed where random draws begin; all examples get the same
public record GradientAttack(
    Norm norm,
    double epsilon,
    double step,
    int steps,
    double low,
    double high,
    boolean targeted,
    int restarts,
    long seed) {
  private static final int MANY = 40;

  public GradientAttack {
    requireSize("epsilon", epsilon);
    requireSize("step", step);
    requireSteps(steps);
    requireRange(low, high);
    if (restarts < 0) {
      throw new IllegalArgumentException("an attack needs 0 restarts or more, got " + restarts);
    }
  }

  /// One step of `epsilon` in every element.
  public static GradientAttack fgsm(double epsilon) {
    return new GradientAttack(
        Norm.MAX,
        epsilon,
        epsilon,
        1,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        false,
        0,
        0);
  }

  /// 40 steps within `epsilon` in every element.
  public static GradientAttack pgd(double epsilon) {
    return fgsm(epsilon).steps(MANY);
  }

  /// Within `epsilon` in the Euclidean norm.
  public GradientAttack euclidean() {
    return new GradientAttack(Norm.L2, epsilon, step, steps, low, high, targeted, restarts, seed);
  }

  /// With so many steps, each of 2.5 times the distance over their number, so that they can reach
  /// the boundary from anywhere and move along it; a single one goes the whole distance.
  public GradientAttack steps(int count) {
    requireSteps(count);
    double size = count == 1 ? epsilon : 2.5 * epsilon / count;
    return new GradientAttack(norm, epsilon, size, count, low, high, targeted, restarts, seed);
  }

  /// With steps of this size.
  public GradientAttack step(double size) {
    return new GradientAttack(norm, epsilon, size, steps, low, high, targeted, restarts, seed);
  }

  /// With elements that stay within a range, such as that of pixels.
  public GradientAttack within(double least, double greatest) {
    return new GradientAttack(
        norm, epsilon, step, steps, least, greatest, targeted, restarts, seed);
  }

  /// Towards wanted classes rather than away from true ones: makes the loss small.
  public GradientAttack towards() {
    return new GradientAttack(norm, epsilon, step, steps, low, high, true, restarts, seed);
  }

  /// From so many random places within the distance.
  public GradientAttack restarts(int count, long from) {
    return new GradientAttack(norm, epsilon, step, steps, low, high, targeted, count, from);
  }

  /// Inputs with a greater loss, or a smaller one if it is targeted.
  ///
  /// @param loss from inputs (n, …) to one number for every example, (n), in Tensor language;
  ///   examples are independent
  /// @param x inputs (n, …) within the range
  public Tensor of(Function<Tensor, Tensor> loss, Tensor x) {
    requireWithin(x, low, high);
    Sweeps sweeps = new Sweeps(loss, Target.of("the loss", each -> each));
    Tensor best = walk(sweeps, x, restarts == 0 ? x : start(x, 0));
    Tensor most = restarts < 2 ? best : gain(loss, best);
    for (int k = 1; k < restarts; k++) {
      Tensor end = walk(sweeps, x, start(x, k));
      Tensor there = gain(loss, end);
      Tensor better = there.gt(most);
      best = spread(better, x.shape()).where(end, best);
      most = better.where(there, most);
    }
    return best;
  }

  /// Inputs that a classifier takes for another class than their own or, if it is targeted, for the
  /// wanted one.
  ///
  /// First by the margin of the logits, `max zⱼ − zᵢ` over j ≠ i for the class i, whose slope does
  /// not vanish where a model is sure (N. Carlini, D. Wagner, "Towards evaluating the robustness of
  /// neural networks", 2017), and where that finds nothing by the cross-entropy of logits whose
  /// reach at x is 1. So a model that is 1000 times as sure is no safer.
  ///
  /// @param model from inputs (n, …) to logits (n, k), or to one logit (n, 1) of class 1 against 0
  /// @param x inputs (n, …) within the range
  /// @param labels the true classes or, if it is targeted, the wanted ones, (n)
  public Perturbation of(Function<Tensor, Tensor> model, Tensor x, Tensor labels) {
    Function<Tensor, Tensor> logits =
        in -> MinimalPerturbation.twoOrMore(model.apply(in), in.size(0));
    Target own = Target.each(labels);
    Tensor here = logits.apply(x);
    Tensor reached = of(in -> margin(logits.apply(in), labels), x);
    Tensor found = found(logits, reached, labels);
    Tensor reach = here.amaxKeep(1).sub(here.aminKeep(1));
    Tensor unit = reach.gt(0).where(reach, 1);
    Tensor other = of(in -> own.scalars(logits.apply(in).div(unit).logSoftmax(1)).neg(), x);
    reached = spread(found, x.shape()).where(reached, other);
    found = found.or(found(logits, other, labels));
    Tensor changed = spread(found, x.shape()).where(reached, x);
    int n = x.size(0);
    Tensor moved = changed.sub(x).reshape(n, x.elements() / n).to(DType.F64);
    Tensor far = norm == Norm.L2 ? moved.square().sum(1).sqrt() : moved.abs().amax(1);
    return new Perturbation(
        toString(),
        x,
        changed,
        // At the edge rounding may go beyond it by a bit.
        found.where(far.minimum(epsilon), Double.POSITIVE_INFINITY),
        BoundaryWalk.classOf(here),
        BoundaryWalk.classOf(logits.apply(changed)),
        2L * Math.max(1, restarts) * (steps + (restarts < 2 ? 0 : 1)) + 4);
  }

  private Tensor found(Function<Tensor, Tensor> logits, Tensor at, Tensor labels) {
    Tensor classes = BoundaryWalk.classOf(logits.apply(at));
    Tensor hit = classes.eq(labels.to(classes.dtype()));
    return targeted ? hit : hit.not();
  }

  /// By how much another logit than that of the label is ahead of it, (n).
  static Tensor margin(Tensor logits, Tensor labels) {
    Tensor own = Target.each(labels).scalars(logits);
    int k = logits.size(1);
    Tensor index = Tensor.arange(k, labels.dtype()).unsqueeze(0).expand(logits.shape());
    Tensor its = labels.unsqueeze(1).expand(logits.shape()).eq(index);
    return its.where(-Float.MAX_VALUE, logits).amax(1).sub(own);
  }

  private Tensor walk(Sweeps sweeps, Tensor x, Tensor from) {
    Tensor at = from;
    for (int k = 0; k < steps; k++) {
      Tensor slope = sweeps.at(at).inputs();
      Tensor up = targeted ? slope.neg() : slope;
      at = bounded(near(x, at.add(direction(up).mul(step))));
    }
    return at;
  }

  private Tensor direction(Tensor slope) {
    if (norm == Norm.MAX) {
      return slope.sign();
    }
    // The largest element first: squares of small slopes would be 0.
    int n = slope.size(0);
    Tensor most = spread(slope.reshape(n, slope.elements() / n).abs().amax(1), slope.shape());
    Tensor moves = most.gt(0);
    Tensor scaled = slope.div(moves.where(most, 1));
    return scaled.div(moves.where(length(scaled), 1));
  }

  /// The nearest inputs within the distance of x.
  private Tensor near(Tensor x, Tensor at) {
    if (norm == Norm.MAX) {
      return at.maximum(x.sub(epsilon)).minimum(x.add(epsilon));
    }
    Tensor moved = at.sub(x);
    Tensor far = length(moved);
    return far.gt(epsilon)
        .where(x.add(moved.mul(far.maximum(epsilon).reciprocal().mul(epsilon))), at);
  }

  private Tensor bounded(Tensor at) {
    return low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY
        ? at
        : at.maximum(low).minimum(high);
  }

  /// A place within the distance, each as likely as any other.
  private Tensor start(Tensor x, int k) {
    Key key = Key.of(seed).fold(k);
    Shape one = x.shape().with(0, 1);
    Tensor noise;
    if (norm == Norm.MAX) {
      noise = key.uniform(one, DType.F64, -epsilon, epsilon);
    } else {
      Key[] keys = key.split(2);
      Tensor to = keys[0].normal(one, DType.F64);
      double part = keys[1].uniform(Shape.of(1), DType.F64, 0, 1).at(0);
      noise = to.div(length(to)).mul(epsilon * Math.pow(part, 1.0 / one.elements()));
    }
    return bounded(x.add(noise.to(x.dtype()).expand(x.shape())));
  }

  /// The loss in the wanted direction.
  private Tensor gain(Function<Tensor, Tensor> loss, Tensor at) {
    return targeted ? loss.apply(at).neg() : loss.apply(at);
  }

  /// The Euclidean length of every example, on all of its elements.
  private static Tensor length(Tensor x) {
    int n = x.size(0);
    return spread(x.reshape(n, x.elements() / n).square().sum(1).sqrt(), x.shape());
  }

  /// A number of every example, on all of its elements.
  private static Tensor spread(Tensor each, Shape shape) {
    int n = shape.size(0);
    Shape flat = Shape.of(n, shape.elements() / n);
    return each.unsqueeze(1).expand(flat).reshape(shape);
  }

  @Override
  public String toString() {
    return (steps == 1 ? "a step" : steps + " steps")
        + (targeted ? " towards" : "")
        + " within "
        + RankingPrinter.number(epsilon)
        + " in the "
        + norm
        + " norm"
        + MinimalPerturbation.range(low, high)
        + (restarts == 0 ? "" : ", from " + restarts + " random places");
  }

  private static void requireSize(String what, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "an attack needs a finite " + what + " above 0, got " + value);
    }
  }

  static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("an attack needs 1 step or more, got " + steps);
    }
  }

  static void requireRange(double low, double high) {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "an attack needs a range low < high, got " + low + " and " + high);
    }
  }

  static void requireWithin(Tensor x, double low, double high) {
    Recorded.requireValues(x);
    if (x.amin().item() < low || x.amax().item() > high) {
      throw new IllegalArgumentException(
          "an attack within "
              + low
              + " and "
              + high
              + " needs x there, got "
              + x.amin().item()
              + " and "
              + x.amax().item());
    }
  }
}
