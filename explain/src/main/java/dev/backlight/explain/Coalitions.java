package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// A model as a game whose players are regions of the input: `v(S)` is the explained scalar when
/// the regions in S are as in x and all others as in the baseline.
///
/// Methods that weigh coalitions by their members alone are linear in `v`, so they are written as
/// one matrix (coalitions, players), and their scores are Tensor language.
record Coalitions(
    Function<Tensor, Tensor> model, Tensor x, Tensor base, Target target, List<int[]> regions) {
  /// The game of a batch; every element must be in one region.
  static Coalitions of(
      String method,
      Function<Tensor, Tensor> model,
      Tensor x,
      Baseline baseline,
      Regions regions,
      Target target) {
    return new Coalitions(
        model, x, baseline.like(x), target, parts(method, regions, x.shape().without(0)));
  }

  /// Regions that hold every element of an example once.
  static List<int[]> parts(String method, Regions regions, Shape example) {
    List<int[]> all = List.copyOf(regions.of(example));
    int[] holding = new int[example.elements()];
    for (int[] region : all) {
      for (int j : region) {
        if (j < 0 || j >= holding.length) {
          throw new ShapeException(
              method + " needs regions of elements 0.." + (holding.length - 1) + ", got " + j);
        }
        holding[j]++;
      }
    }
    for (int j = 0; j < holding.length; j++) {
      if (holding[j] != 1) {
        throw new ShapeException(
            method
                + " needs regions that hold every element once, got element "
                + j
                + " in "
                + holding[j]
                + " of them");
      }
    }
    if (all.isEmpty()) {
      throw new ShapeException(method + " needs at least one element, got examples " + example);
    }
    return all;
  }

  /// Coalition k has the players whose bits are set.
  static boolean[] members(int k, int players) {
    boolean[] in = new boolean[players];
    for (int i = 0; i < players; i++) {
      in[i] = (k >> i & 1) == 1;
    }
    return in;
  }

  int players() {
    return regions.size();
  }

  /// `v(S)` for every example and coalition, (n, m). A coalition says of every player whether it is
  /// in.
  Tensor values(List<boolean[]> coalitions) {
    int n = x.size(0);
    int m = coalitions.size();
    int each = x.elements() / n;
    Block in = Block.allocate(Spec.of(Shape.of(m, 1, each), DType.BOOL));
    for (int k = 0; k < m; k++) {
      boolean[] members = coalitions.get(k);
      for (int i = 0; i < members.length; i++) {
        if (members[i]) {
          for (int j : regions.get(i)) {
            in.bool()[k * each + j] = true;
          }
        }
      }
    }
    Shape many = x.shape().with(0, m * n);
    Tensor mask = Tensor.over(in).expand(Shape.of(m, n, each)).reshape(many);
    Tensor there = mask.where(Batches.repeated(x, m), Batches.repeated(base, m));
    return Recorded.scalars(model, there, target.repeated(m)).reshape(m, n).transpose();
  }

  /// The values of coalitions, (n, asked), asked in blocks: of all, or of as many as are enough, to
  /// the progress or by the values that there are.
  Tensor ask(List<boolean[]> coalitions, Progress progress, Predicate<Tensor> enough) {
    int count = coalitions.size();
    int most = Batches.copies(x, count);
    int next = Drawing.FEWEST;
    List<Tensor> answers = new ArrayList<>();
    for (int from = 0; from < count; from += most) {
      int to = Math.min(from + most, count);
      answers.add(values(coalitions.subList(from, to)));
      progress.at(to, count);
      if (progress.enough()) {
        break;
      }
      if (to >= next && to < count) {
        if (enough.test(Tensor.concat(1, answers))) {
          break;
        }
        next = Drawing.later(to);
      }
    }
    return Tensor.concat(1, answers);
  }

  /// The standard errors of coefficients `Σ_k v(S_k) weight_k` of a regression, (n, players), from
  /// what it leaves of the values, (n, asked): the sandwich estimate `Σ_k (weight_k e_k)²` about
  /// its mean, for a model that is not linear, with the correction for few draws.
  ///
  /// @param together how many coalitions in a row are one draw
  /// @param fitted how many numbers were fitted
  Tensor errors(Tensor residuals, List<double[]> weights, int together, int fitted) {
    int n = residuals.size(0);
    int draws = residuals.size(1) / together;
    Tensor w = matrix(weights, DType.F64).slice(0, 0, draws * together);
    Tensor e = residuals.to(DType.F64).slice(1, 0, draws * together);
    Tensor[] ws = new Tensor[together];
    Tensor[] es = new Tensor[together];
    for (int k = 0; k < together; k++) {
      ws[k] = w.reshape(draws, together, players()).slice(1, k, k + 1).squeeze(1);
      es[k] = e.reshape(n, draws, together).slice(2, k, k + 1).squeeze(2);
    }
    Tensor squares = Tensor.zeros(Shape.of(n, players()), DType.F64);
    for (int k = 0; k < together; k++) {
      for (int l = 0; l < together; l++) {
        squares = squares.add(es[k].mul(es[l]).matmul(ws[k].mul(ws[l])));
      }
    }
    squares = squares.sub(e.matmul(w).square().div(draws)).relu();
    int asked = draws * together;
    return squares.mul((double) asked / Math.max(1, asked - fitted)).sqrt();
  }

  /// Which player is in which coalition, (coalitions, players).
  private static List<double[]> rows(List<boolean[]> coalitions) {
    List<double[]> rows = new ArrayList<>();
    for (boolean[] in : coalitions) {
      double[] row = new double[in.length];
      for (int i = 0; i < row.length; i++) {
        row[i] = in[i] ? 1 : 0;
      }
      rows.add(row);
    }
    return rows;
  }

  private static Tensor matrix(List<double[]> rows, DType dtype) {
    int width = rows.getFirst().length;
    Block matrix = Block.allocate(Spec.of(Shape.of(rows.size(), width), dtype));
    for (int k = 0; k < rows.size(); k++) {
      double[] row = rows.get(k);
      for (int i = 0; i < width; i++) {
        matrix.set(k * width + i, row[i]);
      }
    }
    return Tensor.over(matrix);
  }

  /// What a linear model of members answers for coalitions, (n, coalitions), from a number for
  /// every player, (n, players).
  Tensor linear(Tensor scores, List<boolean[]> coalitions) {
    return scores.matmul(matrix(rows(coalitions), x.dtype()), false, true);
  }

  /// `Σ_S v(S) weight(S)`, (n, players), for a row of weights for every coalition.
  Tensor weighted(Tensor values, List<double[]> weights) {
    return values.matmul(matrix(weights, x.dtype()));
  }

  /// Scores of players (n, players) written on every element of their regions, of the shape of x.
  Tensor spread(Tensor scores) {
    int[] owner = new int[x.elements() / x.size(0)];
    for (int i = 0; i < regions.size(); i++) {
      for (int j : regions.get(i)) {
        owner[j] = i;
      }
    }
    return scores.take(1, Tensor.of(owner)).reshape(x.shape());
  }
}
