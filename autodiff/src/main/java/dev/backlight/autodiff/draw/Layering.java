package dev.backlight.autodiff.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Where the boxes of a graph stand: in layers from top to bottom, each after all it reads.
///
/// K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system
/// structures" (1981): layers by longest path, long arrows broken by a bend in every layer that
/// they cross, order within a layer by the mean place of the neighbours, swept down and up.
final class Layering {
  private static final int SWEEPS = 12;
  private static final double GAP_X = 22;
  private static final double GAP_Y = 34;

  /// Width and height of a bend.
  private static final double BEND = 10;

  private final int boxes;
  private final List<Integer> layer = new ArrayList<>();
  private final List<Double> width = new ArrayList<>();
  private final List<List<Integer>> above = new ArrayList<>();
  private final List<List<Integer>> below = new ArrayList<>();
  private final List<List<Integer>> paths = new ArrayList<>();
  private final List<List<Integer>> rows = new ArrayList<>();
  private double[] x = {};

  /// `arrows` are pairs of box numbers, from a lower to a higher one.
  Layering(double[] widths, List<int[]> arrows) {
    boxes = widths.length;
    int[] depth = new int[boxes];
    for (int[] arrow : arrows) {
      depth[arrow[1]] = Math.max(depth[arrow[1]], depth[arrow[0]] + 1);
    }
    settle(depth, arrows);
    for (int i = 0; i < boxes; i++) {
      vertex(depth[i], widths[i]);
    }
    for (int[] arrow : arrows) {
      paths.add(path(arrow[0], arrow[1]));
    }
    order();
    place();
  }

  /// A box that reads nothing stands just above its first reader, not at the very top.
  private static void settle(int[] depth, List<int[]> arrows) {
    int[] first = new int[depth.length];
    Arrays.fill(first, Integer.MAX_VALUE);
    boolean[] reads = new boolean[depth.length];
    for (int[] arrow : arrows) {
      first[arrow[0]] = Math.min(first[arrow[0]], depth[arrow[1]]);
      reads[arrow[1]] = true;
    }
    for (int i = 0; i < depth.length; i++) {
      if (!reads[i] && first[i] != Integer.MAX_VALUE) {
        depth[i] = first[i] - 1;
      }
    }
  }

  private int vertex(int at, double wide) {
    int number = layer.size();
    layer.add(at);
    width.add(wide);
    above.add(new ArrayList<>());
    below.add(new ArrayList<>());
    while (rows.size() <= at) {
      rows.add(new ArrayList<>());
    }
    rows.get(at).add(number);
    return number;
  }

  /// The vertices that an arrow passes.
  private List<Integer> path(int from, int to) {
    List<Integer> path = new ArrayList<>();
    path.add(from);
    int last = from;
    for (int at = layer.get(from) + 1; at < layer.get(to); at++) {
      int bend = vertex(at, BEND);
      join(last, bend);
      path.add(bend);
      last = bend;
    }
    join(last, to);
    path.add(to);
    return path;
  }

  private void join(int upper, int lower) {
    below.get(upper).add(lower);
    above.get(lower).add(upper);
  }

  private void order() {
    double[] place = new double[layer.size()];
    for (List<Integer> row : rows) {
      number(row, place);
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int r = 0; r < rows.size(); r++) {
        List<Integer> row = rows.get(down ? r : rows.size() - 1 - r);
        double[] want = new double[place.length];
        for (int v : row) {
          want[v] = mean(down ? above.get(v) : below.get(v), place, place[v]);
        }
        row.sort(Comparator.comparingDouble(v -> want[v]));
        number(row, place);
      }
    }
  }

  private static void number(List<Integer> row, double[] place) {
    for (int i = 0; i < row.size(); i++) {
      place[row.get(i)] = i;
    }
  }

  private static double mean(List<Integer> neighbours, double[] place, double otherwise) {
    return neighbours.stream().mapToDouble(v -> place[v]).average().orElse(otherwise);
  }

  /// Side by side at first; then every row moves towards its neighbours as far as its order allows.
  private void place() {
    x = new double[layer.size()];
    for (List<Integer> row : rows) {
      double at = 0;
      for (int v : row) {
        x[v] = at + width.get(v) / 2;
        at += width.get(v) + GAP_X;
      }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int r = 0; r < rows.size(); r++) {
        settle(rows.get(down ? r : rows.size() - 1 - r), down);
      }
    }
    double left = Double.POSITIVE_INFINITY;
    for (int v = 0; v < x.length; v++) {
      left = Math.min(left, x[v] - width.get(v) / 2);
    }
    for (int v = 0; v < x.length; v++) {
      x[v] -= left;
    }
  }

  private void settle(List<Integer> row, boolean down) {
    int n = row.size();
    double[] want = new double[n];
    for (int i = 0; i < n; i++) {
      int v = row.get(i);
      want[i] = mean(down ? above.get(v) : below.get(v), x, x[v]);
    }
    // Pushed apart from the left and from the right; the mean of both keeps the order.
    double[] fromLeft = want.clone();
    for (int i = 1; i < n; i++) {
      fromLeft[i] = Math.max(fromLeft[i], fromLeft[i - 1] + apart(row.get(i - 1), row.get(i)));
    }
    double[] fromRight = want.clone();
    for (int i = n - 2; i >= 0; i--) {
      fromRight[i] = Math.min(fromRight[i], fromRight[i + 1] - apart(row.get(i), row.get(i + 1)));
    }
    for (int i = 0; i < n; i++) {
      x[row.get(i)] = (fromLeft[i] + fromRight[i]) / 2;
    }
  }

  private double apart(int left, int right) {
    return (width.get(left) + width.get(right)) / 2 + GAP_X;
  }

  /// The centre of a box, from the left edge of the picture.
  double x(int box) {
    return x[box];
  }

  /// The upper edge of a box of the given height.
  double y(int box, double height) {
    return layer.get(box) * (height + GAP_Y);
  }

  /// The bends of an arrow as x and layer, its ends included.
  List<double[]> bends(int arrow) {
    return paths.get(arrow).stream().map(v -> new double[] {x[v], layer.get(v)}).toList();
  }

  double width() {
    double right = 0;
    for (int v = 0; v < x.length; v++) {
      right = Math.max(right, x[v] + width.get(v) / 2);
    }
    return right;
  }

  double height(double box) {
    return rows.isEmpty() ? 0 : rows.size() * (box + GAP_Y) - GAP_Y;
  }

  double rowHeight(double box) {
    return box + GAP_Y;
  }
}
