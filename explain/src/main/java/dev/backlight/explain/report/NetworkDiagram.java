package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.List;

/// A network drawn with what each of its nodes contributed to one answer.
///
/// A node shows its activation inside and its contribution below, and is filled by contribution on
/// the signed scale. An edge is as wide as what it carried. Under each layer stands the sum of its
/// contributions, beside what it should be.
public final class NetworkDiagram implements Figure {

  final Heading heading;
  final List<Layer> layers;
  final List<Grid> edges;
  final double reach;
  final double edgeReach;
  final String totalName;
  final double total;

  private NetworkDiagram(
      Heading heading,
      List<Layer> layers,
      List<Grid> edges,
      double reach,
      double edgeReach,
      String totalName,
      double total) {
    this.heading = heading;
    this.layers = layers;
    this.edges = edges;
    this.reach = reach;
    this.edgeReach = edgeReach;
    this.totalName = totalName;
    this.total = total;
  }

  /// A node: its label, its activation, and what it contributed to the answer.
  public record Node(String label, double activation, double contribution) {}

  /// Nodes side by side under one name.
  public record Layer(String name, List<Node> nodes) {
    public Layer {
      nodes = List.copyOf(nodes);
    }

    /// These nodes, from top to bottom.
    public static Layer of(String name, Node... nodes) {
      return new Layer(name, List.of(nodes));
    }

    /// Nodes numbered from `prefix` + 1: `h1`, `h2`, ….
    public static Layer of(
        String name, String prefix, double[] activations, double[] contributions) {
      Lengths.need("contributions", activations.length, contributions.length);
      List<Node> nodes = new ArrayList<>();
      for (int i = 0; i < activations.length; i++) {
        nodes.add(new Node(prefix + (i + 1), activations[i], contributions[i]));
      }
      return new Layer(name, nodes);
    }

    double sum() {
      return nodes.stream().mapToDouble(Node::contribution).sum();
    }
  }

  /// A diagram of these layers, from left to right.
  public static NetworkDiagram of(String title, Layer... layers) {
    return of(title, List.of(layers));
  }

  /// A diagram of these layers, from left to right.
  public static NetworkDiagram of(String title, List<Layer> layers) {
    double reach = range(layers).reach();
    return new NetworkDiagram(
        Heading.of(title), List.copyOf(layers), List.of(), reach, 0, "", Double.NaN);
  }

  /// The words under the figure.
  public NetworkDiagram caption(String text) {
    return new NetworkDiagram(
        heading.captioned(text), layers, edges, reach, edgeReach, totalName, total);
  }

  /// The unit of the contributions, such as `logit`.
  public NetworkDiagram unit(String unit) {
    return new NetworkDiagram(heading.in(unit), layers, edges, reach, edgeReach, totalName, total);
  }

  /// The edges that leave the next layer which has none yet: `contributions[from][to]`.
  public NetworkDiagram edges(double[][] contributions) {
    int from = edges.size();
    if (from >= layers.size() - 1) {
      throw new IllegalArgumentException(
          "needed edges between %s layers at most %s times, got one more"
              .formatted(layers.size(), Math.max(0, layers.size() - 1)));
    }
    Lengths.need("rows of edges", layers.get(from).nodes().size(), contributions.length);
    for (double[] row : contributions) {
      Lengths.need("edges in a row", layers.get(from + 1).nodes().size(), row.length);
    }
    List<Grid> more = new ArrayList<>(edges);
    more.add(Grid.of(contributions));
    double widest = Math.max(edgeReach, Range.of(more.getLast().values()).reach());
    return new NetworkDiagram(heading, layers, List.copyOf(more), reach, widest, totalName, total);
  }

  /// What every layer should add up to, such as `f(x) − f(baseline)`, and its value.
  public NetworkDiagram total(String name, double value) {
    return new NetworkDiagram(heading, layers, edges, reach, edgeReach, name, value);
  }

  /// The same diagrams on one scale for colours and one for widths, so that they can be compared.
  public static List<NetworkDiagram> onOneScale(List<NetworkDiagram> diagrams) {
    double reach = diagrams.stream().mapToDouble(d -> d.reach).max().orElse(0);
    double widest = diagrams.stream().mapToDouble(d -> d.edgeReach).max().orElse(0);
    return diagrams.stream()
        .map(d ->
            new NetworkDiagram(d.heading, d.layers, d.edges, reach, widest, d.totalName, d.total))
        .toList();
  }

  Range range() {
    return range(layers);
  }

  private static Range range(List<Layer> layers) {
    return Range.of(
        layers.stream().flatMap(l -> l.nodes().stream()).mapToDouble(Node::contribution));
  }

  @Override
  public String title() {
    return heading.title();
  }

  @Override
  public String caption() {
    return heading.caption();
  }

  @Override
  public String svg() {
    return layers.stream().allMatch(l -> l.nodes().isEmpty())
        ? Svg.empty(heading, "There are no nodes to show.")
        : new NetworkDrawing(this).svg();
  }
}
