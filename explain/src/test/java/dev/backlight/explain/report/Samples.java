package dev.backlight.explain.report;

import dev.backlight.explain.report.NetworkDiagram.Layer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// One figure of every kind from made-up but plausible data, always the same.
final class Samples {

  static final String[] FEATURES = {
    "worst area", "worst concave points", "mean concave points", "worst texture", "worst radius",
        "error area",
    "worst smoothness", "mean concavity", "mean texture", "worst symmetry", "worst concavity",
        "error radius",
    "mean compactness", "error fractal dimension", "mean smoothness", "worst fractal dimension"
  };

  private static final String[] DIGITS = {
    "01afb1000388bc000005ef10000bf2000004f2000000ca000034ag1000dgfa00",
    "00bac40000cd9g10007dbg00001ge40000agd00000e7c70004e4cd0001bec400",
    "06d5881008gggg6006g9640006ggf5000045fc000003g900018df30004gf3000"
  };

  private Samples() {}

  static double[][] digit(int which) {
    double[][] pixels = new double[8][8];
    for (int i = 0; i < 64; i++) {
      char c = DIGITS[which].charAt(i);
      pixels[i / 8][i % 8] = c == 'g' ? 16 : Character.digit(c, 16);
    }
    return pixels;
  }

  static double[][] map(int which, long seed, double size, boolean signed) {
    Random random = new Random(seed);
    double[][] pixels = digit(which);
    double[][] out = new double[8][8];
    for (int r = 0; r < 8; r++) {
      for (int c = 0; c < 8; c++) {
        double wave = Math.sin(0.9 * r + 0.5 * c * which + seed % 5) + 0.4 * random.nextGaussian();
        out[r][c] =
            signed
                ? size * wave * pixels[r][c] / 16
                : size * Math.abs(wave + random.nextGaussian());
      }
    }
    return out;
  }

  static HeatMap heatMap() {
    return HeatMap.of("Integrated gradients of one scan", map(1, 3, 0.84, true))
        .unit("logit")
        .beside(digit(1))
        .caption("What each pixel added to the logit of class *8*. The scan is on the left.");
  }

  static HeatMap labelledHeatMap() {
    double[][] values = new double[6][8];
    Random random = new Random(11);
    for (double[] row : values) {
      for (int c = 0; c < row.length; c++) {
        row[c] = random.nextGaussian() * Math.exp(-c / 3.0);
      }
    }
    values[2][5] = Double.NaN;
    values[4][1] = Double.POSITIVE_INFINITY;
    return HeatMap.of("Interactions", values)
        .unit("logit per unit²")
        .labels(List.of(FEATURES).subList(0, 6), List.of(FEATURES).subList(6, 14))
        .caption("Second derivatives. Two cells are hatched: their values are not finite.");
  }

  static Comparison comparison() {
    Comparison comparison =
        Comparison.of(
            "Five methods on three digits",
            Comparison.column("saliency", "logit per grey level"),
            Comparison.column("gradient × input", "logit"),
            Comparison.column("integrated gradients", "logit"),
            Comparison.column("LRP-ε", "logit"),
            Comparison.column("occlusion", "logit"));
    String[] notes = {"says 3, right", "says 3, is 8", "says 5, right"};
    for (int d = 0; d < 3; d++) {
      comparison =
          comparison.row(
              Comparison.row("scan " + (17 + 331 * d))
                  .note(notes[d])
                  .input(digit(d))
                  .map(map(d, 1 + d, 0.031, false))
                  .map(map(d, 20 + d, 0.9, true))
                  .map(map(d, 20 + d, 0.7, true), "residual 3.1e−7")
                  .map(map(d, 40 + d, 0.6, true), "residual 0.012")
                  .map(map(d, 60 + d, 0.4, true)));
    }
    return comparison.caption(
        "Saliency is a slope, in other units than the contributions beside it, and has its own"
            + " scale.");
  }

  static double[] contributions() {
    return new double[] {
      1.42, 0.93, 0.61, -0.52, 0.48, 0.31, -0.22, 0.19, -0.12, 0.08, 0.07, -0.05, 0.03, 0.02, -0.01,
      0.004
    };
  }

