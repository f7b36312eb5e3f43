package dev.backlight.explain;

import dev.backlight.autodiff.Trace;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.function.Function;

/// The way of every example towards a class of its own.
final class BoundaryWalk {
  /// How far the step goes beyond the boundary, relative to its length.
  private static final double OVERSHOOT = 0.02;

  private static final int HALVINGS = 30;

  /// How often it creeps along the boundary.
  private static final int ROUNDS = 12;

  /// How many steps projected gradients have, and in which part of the ball.
  private static final int PUSHES = 24;

  private static final double SMALLER = 0.9;

  private final MinimalPerturbation how;
  private final MinimalPerturbation.Norm norm;
  private final Function<Tensor, Tensor> logits;
  private final Tensor x;
  private final int[] from;
  private final int[] toward;
  private final Sweeps sweeps;
  private final double[] origin;
  private final int each;
  final double[] at;
  final boolean[] changed;
  long evaluations;

  BoundaryWalk(
      MinimalPerturbation how,
      Function<Tensor, Tensor> logits,
      Tensor x,
      int[] from,
      int[] toward) {
    this.how = how;
    norm = how.norm();
    this.logits = logits;
    this.x = x;
    this.from = from;
    this.toward = toward;
    Tensor ahead = Tensor.of(toward);
    Tensor own = Tensor.of(from);
    sweeps =
        new Sweeps(
            logits,
            Target.of(
                "the lead of other classes",
                out -> Target.each(ahead).scalars(out).sub(Target.each(own).scalars(out))));
    origin = x.toDoubles();
    at = origin.clone();
    each = at.length / from.length;
    changed = new boolean[from.length];
  }

  private int[] classesAt(double[] there) {
    evaluations++;
    return classes(logits, tensor(there, x));
  }

  private Lead lead() {
    evaluations++;
    Trace<Tensor> here = sweeps.at(tensor(at, x));
    return new Lead(here.output().getFirst().toDoubles(), here.inputs().toDoubles());
  }

  /// By how much the class that each example goes towards is ahead of its own, and the gradient.
  private record Lead(double[] value, double[] gradient) {
    /// The slope of one example, 0 where following it would leave the range.
    double[] slope(int i, int each, double[] at, MinimalPerturbation range) {
      double[] slope = new double[each];
      for (int j = 0; j < each; j++) {
        slope[j] = range.inRange(at[i * each + j], gradient[i * each + j]);
      }
      return slope;
    }
  }

  /// Over boundary after boundary of the linearisation, until the class is another one.
  void go() {
    for (int step = 0; step < how.steps() && !all(changed); step++) {
      Lead here = lead();
      for (int i = 0; i < from.length; i++) {
        if (!changed[i]) {
          move(here, i);
        }
      }
      int[] now = classesAt(at);
      for (int i = 0; i < from.length; i++) {
        changed[i] |= now[i] != from[i];
      }
    }
  }

  private void move(Lead here, int i) {
    double[] slope = here.slope(i, each, at, how);
    double size = norm.dual(slope);
    double far = (Math.max(-here.value[i] / size, 0) + 1e-9) * (1 + OVERSHOOT);
    for (int j = 0; j < each && size > 0; j++) {
      int k = i * each + j;
      at[k] = Math.clamp(at[k] + far * norm.unit(slope[j], size), how.low(), how.high());
    }
  }

  /// Halves the way between x and what was reached until it ends just behind the boundary.
  void back(double[] reached, boolean[] beyond) {
    double[] inside = new double[from.length];
    double[] outside = new double[from.length];
    Arrays.fill(outside, 1);
    for (int halving = 0; halving < HALVINGS; halving++) {
      double[] middle = origin.clone();
      for (int j = 0; j < middle.length; j++) {
        double part = (inside[j / each] + outside[j / each]) / 2;
        middle[j] += part * (reached[j] - origin[j]);
      }
      int[] now = classesAt(middle);
      for (int i = 0; i < from.length; i++) {
        double part = (inside[i] + outside[i]) / 2;
        if (now[i] == from[i]) {
          inside[i] = part;
        } else {
          outside[i] = part;
        }
      }
    }
    for (int j = 0; j < reached.length; j++) {
      int i = j / each;
      reached[j] = beyond[i] ? origin[j] + outside[i] * (reached[j] - origin[j]) : origin[j];
    }
  }

