package dev.backlight.explain;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Integrals along a path by halving the pieces whose error is too large.
///
/// The error of a piece is exact: the sum of gradient times step over it must be what f grew by. Every example
/// has pieces of its own; piece number s of all examples is computed in one replay. A piece is kept when its
/// error is at most half of what is left of the tolerance, shared evenly among the pieces at hand.
final class AdaptiveIntegral {
  /// Nodes of a piece by how often the path has been halved. Smooth models are done while pieces are long;
  /// short ones surround a kink, where no order helps.
  private static final int[] NODES = {16, 8, 8, 4, 4, 4, 2};

  private final Path path;
  private final Quadrature.Adaptive how;
  private final int n;
  private final DType dtype;
  private final double tolerance;
  private final Player<Tensor, Tensor> scalars;
  private final Map<Integer, Player<List<Tensor>, List<Tensor>>> sums = new HashMap<>();
  private final double[] step;
  private final double[] scale;
  private final double[] accepted;
  private double[][] totals = {};
  private Spec[] specs = {};
  private long nodes;
  private long scalarRuns;

  /// A piece of the path of one example, and f at its ends.
  private record Piece(double from, double to, double before, double after) {}

  /// The integrals, (n, …) each, the scalar at both ends, and how often the model was run on each example.
  record Result(List<Tensor> integrals, Tensor atBase, Tensor atEnd, long evaluations) {}

  private AdaptiveIntegral(Path path, Quadrature.Adaptive how) {
    this.path = path;
    this.how = how;
    n = path.base().size(0);
    dtype = path.base().dtype();
    tolerance = how.tolerance().orElse(dtype == DType.F32 ? 1e-4 : 1e-6);
    if (path.step().recording() != null) {
      throw readsValues();
    }
    Tape<Tensor, Tensor> tape = path.scalars();
    if (tape.isOpen()) {
      throw readsValues();
    }
    scalars = tape.player();
    step = path.step().toDoubles();
    scale = new double[n];
    accepted = new double[n];
  }

  static Result of(Path path, Quadrature.Adaptive how) {
    return new AdaptiveIntegral(path, how).integrate();
  }

  private static IllegalStateException readsValues() {
    return new IllegalStateException(
        "an adaptive quadrature reads values, which a recording may not; give a fixed one, as"
            + " Quadrature.gaussLegendre(32)");
  }

