package dev.backlight.nn.optim;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Minimises a smooth function of a model, all examples at once: quasi-Newton steps whose curvature
/// is remembered from the last few, with a line search that meets the strong Wolfe conditions. D.
/// Liu and J. Nocedal, "On the limited memory BFGS method" (1989); J. Nocedal and S. Wright,
/// *Numerical Optimization*, algorithms 3.5 and 7.4.
///
/// It is no [Optimizer], because it asks for the loss several times a step. Directions are computed
/// in doubles whatever the dtype of the model.
///
/// @param memory how many steps are remembered
/// @param steps at most so many
/// @param tolerance done when no element of the gradient is larger than this
public record LBfgs(int memory, int steps, double tolerance) {
  private static final double SLIGHT = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final int TRIES = 25;

  public LBfgs {
    if (memory < 1 || steps < 0 || !(tolerance >= 0)) {
      throw new IllegalArgumentException(
          "lbfgs needs a memory of at least 1, and steps and a tolerance of at least 0, got "
              + memory
              + ", "
              + steps
              + " and "
              + tolerance);
    }
  }

  /// Remembers 10 steps, takes at most 200, and is done at a gradient of 1e-6.
  public static LBfgs of() {
    return new LBfgs(10, 200, 1e-6);
  }

  /// With at most so many steps.
  public LBfgs steps(int most) {
    return new LBfgs(memory, most, tolerance);
  }

  /// Done when no element of the gradient is larger than this.
  public LBfgs tolerance(double gradient) {
    return new LBfgs(memory, steps, gradient);
  }

  /// Where a search ended.
  ///
  /// @param model the parameters found
  /// @param value the loss there
  /// @param gradient the largest element of the gradient there
  /// @param steps how many steps it took
  /// @param evaluations how often the loss and its gradient were asked for
  /// @param isConverged whether the gradient is within the tolerance; else the steps were used up,
  ///   or no step downhill was found
  public record Minimum<M>(
      M model, double value, double gradient, int steps, int evaluations, boolean isConverged) {}

  /// The parameters that make the loss least, or at least less than from here.
  ///
  /// @param loss from a model to a scalar, in Tensor language
  /// @throws IllegalArgumentException if the loss or its gradient is not finite at the start
  public <M> Minimum<M> minimize(Function<M, Tensor> loss, M start) {
    return new Search<>(this, loss, start).run();
  }

  /// A place, with the value and the gradient there.
  private record Place(double[] x, double value, double[] gradient) {
    double slope(double[] direction) {
      return dot(gradient, direction);
    }

    boolean isFinite() {
      boolean finite = Double.isFinite(value);
      for (double g : gradient) {
        finite &= Double.isFinite(g);
      }
      return finite;
    }

    double largest() {
      double largest = 0;
      for (double g : gradient) {
        largest = Math.max(largest, Math.abs(g));
      }
      return largest;
    }
  }

