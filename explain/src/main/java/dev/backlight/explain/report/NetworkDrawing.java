package dev.backlight.explain.report;

import dev.backlight.explain.report.NetworkDiagram.Layer;
import dev.backlight.explain.report.NetworkDiagram.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The drawing of a [NetworkDiagram]: where its nodes stand, its edges, and the sums below.
final class NetworkDrawing {

  private static final int MOST = 10;
  private static final double RADIUS = 17;
  private static final double PITCH = 74;
  private static final double HEAD = 30;

  private final NetworkDiagram net;
  private final Diverging scale;
  private final List<List<Integer>> shown = new ArrayList<>();
  private final double across;
  private final int most;
  private final double bottom;

  NetworkDrawing(NetworkDiagram net) {
    this.net = net;
    this.scale = new Diverging(net.reach);
    net.layers.forEach(layer -> shown.add(shown(layer)));
    this.most = shown.stream().mapToInt(List::size).max().orElse(1);
    this.across = Math.max(112, TextWidth.of("= " + net.totalName, Svg.SMALL) + 4);
    boolean summed = net.layers.stream().anyMatch(layer -> layer.nodes().size() > MOST);
    this.bottom = HEAD + most * PITCH + (summed ? 10 : 0);
  }

  /// The nodes drawn of a wide layer: those that contributed most, in their own order.
  private static List<Integer> shown(Layer layer) {
    return IntStream.range(0, layer.nodes().size())
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer i) -> Math.abs(layer.nodes().get(i).contribution()))
                .reversed())
        .limit(MOST)
        .sorted()
        .toList();
  }

  String svg() {
    double width = Math.max(300, net.layers.size() * across);
    Svg svg =
        new Svg(
            width,
            bottom + 72 + Legend.HEIGHT + (net.edges.isEmpty() ? 6 : 30),
            net.heading,
            describe());
    edges(svg);
    for (int l = 0; l < net.layers.size(); l++) {
      layer(svg, l);
    }
    String what =
        net.heading.unit().isEmpty() ? "contribution" : "contribution, " + net.heading.unit();
    double x = 16;
    new Legend(scale, net.range(), what, "")
        .draw(svg, x, bottom + 68, Math.min(300, width - 2 * x));
    if (!net.edges.isEmpty()) {
      svg.text(
          "m s",
          x + 36,
          bottom + 88 + Legend.HEIGHT,
          "an edge this wide carries " + net.heading.withUnit(Numbers.plain(net.edgeReach)));
      svg.line(
          7,
          "width",
          x + 4,
          bottom + 84 + Legend.HEIGHT,
          x + 24,
          bottom + 84 + Legend.HEIGHT,
          1,
          "");
    }
    return svg.done();
  }

  private double x(int layer) {
    return (layer + 0.5) * across;
  }

  /// The height of the k-th drawn node of a layer; a layer stands around the middle.
  private double y(int layer, int k) {
    double middle = HEAD + most * PITCH / 2;
    return middle + (k - (shown.get(layer).size() - 1) / 2.0) * PITCH;
  }

  private void edges(Svg svg) {
    for (int l = 0; l < net.edges.size(); l++) {
      for (int a = 0; a < shown.get(l).size(); a++) {
        for (int b = 0; b < shown.get(l + 1).size(); b++) {
          edge(svg, l, a, b);
        }
      }
    }
  }

  private void edge(Svg svg, int layer, int a, int b) {
    int from = shown.get(layer).get(a);
    int to = shown.get(layer + 1).get(b);
    double carried = net.edges.get(layer).at(from, to);
    String tip =
        name(layer, from) + " → " + name(layer + 1, to) + ": " + net.heading.signed(carried);
    double x1 = x(layer) + RADIUS + 1;
    double x2 = x(layer + 1) - RADIUS - 1;
    double y1 = y(layer, a);
    double y2 = y(layer + 1, b);
    if (!Double.isFinite(carried) || carried == 0) {
      svg.line(1, carried == 0 ? "grid" : "link", x1, y1, x2, y2, 1, tip);
      return;
    }
    double share = net.edgeReach > 0 ? Math.abs(carried) / net.edgeReach : 0;
    svg.line(
        0.75 + 6.25 * share, "edge " + scale.ink(carried), x1, y1, x2, y2, 0.3 + 0.5 * share, tip);
  }

  private String name(int layer, int node) {
    return net.layers.get(layer).nodes().get(node).label();
  }

  private void layer(Svg svg, int l) {
    Layer layer = net.layers.get(l);
    svg.text("b c", x(l), 14, layer.name(), across - 8);
    svg.group("", layer.name());
    for (int k = 0; k < shown.get(l).size(); k++) {
      node(svg, layer.nodes().get(shown.get(l).get(k)), x(l), y(l, k));
    }
    svg.close();
    sum(svg, layer, x(l), layer.nodes().size() - shown.get(l).size());
  }

  private void node(Svg svg, Node node, double x, double y) {
    double contribution = node.contribution();
    String tip =
        node.label()
            + ": activation "
            + Numbers.plain(node.activation())
            + ", contribution "
            + net.heading.signed(contribution);
    svg.circle("rim", x, y, RADIUS, 1, "");
    if (Double.isFinite(contribution)) {
      svg.circle(scale.ink(contribution), x, y, RADIUS, scale.opacity(contribution), tip);
    } else {
      svg.circle("nan", x, y, RADIUS, 1, tip);
    }
    svg.text("c s halo", x, y - RADIUS - 6, TextWidth.fit(node.label(), across - 30, Svg.SMALL));
    String on = Double.isFinite(contribution) ? scale.textOn(contribution) : "";
    svg.text("c s untouchable " + on, x, y + 4, inside(node.activation()));
    String ink = Double.isFinite(contribution) && contribution != 0 ? scale.ink(contribution) : "m";
    svg.text("c s halo " + ink, x, y + RADIUS + 14, brief(contribution));
  }

  /// A number that fits into a node.
  private static String inside(double activation) {
    boolean decimals = Math.abs(activation) < 10 && activation != Math.rint(activation);
    return decimals ? Numbers.fixed(activation, 2) : Numbers.digits(activation, 2);
  }

  private static String brief(double contribution) {
    return (contribution > 0 ? "+" : "") + Numbers.digits(contribution, 3);
  }

  /// The sum under a layer, and whether it is the total.
  private void sum(Svg svg, Layer layer, double x, int hidden) {
    if (hidden > 0) {
      svg.text("m s c", x, bottom + 4, "and " + hidden + " smaller");
    }
    double sum = layer.sum();
    if (!Double.isFinite(sum)) {
      svg.text("b c", x, bottom + 22, "no sum");
      return;
    }
    svg.text("b c", x, bottom + 22, "sum " + Numbers.signed(sum));
    if (net.totalName.isEmpty()) {
      return;
    }
    double residual = sum - net.total;
    double largest = Range.of(layer.nodes().stream().mapToDouble(Node::contribution)).reach();
    double error = Math.abs(residual) / Math.max(Math.max(largest, Math.abs(net.total)), 1e-300);
    // Four digits are printed; what is equal in them may be called equal.
    String sign = error <= 1e-4 ? "= " : error <= 1e-3 ? "≈ " : "≠ ";
    svg.text("m s c", x, bottom + 38, sign + net.totalName);
    if (error > 1e-3) {
      svg.text("m s c", x, bottom + 53, "off by " + brief(residual));
    }
  }

  private String describe() {
    StringBuilder text = new StringBuilder("Network of %s layers.".formatted(net.layers.size()));
    for (Layer layer : net.layers) {
      text.append(
          " %s: %s nodes, sum of contributions %s."
              .formatted(layer.name(), layer.nodes().size(), net.heading.signed(layer.sum())));
    }
    return net.totalName.isEmpty()
        ? text.toString()
        : text.append(" %s = %s.".formatted(net.totalName, Numbers.signed(net.total))).toString();
  }
}
