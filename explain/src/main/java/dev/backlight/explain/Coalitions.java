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

  /// The values of coalitions, (n, asked), asked in blocks: of all, or of as many as are enough.
  Tensor ask(List<boolean[]> coalitions, Progress progress) {
    int count = coalitions.size();
    int most = Batches.copies(x, count);
    List<Tensor> answers = new ArrayList<>();
    for (int from = 0; from < count; from += most) {
      int to = Math.min(from + most, count);
      answers.add(values(coalitions.subList(from, to)));
      progress.at(to, count);
      if (progress.enough()) {
        break;
      }
    }
    return Tensor.concat(1, answers);
  }

  /// `Σ_S v(S) weight(S)`, (n, players), for a row of weights for every coalition.
  Tensor weighted(Tensor values, List<double[]> weights) {
    Block matrix = Block.allocate(Spec.of(Shape.of(weights.size(), players()), x.dtype()));
    for (int k = 0; k < weights.size(); k++) {
      double[] row = weights.get(k);
      for (int i = 0; i < row.length; i++) {
        matrix.set(k * row.length + i, row[i]);
      }
    }
    return values.matmul(Tensor.over(matrix));
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