  static Waterfall waterfall() {
    String[] values = {
      "1,821",
      "0.265",
      "0.147",
      "17.33",
      "25.38",
      "153.4",
      "0.1622",
      "0.3001",
      "10.38",
      "0.4601",
      "0.7119",
      "1.095",
      "0.2776",
      "0.006193",
      "0.1184",
      "0.1189"
    };
    double end = -0.384 + IntStream.range(0, 16).mapToDouble(i -> contributions()[i]).sum();
    return Waterfall.of(
            "Patient 17: malignant, 0.93", FEATURES, values, contributions(), -0.384, end)
        .unit("logit")
        .top(9)
        .caption("Integrated gradients from the *average patient* to patient 17.");
  }

  static Beeswarm beeswarm(int patients) {
    Random random = new Random(7);
    double[][] contributions = new double[patients][FEATURES.length];
    double[][] values = new double[patients][FEATURES.length];
    for (int p = 0; p < patients; p++) {
      double health = random.nextGaussian();
      for (int f = 0; f < FEATURES.length; f++) {
        double z = 0.7 * health + 0.7 * random.nextGaussian();
        values[p][f] = random.nextInt(60) == 0 ? Double.NaN : 100 * Math.exp(0.4 * z) / (f + 1);
        contributions[p][f] = contributions()[f] * (Math.tanh(z) + 0.15 * random.nextGaussian());
      }
    }
    return Beeswarm.of("All %d patients".formatted(patients), FEATURES, contributions, values)
        .unit("logit")
        .top(15)
        .caption("Every dot is one patient. Large worst areas speak for malignant.");
  }

  static BarRanking magnitudes() {
    double[] amounts =
        IntStream.range(0, 16).mapToDouble(i -> Math.abs(contributions()[i]) * 0.83).toArray();
    return BarRanking.magnitudes("What matters most", FEATURES, amounts)
        .unit("mean |contribution|, logit")
        .top(10);
  }

  static BarRanking signed() {
    return BarRanking.signed("For and against", FEATURES, contributions())
        .unit("contribution, logit")
        .top(10);
  }

  static NetworkDiagram network(int a, int b) {
    double[][][] hidden = {
      {{0.05, 0.93, 0.02, 0.4}, {0.2, 0.91, 0.1, 0.4}},
      {{0.8, 0.97, 0.3, 0.4}, {0.99, 0.12, 0.9, 0.5}}
    };
    double[] h = hidden[a][b];
    double total = (a ^ b) == 1 ? 0.9731 : 0.0127;
    double[] in = {a * (total + 0.4), b * (total - 0.2) + (a == 0 && b == 0 ? total : 0)};
    in[1] = total - in[0];
    double[] up = {0.31 * a, total - 0.31 * a + 0.5 * b - 0.1 * a, -0.5 * b, 0.1 * a};
    double[][] edges = {
      {in[0] * 0.7, in[0] * 0.5, -in[0] * 0.3, in[0] * 0.1},
      {in[1] * 0.2, in[1] * 0.9, -in[1] * 0.4, in[1] * 0.3}
    };
    return NetworkDiagram.of(
            "XOR(%d, %d)".formatted(a, b),
            Layer.of("input", "x", new double[] {a, b}, in),
            Layer.of("hidden", "h", h, up),
            Layer.of("output", "y", new double[] {total + 0.01}, new double[] {total}))
        .edges(edges)
        .edges(new double[][] {{up[0]}, {up[1]}, {up[2]}, {up[3]}})
        .unit("probability")
        .total("f(x) − f(baseline)", total);
  }

  static NetworkDiagram wideNetwork() {
    Random random = new Random(5);
    double[] activations = random.doubles(24, 0, 2).toArray();
    double[] contributions = random.doubles(24, -1, 1.2).toArray();
    contributions[3] = Double.NaN;
    return NetworkDiagram.of(
            "A wide layer with a broken node",
            Layer.of(
                "pixels",
                "p",
                random.doubles(14).toArray(),
                random.doubles(14, -0.4, 0.4).toArray()),
            Layer.of("dense 1", "a", activations, contributions),
            Layer.of(
                "dense 2", "b", random.doubles(5).toArray(), random.doubles(5, -1, 1).toArray()),
            Layer.of(
                "logits",
                "class ",
                random.doubles(3).toArray(),
                random.doubles(3, -1, 1).toArray()))
        .unit("logit")
        .total("f(x) − f(0)", 0.44);
  }