  /// From the boundary to where its tangent is nearest to x, or a part of that way, and back to the
  /// boundary, as long as that is nearer.
  void creep() {
    double[] part = new double[from.length];
    Arrays.fill(part, 1);
    for (int round = 0; round < ROUNDS; round++) {
      Lead here = lead();
      double[] there = at.clone();
      for (int i = 0; i < from.length; i++) {
        if (changed[i]) {
          tangent(here, i, part[i], there);
        }
      }
      int[] now = classesAt(there);
      boolean[] beyond = new boolean[from.length];
      for (int i = 0; i < from.length; i++) {
        beyond[i] = changed[i] && now[i] != from[i];
      }
      back(there, beyond);
      double[] before = distances(at, changed);
      double[] after = distances(there, beyond);
      for (int i = 0; i < from.length; i++) {
        if (after[i] < before[i]) {
          System.arraycopy(there, i * each, at, i * each, each);
        } else {
          part[i] /= 2;
        }
      }
    }
  }

  /// From what was found: tries a ball that is a tenth smaller by projected gradients, and goes on
  /// from where that succeeds.
  void push(double[] found) {
    System.arraycopy(found, 0, at, 0, at.length);
    for (int i = 0; i < from.length; i++) {
      changed[i] = toward[i] != from[i];
    }
    boolean[] better = changed.clone();
    while (any(better)) {
      double[] radius = distances(at, changed);
      double[] nearest = at.clone();
      boolean[] before = better.clone();
      for (int j = 0; j < at.length; j++) {
        at[j] = before[j / each] ? origin[j] : at[j];
      }
      Arrays.fill(better, false);
      for (int step = 0; step < PUSHES; step++) {
        Lead here = lead();
        for (int i = 0; i < from.length; i++) {
          if (before[i] && !better[i]) {
            climb(here, i, SMALLER * radius[i]);
          }
        }
        int[] now = classesAt(at);
        for (int i = 0; i < from.length; i++) {
          better[i] |= before[i] && now[i] != from[i];
        }
      }
      for (int j = 0; j < at.length; j++) {
        at[j] = better[j / each] ? at[j] : nearest[j];
      }
      back(at, changed);
      creep();
    }
  }

  private void climb(Lead here, int i, double radius) {
    double[] slope = here.slope(i, each, at, how);
    double size = norm.dual(slope);
    double[] moved = new double[each];
    for (int j = 0; j < each; j++) {
      int k = i * each + j;
      double step = size > 0 ? radius / 4 * norm.unit(slope[j], size) : 0;
      moved[j] = Math.clamp(at[k] + step, how.low(), how.high()) - origin[k];
    }
    double far = norm.length(moved);
    for (int j = 0; j < each; j++) {
      at[i * each + j] = origin[i * each + j] + moved[j] * Math.min(1, radius / far);
    }
  }

  private void tangent(Lead here, int i, double part, double[] there) {
    double[] slope = here.slope(i, each, origin, how);
    double size = norm.dual(slope);
    double way = -here.value[i];
    for (int j = 0; j < each; j++) {
      way += slope[j] * (at[i * each + j] - origin[i * each + j]);
    }
    double far = Math.max(way, 0) / size * (1 + OVERSHOOT);
    for (int j = 0; j < each && size > 0; j++) {
      int k = i * each + j;
      double nearest =
          Math.clamp(origin[k] + far * norm.unit(slope[j], size), how.low(), how.high());
      there[k] += part * (nearest - at[k]);
    }
  }

  /// How far each example was moved, +∞ where it was not changed.
  double[] distances(double[] there, boolean[] flags) {
    double[] distances = new double[flags.length];
    for (int i = 0; i < distances.length; i++) {
      double[] moved = new double[each];
      for (int j = 0; j < each; j++) {
        moved[j] = there[i * each + j] - origin[i * each + j];
      }
      distances[i] = flags[i] ? norm.length(moved) : Double.POSITIVE_INFINITY;
    }
    return distances;
  }

  static int[] classes(Function<Tensor, Tensor> logits, Tensor x) {
    return classOf(logits.apply(x)).toInts();
  }

  /// The class of every row, (n) of `I32`.
  static Tensor classOf(Tensor logits) {
    return logits.argmax(1).to(DType.I32);
  }

  static Tensor tensor(double[] values, Tensor like) {
    return Tensor.of(like.shape(), values).to(like.dtype());
  }

  private static boolean any(boolean[] flags) {
    for (boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }

  private static boolean all(boolean[] flags) {
    for (boolean flag : flags) {
      if (!flag) {
        return false;
      }
    }
    return true;
  }
}
