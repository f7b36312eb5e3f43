package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithCotangent;
import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The straight path from a baseline to x, `p(α) = b + α (x − b)`, and integrals along it.
///
/// Points are computed in blocks: `m` nodes for each of the `n` examples are `m · n` rows of one
/// batch, because a wide replay costs less per row. Blocks are summed by `Tape.sumOver`, so memory
/// does not grow with them.
///
/// @param model what is explained
/// @param target decided before
/// @param base where the path begins
/// @param step what leads from there to x
/// @param integrand what is integrated
record Path(
    Function<Tensor, Tensor> model, Target target, Tensor base, Tensor step, Integrand integrand) {
  /// From the model recorded at points (rows, …) and the path's direction there to what is
  /// integrated: tensors whose first axis is the rows. The first is the gradient.
  interface Integrand {
    List<Tensor> at(Recorded points, Tensor direction);
  }

  static Path to(
      Tensor x, Tensor base, Function<Tensor, Tensor> model, Target target, Integrand integrand) {
    return new Path(model, target, base, x.sub(base), integrand);
  }

  private int examples() {
    return base.size(0);
  }

  /// The integrals by a given rule, in Tensor language: (n, …) each.
  List<Tensor> by(Quadrature.Fixed rule) {
    return by(rule, Batches.even(examples(), base.elements() / examples(), rule.size()));
  }

  private List<Tensor> by(Quadrature.Fixed rule, int m) {
    return over(rule, m, this::sum);
  }

  /// A sum over the nodes of a rule in blocks of `m` for each example.
  List<Tensor> over(Quadrature.Fixed rule, int m, BiFunction<Tensor, Tensor, List<Tensor>> block) {
    int n = examples();
    int blocks = (rule.size() + m - 1) / m;
    double[] nodes = rule.nodes();
    double[] weights = rule.weights();
    Spec spec = Spec.of(Shape.of(blocks, m, n), base.dtype());
    Block alpha = Block.allocate(spec);
    Block weight = Block.allocate(spec);
    for (int i = 0; i < alpha.size(); i++) {
      int k = i / n;
      // A last block that is not full repeats the last node with weight 0.
      alpha.set(i, nodes[Math.min(k, nodes.length - 1)]);
      weight.set(i, k < weights.length ? weights[k] : 0);
    }
    return Tape.sumOver(
        pair -> block.apply(pair.getFirst(), pair.getLast()),
        List.of(Tensor.over(alpha), Tensor.over(weight)));
  }

  /// The integral of the gradient by a given rule, in Tensor language, (n, …).
  ///
  /// Where a model begins affinely, `v = A p + c`, so does the path go there: `v(α) = v(0) + α
  /// (v(1) − v(0))`. So the beginning is run for the two ends only, and as its transpose is linear,
  /// it takes the sum of all cotangents once: exact, and the first layer costs two points instead
  /// of all.
  Tensor gradient(Quadrature.Fixed rule) {
    Tensor end = base.add(step);
    Recorded once = Recorded.of(model, end, target);
    List<Node> first = once.tape().affinePrefix();
    // Blocks whose widest values stay in the second cache: a transformer takes a quarter less time
    // than in blocks that are large enough for its products alone.
    int m = Batches.even(examples(), once.widest(), rule.size());
    if (rule.size() < 3 || first.isEmpty() || !isByRow(first, examples())) {
      return by(rule, m).getFirst();
    }
    Tape<Tensor, List<Tensor>> prefix = once.tape().at(first);
    List<Tensor> from = prefix.run(base);
    List<Tensor> to = prefix.run(end);
    List<Tensor> way = new ArrayList<>();
    for (int k = 0; k < from.size(); k++) {
      way.add(to.get(k).sub(from.get(k)));
    }
    Tensor points = Batches.repeated(end, m);
    Recorded many = Recorded.of(model, points, target.repeated(m));
    List<Node> last = many.tape().affinePrefix();
    if (last.size() != first.size() || !isByRow(last, m * examples())) {
      return by(rule, m).getFirst();
    }
    Tape<WithCotangent<List<Tensor>, Tensor>, List<Tensor>> rest =
        many.tape().from(last).vjp(Function.identity());
    List<Tensor> sums =
        over(
            rule,
            m,
            (alpha, weight) -> {
              List<Tensor> there = new ArrayList<>();
              for (int k = 0; k < from.size(); k++) {
                Tensor direction = Batches.repeated(way.get(k), m);
                there.add(
                    Batches.repeated(from.get(k), m)
                        .add(direction.mul(column(alpha, direction.rank()))));
              }
              return summed(rest.run(new WithCotangent<>(there, column(weight, 1))), weight);
            });
    return prefix.vjp(Function.<Tensor>identity()).run(new WithCotangent<>(base, sums));
  }

  /// Whether the values of nodes have the examples along their first axis.
  private static boolean isByRow(List<Node> nodes, int rows) {
    return nodes.stream()
        .map(node -> node.outputs().getFirst().shape())
        .allMatch(shape -> shape.rank() > 0 && shape.size(0) == rows);
  }

  /// `Σⱼ weightⱼ g(p(αⱼ))` over a block of nodes (m, n), an own node for every example.
  List<Tensor> sum(Tensor alpha, Tensor weight) {
    int m = alpha.size(0);
    Tensor direction = Batches.repeated(step, m);
    Tensor points = Batches.repeated(base, m).add(direction.mul(column(alpha, base.rank())));
    return weighted(
        integrand.at(Recorded.of(model, points, target.repeated(m)), direction), weight);
  }

  /// `Σⱼ weightⱼ valueⱼ` over a block of nodes (m, n), for values (m · n, …).
  static List<Tensor> weighted(List<Tensor> values, Tensor weight) {
    List<Tensor> weighted = new ArrayList<>();
    for (Tensor value : values) {
      weighted.add(value.mul(column(weight, value.rank())));
    }
    return summed(weighted, weight);
  }

  /// As [#weighted], for values that have their weights already: gradients have, if the weights are
  /// what flows back begins with.
  private static List<Tensor> summed(List<Tensor> values, Tensor weight) {
    List<Tensor> sums = new ArrayList<>();
    for (Tensor value : values) {
      int[] sizes = value.shape().sizes();
      int[] split = new int[sizes.length + 1];
      System.arraycopy(sizes, 0, split, 1, sizes.length);
      split[0] = weight.size(0);
      split[1] = weight.size(1);
      sums.add(value.reshape(Shape.of(split)).sum(0));
    }
    return sums;
  }

  /// One number for every row, (m, n), as (m · n, 1, …, 1).
  static Tensor column(Tensor each, int rank) {
    int[] sizes = new int[rank];
    Arrays.fill(sizes, 1);
    sizes[0] = each.elements();
    return each.reshape(Shape.of(sizes));
  }

  /// The integrand, and then the explained scalar, as a tape from rows of points, directions and
  /// what the target knows of each row, if it knows something. Recorded at x of the examples in
  /// turn.
  Tape<List<Tensor>, List<Tensor>> integrand(int rows) {
    return Tape.record(
        in -> {
          Recorded there = Recorded.of(model, in.get(0), target(in));
          List<Tensor> all = new ArrayList<>(integrand.at(there, in.get(1)));
          all.add(there.tape().run(there.x()));
          return all;
        },
        rows(rows));
  }

  /// The explained scalar as a tape from the same rows.
  Tape<List<Tensor>, Tensor> scalars(int rows) {
    return Tape.record(in -> Recorded.scalars(model, in.get(0), target(in)), rows(rows));
  }

  private Target target(List<Tensor> in) {
    return in.size() > 2 ? target.forExamples(in.get(2)) : target;
  }

  private List<Tensor> rows(int rows) {
    int copies = Math.ceilDiv(rows, examples());
    List<Tensor> in = new ArrayList<>();
    in.add(Batches.repeated(base.add(step), copies).slice(0, 0, rows));
    in.add(Batches.repeated(step, copies).slice(0, 0, rows));
    target
        .perExample()
        .ifPresent(known -> in.add(Batches.repeated(known, copies).slice(0, 0, rows)));
    return in;
  }
}