  private record Memory(double[] step, double[] change, double rho) {}

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] plus(double[] x, double factor, double[] direction) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] + factor * direction[i];
    }
    return y;
  }

  /// One search.
  private static final class Search<M> {
    private final LBfgs how;
    private final Struct<M> form;
    private final Player<M, Grad<M>> player;
    private final int leaves;
    private final double[] first;
    private final Deque<Memory> memory = new ArrayDeque<>();
    private int evaluations;

    Search(LBfgs how, Function<M, Tensor> loss, M start) {
      this.how = how;
      form = Struct.of(start);
      List<Tensor> parameters = form.flatten(start);
      leaves = parameters.size();
      int n = 0;
      for (int i = 0; i < leaves; i++) {
        if (!parameters.get(i).dtype().isFloat()) {
          throw new DTypeException(
              "lbfgs needs parameters of F32 or F64, got "
                  + parameters.get(i).dtype()
                  + " at "
                  + form.names().get(i));
        }
        n += parameters.get(i).elements();
      }
      player = Tape.record(loss, start).valueAndGrad().player();
      player.set(start);
      first = new double[n];
      int at = 0;
      for (Tensor parameter : parameters) {
        for (double value : parameter.toDoubles()) {
          first[at++] = value;
        }
      }
    }

    Minimum<M> run() {
      Place here = at(first);
      if (!here.isFinite()) {
        throw new IllegalArgumentException(
            "lbfgs needs a finite loss and gradient at the start, got " + here.value());
      }
      int taken = 0;
      while (taken < how.steps && here.largest() > how.tolerance) {
        double[] direction = direction(here);
        if (!(here.slope(direction) < 0)) {
          memory.clear();
          direction = direction(here);
        }
        double unit = memory.isEmpty() ? Math.min(1, 1 / norm1(here.gradient())) : 1;
        Place next = downhill(here, direction, unit);
        if (next == null) {
          break;
        }
        remember(here, next);
        here = next;
        taken++;
      }
      at(here.x()); // leaves the parameters in the player
      List<Tensor> found = new ArrayList<>();
      for (int i = 0; i < leaves; i++) {
        found.add(Tensor.over(player.input(i).copy()));
      }
      boolean done = here.largest() <= how.tolerance;
      return new Minimum<>(
          form.build(found), here.value(), here.largest(), taken, evaluations, done);
    }

    private static double norm1(double[] x) {
      double sum = 0;
      for (double v : x) {
        sum += Math.abs(v);
      }
      return Math.max(sum, 1e-300);
    }

    private Place at(double[] x) {
      int from = 0;
      for (int i = 0; i < leaves; i++) {
        Block block = player.input(i);
        for (int e = 0; e < block.size(); e++) {
          block.set(e, x[from++]);
        }
      }
      player.play();
      evaluations++;
      double[] gradient = new double[x.length];
      from = 0;
      for (int i = 0; i < leaves; i++) {
        Block block = player.output(1 + i);
        for (int e = 0; e < block.size(); e++) {
          gradient[from++] = block.get(e);
        }
      }
      return new Place(x, player.output(0).get(0), gradient);
    }

    /// Minus the gradient times the remembered curvature's inverse: the two loops.
    private double[] direction(Place here) {
      double[] q = plus(new double[here.x().length], -1, here.gradient());
      double[] alpha = new double[memory.size()];
      int k = 0;
      for (Memory m : memory) {
        alpha[k] = m.rho() * dot(m.step(), q);
        q = plus(q, -alpha[k++], m.change());
      }
      Memory newest = memory.peekFirst();
      if (newest != null) {
        double scale = 1 / (newest.rho() * dot(newest.change(), newest.change()));
        for (int i = 0; i < q.length; i++) {
          q[i] *= scale;
        }
      }
      Iterator<Memory> oldest = memory.descendingIterator();
      while (oldest.hasNext()) {
        Memory m = oldest.next();
        double beta = m.rho() * dot(m.change(), q);
        q = plus(q, alpha[--k] - beta, m.step());
      }
      return q;
    }

    private void remember(Place here, Place next) {
      double[] step = plus(next.x(), -1, here.x());
      double[] change = plus(next.gradient(), -1, here.gradient());
      double product = dot(step, change);
      if (product > 1e-10 * Math.sqrt(dot(step, step) * dot(change, change))) {
        memory.addFirst(new Memory(step, change, 1 / product));
        if (memory.size() > how.memory) {
          memory.removeLast();
        }
      }
    }

    /// A place that is lower and flatter along the direction, or `null`.
    @SuppressWarnings("ReferenceEquality") // this very place
    private @Nullable Place downhill(Place start, double[] direction, double unit) {
      double slope = start.slope(direction);
      Place before = start;
      double low = 0;
      double step = unit;
      for (int t = 0; t < TRIES; t++) {
        Place here = at(plus(start.x(), step, direction));
        boolean tooHigh =
            !here.isFinite()
                || here.value() > start.value() + SLIGHT * step * slope
                || (t > 0 && here.value() >= before.value());
        if (tooHigh) {
          return zoom(start, direction, slope, low, before, step);
        }
        double steep = here.slope(direction);
        if (Math.abs(steep) <= -CURVATURE * slope) {
          return here;
        }
        if (steep >= 0) {
          return zoom(start, direction, slope, step, here, low);
        }
        before = here;
        low = step;
        step *= 2;
      }
      return before == start ? null : before;
    }

    /// Between a step that is lower and one that is not.
    @SuppressWarnings("ReferenceEquality") // this very place
    private @Nullable Place zoom(
        Place start, double[] direction, double slope, double low, Place lowest, double high) {
      double a = low;
      double b = high;
      Place best = lowest;
      for (int t = 0; t < TRIES; t++) {
        double step = (a + b) / 2;
        Place here = at(plus(start.x(), step, direction));
        if (!here.isFinite()
            || here.value() > start.value() + SLIGHT * step * slope
            || here.value() >= best.value()) {
          b = step;
          continue;
        }
        double steep = here.slope(direction);
        if (Math.abs(steep) <= -CURVATURE * slope) {
          return here;
        }
        if (steep * (b - a) >= 0) {
          b = a;
        }
        a = step;
        best = here;
      }
      return best == start ? null : best;
    }
  }
}
