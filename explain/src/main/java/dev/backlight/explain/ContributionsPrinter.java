package dev.backlight.explain;

import dev.backlight.explain.NodeContributions.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Node contributions as a table: a line for each layer, the strongest nodes at its end.
final class ContributionsPrinter {
  private static final int EXAMPLES = 3;
  private static final int NODES = 6;

  private ContributionsPrinter() {}

  static String print(NodeContributions c) {
    List<Layer> shown = shown(c);
    int n = c.output().size(0);
    StringBuilder text = new StringBuilder("node contributions by ").append(c.method());
    text.append(" to ").append(c.target()).append('\n');
    for (int i = 0; i < Math.min(EXAMPLES, n); i++) {
      if (n > 1) {
        text.append("example ").append(i).append(": ");
      }
      text.append("f(x) = ").append(RankingPrinter.number(c.output().get(i).item()));
      if (c.baselineOutput() != null) {
        text.append(", f(baseline) = ");
        text.append(RankingPrinter.number(c.baselineOutput().get(i).item()));
      }
      text.append('\n');
      table(c, shown, i, text);
    }
    if (n > EXAMPLES) {
      text.append("and ").append(n - EXAMPLES).append(" more examples\n");
    }
    return text.toString();
  }

  @SuppressWarnings("ReferenceEquality") // the input is the first layer, whatever its values
  private static List<Layer> shown(NodeContributions c) {
    boolean anyLabel = c.layers().stream().anyMatch(Layer::labelled);
    Layer input = c.layers().getFirst();
    return c.layers().stream().filter(l -> !anyLabel || l.labelled() || l == input).toList();
  }

  private static void table(NodeContributions c, List<Layer> shown, int i, StringBuilder text) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("layer", "nodes", "sum", "residual", "strongest nodes"));
    // Of all layers alike: what cancels in one is seen in another.
    double noise =
        c.layers().stream()
            .mapToDouble(l -> RankingPrinter.rounding(c.output().get(i), l.contribution().get(i)))
            .max()
            .orElse(0);
    for (Layer layer : shown) {
      String residual =
          layer.cut()
              ? RankingPrinter.number(settled(c.residual(layer).get(i).item(), noise))
              : "not a cut";
      rows.add(
          List.of(
              layer.name(),
              Integer.toString(layer.nodes()),
              signed(settled(layer.sums().get(i).item(), noise)),
              residual,
              strongest(layer, i, noise)));
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int k = 0; k < row.size(); k++) {
        int column = k;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        String pad = " ".repeat(width - row.get(k).length());
        boolean left = k == 0 || k == row.size() - 1;
        line.append(' ').append(left ? row.get(k) + pad : pad + row.get(k)).append(' ');
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static String strongest(Layer layer, int i, double noise) {
    double[] all = layer.contribution().get(i).toDoubles();
    List<Integer> order =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> Math.abs(all[j])).reversed())
            .limit(NODES)
            .toList();
    StringBuilder text = new StringBuilder();
    for (int j : order) {
      text.append(text.isEmpty() ? "" : "  ")
          .append('#')
          .append(j)
          .append(' ')
          .append(signed(settled(all[j], noise)));
    }
    return text.append(all.length > NODES ? "  …" : "").toString();
  }

  private static double settled(double value, double noise) {
    return Math.abs(value) <= noise ? 0 : value;
  }

  private static String signed(double value) {
    return String.format(Locale.ROOT, "%+.4g", value);
  }
}