  static Curves deletion() {
    double[] x = IntStream.rangeClosed(0, 64).mapToDouble(i -> i / 64.0).toArray();
    return Curves.of("Deletion", "share of pixels removed", "probability of the class")
        .line("integrated gradients", x, falling(x, 9))
        .line("LRP-ε", x, falling(x, 8.2))
        .line("gradient × input", x, falling(x, 6.5))
        .line("occlusion", x, falling(x, 7.4))
        .line("saliency", x, falling(x, 4.4))
        .baseline("random order", x, falling(x, 2))
        .areas()
        .caption(
            "Pixels are removed from the most to the least important. Lower is better; the number"
                + " is the area.");
  }

  private static double[] falling(double[] x, double speed) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          0.02 + 0.97 * Math.exp(-speed * x[i] * x[i] * 1.4) + 0.012 * Math.sin(40 * x[i] + speed);
    }
    return y;
  }

  static Curves training() {
    double[] epochs = IntStream.rangeClosed(1, 40).mapToDouble(i -> i).toArray();
    double[] train = new double[40];
    double[] held = new double[40];
    double[] low = new double[40];
    double[] high = new double[40];
    for (int i = 0; i < 40; i++) {
      train[i] = 2.3 * Math.exp(-i / 6.0) + 0.03;
      held[i] = 2.3 * Math.exp(-i / 6.5) + 0.11 + 0.02 * Math.sin(i);
      low[i] = held[i] * 0.85;
      high[i] = held[i] * 1.18;
    }
    held[20] = Double.NaN;
    return Curves.of("Training", "epoch", "cross-entropy, nats")
        .line("training", epochs, train)
        .line("held out", epochs, held, low, high)
        .caption("Five seeds; the band is their range.");
  }

  static ConfusionMatrix confusion() {
    int[][] counts = new int[10][10];
    for (int i = 0; i < 10; i++) {
      counts[i][i] = 33 + i % 4;
    }
    counts[8][3] = 1;
    counts[9][5] = 2;
    counts[1][8] = 1;
    counts[4][7] = 4;
    String[] classes = IntStream.range(0, 10).mapToObj(String::valueOf).toArray(String[]::new);
    return ConfusionMatrix.of("Held-out digits", classes, counts)
        .caption("360 scans that training never saw.");
  }

  static Table table() {
    return Table.of(
            "Which explanation is most faithful?",
            Table.Column.text("Method"),
            Table.Column.number("Deletion", 3).lowestIsBest(),
            Table.Column.number("Insertion", 3).highestIsBest(),
            Table.Column.magnitude("Residual"),
            Table.Column.number("Evaluations", 0))
        .row("saliency", 0.3213, 0.611, "none defined", 1)
        .row("gradient × input", 0.2412, 0.702, 0.183, 1)
        .row("integrated gradients", 0.2063, 0.771, 3.1e-7, 48)
        .row("LRP-ε", 0.2151, 0.768, 0.0121, 1)
        .row("occlusion", 0.2261, 0.757, Double.NaN, 65)
        .caption(
            "Areas under the deletion and insertion curves, mean over 360 scans; the best in"
                + " bold.");
  }

  static Scoreboard scoreboard() {
    Scoreboard board =
        Scoreboard.of(
            "Which explanation of the digits?",
            Scoreboard.column("infidelity", false),
            Scoreboard.column("faithfulness-correlation", true),
            Scoreboard.column("max-sensitivity", false),
            Scoreboard.column("model-randomisation", false));
    String[] names = {"saliency", "integrated-gradients", "occlusion"};
    for (int r = 0; r < names.length; r++) {
      double shift = r * .1;
      board =
          board.row(
              names[r],
              Scoreboard.cell(1 + shift, .9 + shift, 1.2 + shift).tied(r < 2),
              Scoreboard.cell(.9 - shift, .8 - shift, .95 - shift),
              Scoreboard.cell(.2, .1, .4).tied(true),
              Scoreboard.cell(shift * shift, 0, shift).note("17 of 20"));
    }
    return board
        .failed("lrp-epsilon", "no rule for softmax at Model.java:41")
        .caption("Means over 20 scans with intervals of 95 %.");
  }

  static List<Figure> all() {
    return List.of(
        scoreboard(),
        heatMap(),
        labelledHeatMap(),
        comparison(),
        waterfall(),
        beeswarm(200),
        magnitudes(),
        signed(),
        network(0, 1),
        wideNetwork(),
        deletion(),
        training(),
        confusion());
  }
}
