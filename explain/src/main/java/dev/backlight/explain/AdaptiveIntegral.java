package dev.backlight.explain;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Integrals along paths, in pieces, by splitting those that do not fit yet.
///
/// The error of a piece is known exactly: gradient times step, integrated over it, must be what f
/// grew by. A piece is kept when its error is at most half of what is left of the example's
/// tolerance, shared evenly among the pieces at hand.
///
/// A short piece that does not fit contains a kink, and where the kink is follows from the slopes
/// at both sides and the growth. The piece is split there; if f has the values at the kink and at
/// the nodes that both slopes foretell, it is the only kink, and the slopes with the lengths of
/// their sides are the integral already.
///
/// Pieces of all examples share the rows of one replay, and no example's result depends on the
/// others.
final class AdaptiveIntegral {
  /// Nodes of a piece by how often the path has been split. Smooth models are done while pieces are
  /// long; short ones surround a kink, where no order helps.
  private static final int[] NODES = {16, 8, 4, 2};

  private static final double LONG = 64;

  /// Split so often, a piece is shorter than the rounding of its points.
  private static final int DEEPEST_F32 = 18;

  private static final int DEEPEST_F64 = 45;

  private final Quadrature.Adaptive how;
  private final int n;
  private final DType dtype;
  private final double tolerance;
  private final int rows;
  private final Player<List<Tensor>, Tensor> scalars;
  private final Player<List<Tensor>, List<Tensor>> integrand;
  private final Spec[] specs;
  private final double[][] totals;
  private final double[] scale;
  private final double[] rounding;
  private final double[] accepted;
  private final long[] runs;
  private double[] base = {};
  private double[] step = {};
  private double @Nullable [] known;

  /// A piece of the path of one example, and f at its ends.
  private record Piece(int example, double from, double to, double before, double after) {
    double length() {
      return to - from;
    }
  }

  /// The integrals, (n, …) each, the scalar at both ends, and how often the model was run on an
  /// example at most.
  record Result(List<Tensor> integrals, Tensor atBase, Tensor atEnd, long evaluations) {}

  /// Memory for integrals along paths like this one: of as many examples of one shape.
  AdaptiveIntegral(Path path, Quadrature.Adaptive how) {
    if (path.step().recording() != null) {
      throw readsValues();
    }
    this.how = how;
    n = path.base().size(0);
    dtype = path.base().dtype();
    tolerance = how.tolerance().orElse(dtype == DType.F32 ? 1e-4 : 1e-6);
    rows = Batches.rows(path.base(), NODES[0]);
    Tape<List<Tensor>, Tensor> answers = path.scalars(rows);
    Tape<List<Tensor>, List<Tensor>> flows = path.integrand(rows);
    if (answers.isOpen() || flows.isOpen()) {
      throw readsValues();
    }
    scalars = answers.player();
    integrand = flows.player();
    List<Spec> made = flows.outputSpecs();
    specs = made.subList(0, made.size() - 1).toArray(Spec[]::new);
    totals = new double[specs.length][];
    Arrays.setAll(totals, k -> new double[n * (specs[k].shape().elements() / rows)]);
    scale = new double[n];
    rounding = new double[n];
    accepted = new double[n];
    runs = new long[n];
  }

  static Result of(Path path, Quadrature.Adaptive how) {
    return new AdaptiveIntegral(path, how).along(path);
  }

  private static IllegalStateException readsValues() {
    return new IllegalStateException(
        "an adaptive quadrature reads values, which a recording may not; give a fixed one, as"
            + " Quadrature.gaussLegendre(32)");
  }

