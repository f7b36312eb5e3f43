package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.TableFeature.Direction;
import dev.backlight.explain.TableFeature.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The search behind [Counterfactuals]: walks towards the goal, and takes back what it did not
/// need.
final class CounterfactualSearch {
  /// Steps of a walk, in units of a feature's scale: small ones follow the answer, large ones get
  /// over places where it does not move.
  private static final double[] STRIDES = {0.1, 0.5, 2, 8};

  private static final int STEPS = 400;
  private static final int HALVINGS = 24;

  /// How many rows of the data are begun from.
  private static final int STARTS = 6;

  /// What is saved less than this part of the cost is not worth a round.
  private static final double WORTH = 1e-4;

  private final Counterfactuals how;
  private final List<TableFeature> features;
  private final Function<Tensor, Tensor> model;
  private final Tensor x;
  private final Goal goal;
  private final double[] dearer;
  private final double[] origin;
  private long evaluations;
  private double[] nearest;
  private double nearestMargin = Double.NEGATIVE_INFINITY;

  CounterfactualSearch(
      Counterfactuals how, Function<Tensor, Tensor> model, Tensor x, Goal goal, double[] dearer) {
    this.how = how;
    features = how.features;
    this.model = model;
    this.x = x.reshape(1, x.elements());
    this.goal = goal;
    this.dearer = dearer.clone();
    origin = this.x.toDoubles();
    nearest = origin.clone();
  }

  Counterfactual run() {
    double before = margins(List.of(origin))[0];
    if (before >= 0) {
      return result(true, origin, before, before);
    }
    double[] best = null;
    for (double[] reached : reached()) {
      double[] lean = lean(reached);
      best = best == null || cost(lean) < cost(best) ? lean : best;
    }
    while (best != null) {
      double[] other = without(best);
      if (other == null) {
        return result(true, best, before, margins(List.of(best))[0]);
      }
      best = other;
    }
    return result(false, nearest, before, nearestMargin);
  }