  private Result integrate() {
    double[] zeros = new double[n];
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    double[] first = scalarsAt(zeros);
    double[] last = scalarsAt(ones);
    List<List<Piece>> pieces = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      scale[e] = Math.max(Math.abs(first[e]), Math.abs(last[e]));
      pieces.add(List.of(new Piece(0, 1, first[e], last[e])));
    }
    int deepest = dtype == DType.F32 ? 18 : 45;
    for (int depth = 0; most(pieces) > 0; depth++) {
      pieces = halved(level(pieces, depth, depth < deepest));
    }
    List<Tensor> integrals = new ArrayList<>();
    for (int k = 0; k < totals.length; k++) {
      Block sum = Block.allocate(specs[k]);
      for (int i = 0; i < sum.size(); i++) {
        sum.set(i, totals[k][i]);
      }
      integrals.add(Tensor.over(sum));
    }
    return new Result(integrals, column(first), column(last), nodes + scalarRuns);
  }

  private Tensor column(double[] values) {
    return Tensor.of(values).to(dtype);
  }

  private static int most(List<List<Piece>> pieces) {
    return pieces.stream().mapToInt(List::size).max().orElse(0);
  }

  /// Computes all pieces of one size, keeps those that fit and answers the others.
  private List<List<Piece>> level(List<List<Piece>> pieces, int depth, boolean mayHalve) {
    int q = nodesAt(depth);
    int slots = most(pieces);
    nodes += (long) slots * q;
    long room = mayHalve ? Math.max(0, how.most() - nodes) / (2L * nodesAt(depth + 1)) : 0;
    double[] allowed = new double[n];
    for (int e = 0; e < n; e++) {
      double left = tolerance * scale[e] - accepted[e];
      // Below the rounding of f itself an error cannot be seen.
      double noise = (dtype == DType.F32 ? 0x1p-22 : 0x1p-51) * scale[e];
      allowed[e] = Math.max(noise, left / (2 * Math.max(1, pieces.get(e).size())));
    }
    Player<List<Tensor>, List<Tensor>> player = sums.computeIfAbsent(q, this::playerFor);
    double[] places = Quadrature.gaussLegendre(q).nodes();
    double[] weights = Quadrature.gaussLegendre(q).weights();
    List<List<Piece>> missed = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      missed.add(new ArrayList<>());
    }
    for (int slot = 0; slot < slots; slot++) {
      for (int e = 0; e < n; e++) {
        boolean empty = slot >= pieces.get(e).size();
        Piece piece = empty ? new Piece(0, 1, 0, 0) : pieces.get(e).get(slot);
        double length = piece.to() - piece.from();
        for (int k = 0; k < q; k++) {
          player.input(0).set(k * n + e, piece.from() + places[k] * length);
          player.input(1).set(k * n + e, weights[k] * length);
        }
      }
      player.play();
      for (int e = 0; e < n; e++) {
        if (slot < pieces.get(e).size()) {
          Piece piece = pieces.get(e).get(slot);
          double error = Math.abs(piece.after() - piece.before() - growth(player.output(0), e));
          if (error > allowed[e] && missed.get(e).size() < room) {
            missed.get(e).add(piece);
          } else {
            accepted[e] += error;
            keep(player, e);
          }
        }
      }
    }
    return missed;
  }

  private Player<List<Tensor>, List<Tensor>> playerFor(int m) {
    Tape<List<Tensor>, List<Tensor>> tape = path.sums(m);
    if (totals.length == 0) {
      specs = tape.outputSpecs().toArray(Spec[]::new);
      totals = new double[specs.length][];
      Arrays.setAll(totals, k -> new double[specs[k].shape().elements()]);
    }
    return tape.player();
  }

  private static int nodesAt(int depth) {
    return NODES[Math.min(depth, NODES.length - 1)];
  }

  /// Gradient times step of one example.
  private double growth(Block gradient, int e) {
    int each = gradient.size() / n;
    double sum = 0;
    for (int i = e * each; i < (e + 1) * each; i++) {
      sum += gradient.get(i) * step[i];
    }
    return sum;
  }

  private void keep(Player<List<Tensor>, List<Tensor>> player, int e) {
    for (int k = 0; k < totals.length; k++) {
      Block part = player.output(k);
      int each = part.size() / n;
      for (int i = e * each; i < (e + 1) * each; i++) {
        totals[k][i] += part.get(i);
      }
    }
  }

  /// Each piece as two, with f at their common end.
  private List<List<Piece>> halved(List<List<Piece>> pieces) {
    List<List<Piece>> halves = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      halves.add(new ArrayList<>());
    }
    for (int slot = 0; slot < most(pieces); slot++) {
      double[] middle = new double[n];
      for (int e = 0; e < n; e++) {
        if (slot < pieces.get(e).size()) {
          Piece piece = pieces.get(e).get(slot);
          middle[e] = (piece.from() + piece.to()) / 2;
        }
      }
      double[] value = scalarsAt(middle);
      for (int e = 0; e < n; e++) {
        if (slot < pieces.get(e).size()) {
          Piece piece = pieces.get(e).get(slot);
          halves.get(e).add(new Piece(piece.from(), middle[e], piece.before(), value[e]));
          halves.get(e).add(new Piece(middle[e], piece.to(), value[e], piece.after()));
        }
      }
    }
    return halves;
  }

  private double[] scalarsAt(double[] alpha) {
    scalarRuns++;
    for (int e = 0; e < n; e++) {
      scalars.input(0).set(e, alpha[e]);
    }
    scalars.play();
    double[] values = new double[n];
    for (int e = 0; e < n; e++) {
      values[e] = scalars.output(0).get(e);
    }
    return values;
  }
}