  /// The integrals along a path with the model, target and integrand of the first.
  Result along(Path path) {
    base = path.base().toDoubles();
    step = path.step().toDoubles();
    known = path.target().perExample().map(Tensor::toDoubles).orElse(null);
    for (double[] total : totals) {
      Arrays.fill(total, 0);
    }
    Arrays.fill(accepted, 0);
    Arrays.fill(runs, 0);
    List<Piece> ends = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      ends.add(new Piece(e, 0, 1, 0, 0));
    }
    double[] first = scalarsAt(ends, new double[n]);
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    double[] last = scalarsAt(ends, ones);
    List<Piece> pieces = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      scale[e] = Math.max(Math.abs(first[e]), Math.abs(last[e]));
      pieces.add(new Piece(e, 0, 1, first[e], last[e]));
    }
    for (int depth = 0; !pieces.isEmpty(); depth++) {
      pieces = level(pieces, depth);
    }
    List<Tensor> integrals = new ArrayList<>();
    for (int k = 0; k < totals.length; k++) {
      Block sum = Block.allocate(specs[k].with(specs[k].shape().with(0, n)));
      for (int i = 0; i < sum.size(); i++) {
        sum.set(i, totals[k][i]);
      }
      integrals.add(Tensor.over(sum));
    }
    long most = Arrays.stream(runs).max().orElse(0);
    return new Result(integrals, Tensor.of(first).to(dtype), Tensor.of(last).to(dtype), most);
  }

  private static int nodesAt(int depth) {
    return NODES[Math.min(depth, NODES.length - 1)];
  }

  // ---- one level ----

  /// What each example may do at one level: the error of a piece that is kept, and how many pieces
  /// it may still split.
  private record Budget(double[] error, long[] splits) {}

  /// Computes all pieces of one depth, keeps those that fit, and answers the parts of the others.
  private List<Piece> level(List<Piece> pieces, int depth) {
    int q = nodesAt(depth);
    Budget budget = budget(pieces, depth);
    List<Piece> parts = new ArrayList<>();
    int many = rows / q;
    for (int from = 0; from < pieces.size(); from += many) {
      List<Piece> some = pieces.subList(from, Math.min(from + many, pieces.size()));
      play(some, q);
      if (depth == 0) {
        for (int p = 0; p < some.size(); p++) {
          noteRounding(some.get(p).example(), p * q);
        }
      }
      settle(some, q, budget, parts);
    }
    return parts;
  }

  private Budget budget(List<Piece> pieces, int depth) {
    int[] count = new int[n];
    pieces.forEach(piece -> count[piece.example()]++);
    double[] error = new double[n];
    long[] splits = new long[n];
    boolean deepest = depth >= (dtype == DType.F32 ? DEEPEST_F32 : DEEPEST_F64);
    for (int e = 0; e < n; e++) {
      error[e] = (tolerance * scale[e] - accepted[e]) / (2 * Math.max(1, count[e]));
      long left = how.most() - runs[e] - (long) count[e] * nodesAt(depth);
      // A split costs one run at the place and the nodes of both parts.
      splits[e] = deepest ? 0 : Math.max(0, left) / (1 + 2L * nodesAt(depth + 1));
    }
    return new Budget(error, splits);
  }

  /// Keeps each piece that has been played, or splits it.
  private void settle(List<Piece> played, int q, Budget budget, List<Piece> parts) {
    double[] weights = Quadrature.gaussLegendre(q).weights();
    double[] nodes = Quadrature.gaussLegendre(q).nodes();
    List<Piece> missed = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Double> cuts = new ArrayList<>();
    for (int p = 0; p < played.size(); p++) {
      Piece piece = played.get(p);
      int e = piece.example();
      double growth = 0;
      for (int k = 0; k < q; k++) {
        growth += weights[k] * piece.length() * slope(p * q + k, e);
      }
      double error = Math.abs(piece.after() - piece.before() - growth);
      if (!fits(error, hidden(p, q, e), e, budget) && budget.splits()[e] > 0) {
        budget.splits()[e]--;
        missed.add(piece);
        places.add(p);
        cuts.add(q == 2 ? kink(piece, p, nodes) : Double.NaN);
      } else {
        accepted[e] += error;
        keep(piece, p * q, weights, piece.length());
      }
    }
    split(missed, places, cuts, budget, parts);
  }

  private void split(
      List<Piece> missed,
      List<Integer> places,
      List<Double> kinks,
      Budget budget,
      List<Piece> parts) {
    double[] at = new double[missed.size()];
    for (int i = 0; i < at.length; i++) {
      Piece piece = missed.get(i);
      at[i] = Double.isNaN(kinks.get(i)) ? (piece.from() + piece.to()) / 2 : kinks.get(i);
    }
    double[] value = at.length == 0 ? at : scalarsAt(missed, at);
    for (int i = 0; i < at.length; i++) {
      Piece piece = missed.get(i);
      int e = piece.example();
      if (!Double.isNaN(kinks.get(i))) {
        int row = 2 * places.get(i);
        double error = offTheLines(piece, row, at[i], value[i]);
        if (fits(error, hidden(places.get(i), 2, e), e, budget)) {
          accepted[e] += error;
          keep(piece, row, new double[] {at[i] - piece.from(), piece.to() - at[i]}, 1);
          continue;
        }
      }
      parts.add(new Piece(e, piece.from(), at[i], piece.before(), value[i]));
      parts.add(new Piece(e, at[i], piece.to(), value[i], piece.after()));
    }
  }

  /// Whether a piece is good enough, if its scores are wrong by `hidden` times what their sum is.
  private boolean fits(double error, double hidden, int e, Budget budget) {
    return Double.isNaN(error) || error <= rounding[e] || error * hidden <= budget.error()[e];
  }

  /// By how much more the scores of a piece may be wrong than their sum, in which they cancel. At a
  /// kink it is the change of all terms over the change of their sum; a long piece, where chance
  /// could make several kinks cancel, must fit so much better.
  private double hidden(int place, int q, int e) {
    if (q > 2) {
      return LONG;
    }
    Block gradient = integrand.output(0);
    int each = gradient.size() / rows;
    int left = 2 * place * each;
    double change = 0;
    double all = 0;
    for (int i = 0; i < each; i++) {
      double term = (gradient.get(left + each + i) - gradient.get(left + i)) * step[e * each + i];
      change += term;
      all += Math.abs(term);
    }
    return all == 0 ? 1 : Math.max(1, all / Math.abs(change));
  }

  /// Where two straight lines, with the slopes at the two nodes, meet on the way from one end to
  /// the other; NaN unless between the nodes.
  private double kink(Piece piece, int place, double... nodes) {
    double left = slope(2 * place, piece.example());
    double right = slope(2 * place + 1, piece.example());
    double growth = piece.after() - piece.before();
    double at = piece.from() + (growth - right * piece.length()) / (left - right);
    boolean between =
        at > piece.from() + nodes[0] * piece.length()
            && at < piece.from() + nodes[1] * piece.length();
    return between ? at : Double.NaN;
  }

  /// How far f is from two straight lines that meet at a kink: there, and at both nodes.
  private double offTheLines(Piece piece, int row, double kink, double value) {
    double[] nodes = Quadrature.gaussLegendre(2).nodes();
    double left = slope(row, piece.example());
    double right = slope(row + 1, piece.example());
    Block f = integrand.output(specs.length);
    double atKink = piece.before() + left * (kink - piece.from()) - value;
    double atFirst = piece.before() + left * nodes[0] * piece.length() - f.get(row);
    double atSecond = piece.after() - right * nodes[0] * piece.length() - f.get(row + 1);
    return Math.max(Math.abs(atKink), Math.max(Math.abs(atFirst), Math.abs(atSecond)));
  }

  /// Gradient times step at a row.
  private double slope(int row, int e) {
    Block gradient = integrand.output(0);
    int each = gradient.size() / rows;
    double sum = 0;
    for (int i = 0; i < each; i++) {
      sum += gradient.get(row * each + i) * step[e * each + i];
    }
    return sum;
  }

  /// Below the rounding of f and of the sum over the features an error cannot be seen.
  private void noteRounding(int e, int row) {
    Block gradient = integrand.output(0);
    int each = gradient.size() / rows;
    double sum = 0;
    for (int i = 0; i < each; i++) {
      sum += Math.abs(gradient.get(row * each + i) * step[e * each + i]);
    }
    rounding[e] = (dtype == DType.F32 ? 0x1p-22 : 0x1p-51) * Math.max(scale[e], sum);
  }

  private void keep(Piece piece, int row, double[] weights, double length) {
    for (int k = 0; k < totals.length; k++) {
      Block values = integrand.output(k);
      int each = values.size() / rows;
      int to = piece.example() * each;
      for (int j = 0; j < weights.length; j++) {
        int from = (row + j) * each;
        double weight = weights[j] * length;
        for (int i = 0; i < each; i++) {
          totals[k][to + i] += weight * values.get(from + i);
        }
      }
    }
  }

  // ---- rows ----

  private void play(List<Piece> pieces, int q) {
    double[] nodes = Quadrature.gaussLegendre(q).nodes();
    for (int p = 0; p < pieces.size(); p++) {
      Piece piece = pieces.get(p);
      runs[piece.example()] += q;
      for (int k = 0; k < q; k++) {
        put(integrand, p * q + k, piece.example(), piece.from() + nodes[k] * piece.length());
      }
    }
    integrand.play();
  }

  private double[] scalarsAt(List<Piece> pieces, double[] at) {
    double[] values = new double[at.length];
    for (int from = 0; from < at.length; from += rows) {
      int to = Math.min(from + rows, at.length);
      for (int i = from; i < to; i++) {
        runs[pieces.get(i).example()]++;
        put(scalars, i - from, pieces.get(i).example(), at[i]);
      }
      scalars.play();
      for (int i = from; i < to; i++) {
        values[i] = scalars.output(0).get(i - from);
      }
    }
    return values;
  }

  /// Writes a point of an example's path, the path's direction and what the target knows into a
  /// row.
  private void put(Player<List<Tensor>, ?> player, int row, int e, double at) {
    int each = base.length / n;
    Block points = player.input(0);
    Block directions = player.input(1);
    for (int i = 0; i < each; i++) {
      points.set(row * each + i, base[e * each + i] + at * step[e * each + i]);
      directions.set(row * each + i, step[e * each + i]);
    }
    if (known != null) {
      int width = known.length / n;
      for (int i = 0; i < width; i++) {
        player.input(2).set(row * width + i, known[e * width + i]);
      }
    }
  }
}
