package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Ensembles of decision trees. All trees are walked at once, level by level, so that a batch takes
/// as many steps as the deepest tree has levels.
///
/// They are piecewise constant: perturbations explain them, gradients are zero.
final class Trees {
  /// Nodes of all trees, in one numbering; a leaf is a node whose ways lead to itself.
  private final long[] feature;

  private final double[] split;
  private final int[] mode;
  private final double[][] sets;
  private final boolean[] missing;
  private final long[] yes;
  private final long[] no;
  private long[] roots;
  private double[] weights;
  private final int targets;
  private int depth;

  private Trees(int nodes, int targets) {
    this.feature = new long[nodes];
    this.split = new double[nodes];
    this.mode = new int[nodes];
    this.sets = new double[nodes][0];
    this.missing = new boolean[nodes];
    this.yes = new long[nodes];
    this.no = new long[nodes];
    this.roots = new long[0];
    this.targets = targets;
    Library.room(NodeCall.shape(nodes, targets));
    this.weights = new double[nodes * targets];
  }

  private static final List<String> MODES =
      List.of(
          "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "LEAF");
  private static final int LEAF = 6;
  private static final int MEMBER = 7;

  static void addTo(Operators all) {
    all.one("ai.onnx.ml.TreeEnsembleRegressor", Trees::regressor);
    all.add("ai.onnx.ml.TreeEnsembleClassifier", Trees::classifier);
    all.one("ai.onnx.ml.TreeEnsemble", Trees::ensemble);
  }

  // ---- reading ----

  private static <T> T needed(String name, @Nullable T value) {
    if (value == null) {
      throw new Refusal("needs attribute " + name + ", got none");
    }
    return value;
  }

  private static double @Nullable [] reals(NodeCall node, String name) {
    Value exact = node.tensor(name + "_as_tensor");
    if (exact != null) {
      return exact.tensor().toDoubles();
    }
    float[] floats = node.reals(name);
    if (floats == null) {
      return null;
    }
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  private record Place(long tree, long node) {}

  /// The trees of the first versions, whose nodes are numbered within each tree.
  private static Trees numbered(NodeCall node, String what, int targets) {
    long[] tree = needed("nodes_treeids", node.integers("nodes_treeids"));
    int n = tree.length;
    long[] own = sized(node, "nodes_nodeids", n);
    long[] yes = sized(node, "nodes_truenodeids", n);
    long[] no = sized(node, "nodes_falsenodeids", n);
    long[] feature = sized(node, "nodes_featureids", n);
    double[] split = needed("nodes_values", reals(node, "nodes_values"));
    List<String> modes = node.texts("nodes_modes");
    long[] missing = node.integers("nodes_missing_value_tracks_true");
    if (split.length != n || modes.size() != n || (missing != null && missing.length != n)) {
      throw new Refusal("needs " + n + " values and modes, got " + split.length);
    }
    Trees trees = new Trees(n, targets);
    Map<Place, Integer> places = new HashMap<>();
    for (int i = 0; i < n; i++) {
      if (places.put(new Place(tree[i], own[i]), i) != null) {
        throw new Refusal("needs nodes of different numbers, got two of " + own[i]);
      }
    }
    boolean[] reached = new boolean[n];
    for (int i = 0; i < n; i++) {
      trees.feature[i] = feature[i];
      trees.split[i] = split[i];
      trees.mode[i] = MODES.indexOf(modes.get(i));
      if (trees.mode[i] < 0) {
        throw new Refusal("needs modes of " + MODES + ", got " + modes.get(i));
      }
      trees.missing[i] = missing != null && missing[i] != 0;
      boolean leaf = trees.mode[i] == LEAF;
      trees.yes[i] = leaf ? i : found(places, tree[i], yes[i]);
      trees.no[i] = leaf ? i : found(places, tree[i], no[i]);
      if (!leaf) {
        reached[(int) trees.yes[i]] = true;
        reached[(int) trees.no[i]] = true;
      }
    }
    trees.rooted(reached);
    double[] weights = needed(what + "_weights", reals(node, what + "_weights"));
    long[] at = sized(node, what + "_nodeids", weights.length);
    long[] in = sized(node, what + "_treeids", weights.length);
    long[] target = sized(node, what + "_ids", weights.length);
    for (int i = 0; i < weights.length; i++) {
      trees.weigh(found(places, in[i], at[i]), target[i], weights[i]);
    }
    return trees;
  }

  private static long[] sized(NodeCall node, String name, int n) {
    long[] values = needed(name, node.integers(name));
    if (values.length != n) {
      throw new Refusal("needs " + n + " " + name + ", got " + values.length);
    }
    return values;
  }

  private static int found(Map<Place, Integer> places, long tree, long node) {
    Integer place = places.get(new Place(tree, node));
    if (place == null) {
      throw new Refusal("needs node " + node + " in tree " + tree + ", got none");
    }
    return place;
  }

  private void weigh(int node, long target, double weight) {
    if (target < 0 || target >= targets) {
      throw new Refusal("needs targets of 0.." + (targets - 1) + ", got " + target);
    }
    weights[node * targets + (int) target] += weight;
  }

  /// Roots are what no node leads to; then every path has to end.
  private void rooted(boolean[] reached) {
    long[] all = new long[reached.length];
    int n = 0;
    for (int i = 0; i < reached.length; i++) {
      if (!reached[i]) {
        all[n++] = i;
      }
    }
    roots = Arrays.copyOf(all, n);
    measured();
  }

  /// How many levels the deepest tree has.
  private void measured() {
    boolean[] now = new boolean[feature.length];
    for (long root : roots) {
      now[(int) root] = true;
    }
    for (depth = 0; ; depth++) {
      boolean[] next = new boolean[now.length];
      boolean inner = false;
      for (int i = 0; i < now.length; i++) {
        if (now[i] && mode[i] != LEAF) {
          inner = true;
          next[(int) yes[i]] = true;
          next[(int) no[i]] = true;
        }
      }
      if (!inner) {
        return;
      }
      if (depth > now.length) {
        throw new Refusal("needs trees, got a node that leads back to itself");
      }
      now = next;
    }
  }

  /// The trees of version 5, with leaves of their own.
  private static Tensor ensemble(NodeCall node) {
    int inner = needed("nodes_featureids", node.integers("nodes_featureids")).length;
    Value leafWeights = needed("leaf_weights", node.tensor("leaf_weights"));
    double[] leaves = leafWeights.tensor().toDoubles();
    long[] leafTargets = sized(node, "leaf_targetids", leaves.length);
    Trees trees = new Trees(inner + leaves.length, node.size("n_targets", 1));
    long[] feature = sized(node, "nodes_featureids", inner);
    double[] split = needed("nodes_splits", node.tensor("nodes_splits")).tensor().toDoubles();
    long[] modes =
        NodeCall.longs(needed("nodes_modes", node.tensor("nodes_modes")).tensor().to(DType.I64));
    long[] missing = node.integers("nodes_missing_value_tracks_true");
    if (split.length != inner || modes.length != inner) {
      throw new Refusal("needs " + inner + " splits and modes, got " + split.length);
    }
    for (int i = 0; i < inner; i++) {
      // The seventh mode of this version asks for a set, as there are no leaves among the nodes.
      if (modes[i] < 0 || modes[i] > 6) {
        throw new Refusal("needs modes of 0..6, got " + modes[i]);
      }
      trees.feature[i] = feature[i];
      trees.split[i] = split[i];
      trees.mode[i] = modes[i] == 6 ? MEMBER : (int) modes[i];
      trees.missing[i] = missing != null && i < missing.length && missing[i] != 0;
      trees.yes[i] = branch(node, "true", i, inner, leaves.length);
      trees.no[i] = branch(node, "false", i, inner, leaves.length);
    }
    for (int i = 0; i < leaves.length; i++) {
      int place = inner + i;
      trees.mode[place] = LEAF;
      trees.yes[place] = place;
      trees.no[place] = place;
      trees.weigh(place, leafTargets[i], leaves[i]);
    }
    trees.gather(node.tensor("membership_values"));
    trees.roots = needed("tree_roots", node.integers("tree_roots"));
    for (long root : trees.roots) {
      if (root < 0 || root >= inner) {
        throw new Refusal("needs roots of 0.." + (inner - 1) + ", got " + root);
      }
    }
    trees.measured();
    String how =
        List.of("AVERAGE", "SUM", "MIN", "MAX")
            .get(Math.clamp(node.size("aggregate_function", 1), 0, 3));
    Tensor y = trees.answers(node, how);
    int post = node.size("post_transform", 0);
    return Transforms.apply(
        post < 0 || post >= Transforms.NAMES.size() ? "?" : Transforms.NAMES.get(post), y);
  }

  /// Gives each node that asks for a set its own: one after the other, each ends with a NaN.
  private void gather(@Nullable Value values) {
    double[] all = values == null ? new double[0] : values.tensor().toDoubles();
    int at = 0;
    for (int i = 0; i < mode.length; i++) {
      if (mode[i] == MEMBER) {
        int end = at;
        while (end < all.length && !Double.isNaN(all[end])) {
          end++;
        }
        if (end == at) {
          throw new Refusal("needs membership_values for every node that asks for them, got none");
        }
        sets[i] = Arrays.copyOfRange(all, at, end);
        at = end + 1;
      }
    }
  }

  private static long branch(NodeCall node, String which, int i, int inner, int leaves) {
    long to = sized(node, "nodes_" + which + "nodeids", inner)[i];
    boolean leaf = sized(node, "nodes_" + which + "leafs", inner)[i] != 0;
    if (to < 0 || to >= (leaf ? leaves : inner)) {
      throw new Refusal("needs branches to nodes that exist, got " + to);
    }
    return leaf ? inner + to : to;
  }

  // ---- answering ----

  /// What the leaves add up to: (n, targets).
  private Tensor answers(NodeCall node, String how) {
    Tensor given = node.x(0);
    Tensor x = given.dtype().isFloat() ? given : given.to(DType.F32);
    if (x.rank() == 1) {
      x = x.unsqueeze(0);
    }
    if (x.rank() != 2 || roots.length == 0) {
      throw new Refusal("needs rows (n, features) and a tree, got " + x.shape());
    }
    for (int i = 0; i < feature.length; i++) {
      if (mode[i] != LEAF && (feature[i] < 0 || feature[i] >= x.size(1))) {
        throw new Refusal("needs features of 0.." + (x.size(1) - 1) + ", got " + feature[i]);
      }
      if (mode[i] == LEAF) {
        feature[i] = 0;
      }
    }
    Shape walkers = Shape.of(x.size(0), roots.length);
    Tensor at = Tensor.of(roots).expand(walkers);
    for (int level = 0; level < depth; level++) {
      Tensor value = x.takeAlong(1, numbers(feature).take(0, at));
      Tensor goes = goes(value, at);
      at = goes.where(numbers(yes).take(0, at), numbers(no).take(0, at));
    }
    Tensor table = Tensor.of(Shape.of(feature.length, targets), weights).to(x.dtype());
    Tensor each = table.take(0, at); // (n, trees, targets)
    return switch (how) {
      case "SUM" -> each.sum(1);
      case "AVERAGE" -> each.sum(1).div(roots.length);
      case "MIN" -> each.amin(1);
      default -> each.amax(1);
    };
  }

  private static Tensor numbers(long[] numbers) {
    return Tensor.of(Shape.of(numbers.length), numbers);
  }

  private Tensor goes(Tensor value, Tensor at) {
    Tensor threshold = Tensor.of(Shape.of(split.length), split).to(value.dtype()).take(0, at);
    Tensor kind = modes().take(0, at);
    Tensor goes = null;
    for (int i = 0; i < LEAF; i++) {
      int which = i;
      if (Arrays.stream(mode).noneMatch(one -> one == which)) {
        continue;
      }
      Tensor holds =
          switch (i) {
            case 0 -> value.le(threshold);
            case 1 -> value.lt(threshold);
            case 2 -> value.ge(threshold);
            case 3 -> value.gt(threshold);
            case 4 -> value.eq(threshold);
            default -> value.ne(threshold);
          };
      Tensor mine = kind.eq(i).and(holds);
      goes = goes == null ? mine : goes.or(mine);
    }
    if (Arrays.stream(mode).anyMatch(one -> one == MEMBER)) {
      Tensor mine = kind.eq(MEMBER).and(isMember(value, at));
      goes = goes == null ? mine : goes.or(mine);
    }
    Tensor found = Objects.requireNonNull(goes);
    boolean some = false;
    for (boolean one : missing) {
      some |= one;
    }
    return some
        ? found.or(value.isNan().and(Tensor.of(Shape.of(missing.length), missing).take(0, at)))
        : found;
  }

  private Tensor isMember(Tensor value, Tensor at) {
    int most = Arrays.stream(sets).mapToInt(set -> set.length).max().orElse(0);
    Library.room(NodeCall.shape(sets.length, most));
    double[] table = new double[sets.length * most];
    Arrays.fill(table, Double.NaN);
    for (int i = 0; i < sets.length; i++) {
      System.arraycopy(sets[i], 0, table, i * most, sets[i].length);
    }
    Tensor all = Tensor.of(Shape.of(sets.length, most), table).to(value.dtype());
    return value.unsqueeze(value.rank()).eq(all.take(0, at)).any(value.rank());
  }

  private Tensor modes() {
    return Tensor.of(Shape.of(mode.length), mode);
  }

  private static Tensor based(NodeCall node, Tensor y) {
    double[] base = reals(node, "base_values");
    if (base == null || base.length == 0) {
      return y;
    }
    if (base.length != 1 && base.length != y.size(1)) {
      throw new Refusal("needs " + y.size(1) + " base_values, got " + base.length);
    }
    return y.add(Tensor.of(Shape.of(base.length), base).to(y.dtype()));
  }

  private static Tensor regressor(NodeCall node) {
    Trees trees = numbered(node, "target", node.size("n_targets", 1));
    String how =
        NodeCall.oneOf(
            "aggregate_function",
            node.text("aggregate_function", "SUM").toUpperCase(Locale.ROOT),
            "SUM",
            "AVERAGE",
            "MIN",
            "MAX");
    Tensor y = based(node, trees.answers(node, how));
    return Transforms.apply(node.text("post_transform", "NONE"), y);
  }

  private static List<Value> classifier(NodeCall node) {
    long[] labels = Transforms.labels(node, "classlabels_int64s");
    Trees trees = numbered(node, "class", labels.length);
    long[] ids = needed("class_ids", node.integers("class_ids"));
    Tensor scores = based(node, trees.answers(node, "SUM"));
    String post = node.text("post_transform", "NONE");
    boolean single = labels.length == 2 && Arrays.stream(ids).distinct().count() == 1;
    if (single) {
      double[] base = reals(node, "base_values");
      if (base != null && base.length > 1) {
        throw new Refusal("needs one of base_values for one score, got " + base.length);
      }
      // One score for two classes: it is that of the second.
      Tensor second = scores.slice(1, (int) ids[0], (int) ids[0] + 1);
      boolean negative = Arrays.stream(trees.weights).anyMatch(weight -> weight < 0);
      if (post.equals("NONE") && negative) {
        throw new Refusal(
            "needs weights of at least 0 or a post_transform for one score of two classes, got"
                + " others");
      }
      Tensor first = post.equals("NONE") ? second.oneMinus() : second.neg();
      scores = Tensor.concat(1, first, second);
    }
    Tensor done = Transforms.apply(post, scores);
    return List.of(Transforms.label(done, labels), Value.of(done));
  }
}