  /// Rows that reach the goal within the constraints.
  private List<double[]> reached() {
    List<double[]> reached = new ArrayList<>();
    double[] walked = walk(-1);
    if (walked != null) {
      reached.add(walked);
    }
    List<double[]> rows = Arrays.stream(how.data).map(this::constrained).toList();
    double[] margins = margins(rows);
    List<double[]> there = new ArrayList<>();
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] >= 0) {
        there.add(rows.get(i));
      }
    }
    there.sort(Comparator.comparingDouble(this::cost));
    for (double[] row : there.subList(0, Math.min(STARTS, there.size()))) {
      double[] lean = lean(row);
      if (changes(lean) <= how.most) {
        reached.add(lean);
      }
    }
    return reached;
  }

  /// A row of the data, as far as the constraints let this one become like it.
  private double[] constrained(double[] row) {
    double[] like = origin.clone();
    for (TableFeature f : features) {
      if (f.kind() != Kind.CATEGORY) {
        f.put(row[f.column()], origin, like);
      } else {
        double[] other = origin.clone();
        f.columns().forEach(c -> other[c] = row[c]);
        if (f.allows(origin, other)) {
          f.columns().forEach(c -> like[c] = row[c]);
        }
      }
    }
    return like;
  }

  /// Goes from x, each time by the change that gains most for its cost.
  ///
  /// @param barred a feature that stays as it is, or -1
  private double @Nullable [] walk(int barred) {
    double[] at = origin.clone();
    double margin = margins(List.of(at))[0];
    for (int step = 0; step < STEPS; step++) {
      List<double[]> moves = moves(at, barred);
      if (moves.isEmpty()) {
        return null;
      }
      double[] margins = margins(moves);
      double spent = cost(at);
      int best = -1;
      double most = 0;
      for (int i = 0; i < margins.length; i++) {
        double gain = Math.min(margins[i], 0) - margin;
        double more = cost(moves.get(i)) - spent;
        double worth = more <= 0 ? Double.MAX_VALUE : gain / more;
        if (gain > 0 && worth > most) {
          most = worth;
          best = i;
        }
      }
      if (best < 0) {
        return null;
      }
      at = moves.get(best);
      margin = margins[best];
      if (margin >= 0) {
        return at;
      }
    }
    return null;
  }

  private List<double[]> moves(double[] at, int barred) {
    List<double[]> moves = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      TableFeature f = features.get(i);
      if (i == barred || f.direction() == Direction.FIXED) {
        continue;
      }
      if (f.kind() == Kind.CATEGORY) {
        for (int chosen : f.columns()) {
          double[] other = at.clone();
          f.columns().forEach(c -> other[c] = c == chosen ? 1 : 0);
          add(moves, f, at, other);
        }
        continue;
      }
      for (double stride : STRIDES) {
        double step =
            f.kind() == Kind.WHOLE
                ? Math.max(1, Math.rint(stride * f.scale()))
                : stride * f.scale();
        for (double way : new double[] {-step, step}) {
          double[] other = at.clone();
          f.put(at[f.column()] + way, origin, other);
          add(moves, f, at, other);
        }
      }
    }
    return moves;
  }

  private void add(List<double[]> moves, TableFeature f, double[] at, double[] other) {
    if (f.differs(at, other) && f.allows(origin, other) && changes(other) <= how.most) {
      moves.add(other);
    }
  }

  /// A row that has reached the goal, with all that it does not need taken back.
  private double[] lean(double[] reached) {
    double[] at = reached;
    for (int round = 0; round < STEPS; round++) {
      List<double[]> less = new ArrayList<>();
      for (TableFeature f : features) {
        if (f.differs(origin, at)) {
          double[] other = at.clone();
          f.columns().forEach(c -> other[c] = origin[c]);
          less.add(other);
        }
      }
      double[] next = cheapest(less, at);
      if (next == null) {
        next = cheapest(halved(at), at);
      }
      if (next == null || cost(at) - cost(next) < WORTH * cost(at)) {
        return next == null ? at : next;
      }
      at = next;
    }
    return at;
  }

  /// For every changed number the row in which it went back as far as the goal lets it.
  private List<double[]> halved(double[] at) {
    List<TableFeature> changed =
        features.stream().filter(f -> f.kind() != Kind.CATEGORY && f.differs(origin, at)).toList();
    List<double[]> kept = new ArrayList<>();
    double[] back = new double[changed.size()];
    for (int i = 0; i < back.length; i++) {
      kept.add(at.clone());
      back[i] = origin[changed.get(i).column()];
    }
    for (int k = 0; k < HALVINGS && !changed.isEmpty(); k++) {
      List<double[]> tried = new ArrayList<>();
      for (int i = 0; i < back.length; i++) {
        TableFeature f = changed.get(i);
        double[] other = kept.get(i).clone();
        f.put((back[i] + other[f.column()]) / 2, origin, other);
        tried.add(other);
      }
      double[] margins = margins(tried);
      for (int i = 0; i < back.length; i++) {
        TableFeature f = changed.get(i);
        if (margins[i] >= 0 && f.allows(origin, tried.get(i))) {
          kept.set(i, tried.get(i));
        } else {
          back[i] = tried.get(i)[f.column()];
        }
      }
    }
    return kept;
  }

  private double @Nullable [] cheapest(List<double[]> rows, double[] than) {
    if (rows.isEmpty()) {
      return null;
    }
    double[] margins = margins(rows);
    double[] best = null;
    double least = cost(than);
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] >= 0 && cost(rows.get(i)) < least) {
        best = rows.get(i);
        least = cost(best);
      }
    }
    return best;
  }

  /// A cheaper row that does without one of the changed features, if a walk finds it.
  private double @Nullable [] without(double[] best) {
    for (int i = 0; i < features.size(); i++) {
      if (features.get(i).differs(origin, best)) {
        double[] walked = walk(i);
        double[] lean = walked == null ? null : lean(walked);
        if (lean != null && cost(lean) < (1 - WORTH) * cost(best)) {
          return lean;
        }
      }
    }
    return null;
  }

  private double cost(double[] row) {
    double sum = 0;
    for (int i = 0; i < features.size(); i++) {
      sum += dearer[i] * features.get(i).cost(origin, row);
    }
    return sum;
  }

  private int changes(double[] row) {
    return (int) features.stream().filter(f -> f.differs(origin, row)).count();
  }

  /// How far rows are beyond the goal; what is no number is not there.
  private double[] margins(List<double[]> rows) {
    int d = origin.length;
    double[] all = new double[rows.size() * d];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * d, d);
    }
    evaluations += rows.size();
    Tensor batch = Tensor.of(Shape.of(rows.size(), d), all).to(x.dtype());
    double[] margins = Recorded.scalars(model, batch, goal.margin()).toDoubles();
    for (int i = 0; i < margins.length; i++) {
      margins[i] = Double.isNaN(margins[i]) ? Double.NEGATIVE_INFINITY : margins[i];
      if (margins[i] > nearestMargin && changes(rows.get(i)) <= how.most) {
        nearestMargin = margins[i];
        nearest = rows.get(i).clone();
      }
    }
    return margins;
  }

  private Counterfactual result(boolean found, double[] row, double before, double after) {
    for (TableFeature f : features) {
      if (!f.allows(origin, row)) {
        throw new IllegalStateException(
            "a counterfactual needs to keep its constraints, got another of " + f.name());
      }
    }
    List<Counterfactual.Change> changes =
        features.stream()
            .filter(f -> f.differs(origin, row))
            .map(f ->
                new Counterfactual.Change(
                    f.name(),
                    f.text(origin, how.names),
                    f.text(row, how.names),
                    f.cost(origin, row)))
            .sorted(Comparator.comparingDouble(c -> -c.cost()))
            .toList();
    return new Counterfactual(
        found,
        x,
        Tensor.of(Shape.of(1, row.length), row).to(x.dtype()),
        goal,
        before,
        after,
        changes.stream().mapToDouble(Counterfactual.Change::cost).sum(),
        changes,
        evaluations);
  }
}
