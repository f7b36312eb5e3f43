package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.core.Tensor;
import dev.backlight.explain.NodeContributions;
import dev.backlight.explain.report.NetworkDiagram;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import java.util.ArrayList;
import java.util.List;

/// What the report tells of exclusive or.
final class XorPage {
  private final XorStudy study;

  XorPage(XorStudy study) {
    this.study = study;
  }

  Report addTo(Report report) {
    return report
        .section("XOR: what did every node contribute?")
        .text(
            "**The question.** A network of two inputs, four hidden nodes and one output has"
                + " learned to answer 1 if exactly one input is 1. Which node brought each answer"
                + " about?")
        .text(
            "**The picture.** The output is the probability of a 1. Every drawing starts from the"
                + " answer at (½, ½), where neither input says anything, and follows the way to one"
                + " of the four inputs. Inside a node is its activation, below it what it added to"
                + " the answer (orange) or took from it (blue); an edge is as wide as what it"
                + " carried. This is *conductance*: integrated gradients, taken at every node at"
                + " once.")
        .text(
            ("**What to notice.** Under each layer stands the sum of its contributions, and every"
                    + " layer adds up to the same `f(x) − f(½, ½)`: nothing gets lost on the way."
                    + " The middle is answered with %s, so what lies far from that has something to"
                    + " explain, and the widest edges lead to the hidden nodes that carry it. Both"
                    + " inputs take part in it, also one that is 0: coming down from ½ is a step as"
                    + " well.")
                .formatted(Words.value(middle())))
        .figures(pair(0, 1))
        .figures(pair(2, 3))
        .table(sums())
        .text(
            "**A second opinion.** Layer-wise relevance propagation starts from the answer itself"
                + " and passes it back in proportion to what each node sent forward. Biases take"
                + " their share of it, and the table shows how much: relevance speaks about `f(x)`,"
                + " not about a difference, so its numbers are not those of the drawings.")
        .table(relevance())
        .text(
            "**Underneath.** All of this is read off one *tape* of the network: recorded once, then"
                + " replayed, derived and explained. Every line knows the source line it came"
                + " from.")
        .code(study.tape())
        .text(
            "**Limits.** A contribution depends on where one starts: from (0, 0) the same network"
                + " gives other numbers, because that asks another question.");
  }

  private List<NetworkDiagram> pair(int a, int b) {
    List<NetworkDiagram> all = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      all.add(diagram(n));
    }
    List<NetworkDiagram> scaled = NetworkDiagram.onOneScale(all);
    return List.of(scaled.get(a), scaled.get(b));
  }

  private NetworkDiagram diagram(int n) {
    NodeContributions flow = study.flow();
    double[] hidden = row(layer(flow, XorStudy.HIDDEN).contribution(), n);
    double[][] out = new double[hidden.length][1];
    for (int h = 0; h < hidden.length; h++) {
      out[h][0] = hidden[h];
    }
    NodeContributions.Layer output = layer(flow, XorStudy.OUTPUT);
    return NetworkDiagram.of(
            name(n),
            NetworkDiagram.Layer.of(
                "input", "x", row(study.x(), n), row(layer(flow, "x").contribution(), n)),
            NetworkDiagram.Layer.of(
                "hidden", "h", row(layer(flow, XorStudy.HIDDEN).activation(), n), hidden),
            NetworkDiagram.Layer.of(
                "output", "y", row(output.activation(), n), row(output.contribution(), n)))
        .edges(study.edges()[n])
        .edges(out)
        .unit("probability")
        .total("f(x) − f(½, ½)", flow.explained().at(n));
  }

  private Table sums() {
    NodeContributions flow = study.flow();
    Table table =
        Table.of(
            "Every layer accounts for the whole answer",
            Column.text("input"),
            Column.number("answer", 4),
            Column.number("f(x) − f(½, ½)", 4),
            Column.number("Σ inputs", 4),
            Column.number("Σ hidden", 4),
            Column.number("Σ output", 4),
            Column.magnitude("largest residual"));
    for (int n = 0; n < 4; n++) {
      double explained = flow.explained().at(n);
      double input = layer(flow, "x").sums().at(n);
      double hidden = layer(flow, XorStudy.HIDDEN).sums().at(n);
      double output = layer(flow, XorStudy.OUTPUT).sums().at(n);
      double left =
          Math.max(
              Math.abs(explained - input),
              Math.max(Math.abs(explained - hidden), Math.abs(explained - output)));
      table = table.row(name(n), flow.output().at(n), explained, input, hidden, output, left);
    }
    return table.caption(
        "f(½, ½) is "
            + Words.value(middle())
            + ". The network computes in F64; what a layer misses is the error of the quadrature.");
  }

  private Table relevance() {
    NodeContributions relevance = study.relevance();
    Table table =
        Table.of(
            "Relevance of every node (LRP-ε)",
            Column.text("input"),
            Column.number("x1", 3),
            Column.number("x2", 3),
            Column.number("all biases", 3),
            Column.number("h1", 3),
            Column.number("h2", 3),
            Column.number("h3", 3),
            Column.number("h4", 3),
            Column.number("output bias", 3),
            Column.number("f(x)", 3));
    for (int n = 0; n < 4; n++) {
      NodeContributions.Layer inputs = layer(relevance, "x");
      NodeContributions.Layer nodes = layer(relevance, XorStudy.HIDDEN);
      double[] input = row(inputs.contribution(), n);
      double[] hidden = row(nodes.contribution(), n);
      double answer = relevance.output().at(n);
      table =
          table.row(
              name(n),
              input[0],
              input[1],
              answer - inputs.sums().at(n),
              hidden[0],
              hidden[1],
              hidden[2],
              hidden[3],
              answer - nodes.sums().at(n),
              answer);
    }
    return table.caption(
        "Two accounts of f(x) in each row: the inputs and all biases make it, and so do the hidden"
            + " nodes and the bias of the output. Shares may be larger than the whole, since nodes"
            + " speak against each other, and an input of 0 sends nothing, so it gets nothing.");
  }

  /// The answer at (½, ½).
  private double middle() {
    return study.flow().output().at(0) - study.flow().explained().at(0);
  }

  private static NodeContributions.Layer layer(NodeContributions of, String label) {
    return of.layer(label)
        .orElseThrow(() -> new IllegalStateException("a layer " + label + " is needed, got none"));
  }

  private String name(int n) {
    return "XOR(%d, %d)".formatted((int) study.x().at(n, 0), (int) study.x().at(n, 1));
  }

  static double[] row(Tensor rows, int n) {
    return rows.slice(0, n, n + 1).toDoubles();
  }
}
