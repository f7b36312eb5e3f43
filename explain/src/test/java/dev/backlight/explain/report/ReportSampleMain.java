package dev.backlight.explain.report;

import dev.backlight.explain.report.Report.Tile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Writes a page with one of everything, to be looked at: `ReportSampleMain report.html`.
public final class ReportSampleMain {

  private ReportSampleMain() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "report-sample.html");
    page().writeTo(file);
    System.out.println("wrote " + file);
  }

  static Report page() {
    return Report.titled("Explained predictions, end to end")
        .subtitle(
            "Three small models, and why they answered as they did. Seed 42, 31 s on two cores.")
        .tiles(
            Tile.of("4 of 4", "XOR", "right after 2,000 steps"),
            Tile.of("97.8 %", "digits, held out", "352 of 360 scans"),
            Tile.of("96.5 %", "breast cancer, held out", "110 of 114 patients"),
            Tile.of("3.1e−7", "largest residual", "integrated gradients, F64"))
        .section("XOR: every node of the network")
        .text(
            "A perceptron with two inputs, four hidden nodes and one output learned *exclusive or*."
                + " In each layer the contributions of the nodes add up to `f(x) − f(baseline)`:"
                + " nothing is lost on the way.")
        .figures(
            NetworkDiagram.onOneScale(
                List.of(
                    Samples.network(0, 0),
                    Samples.network(0, 1),
                    Samples.network(1, 0),
                    Samples.network(1, 1))))
        .code(
            """
            %6 [4, 8] = matmul %4 %0     // Xor.java:12
            %8 [4, 8] = add %6 %7        // Xor.java:12
            %9 [4, 8] = tanh %8          // Xor.java:15\
            """)
        .section("Digits")
        .text(
            "A small convolutional network reads 8 × 8 scans. **Orange** pixels spoke for the"
                + " class, **blue** ones against it; paper means nothing was contributed.")
        .figure(Samples.comparison())
        .figures(List.of(Samples.heatMap(), Samples.confusion()))
        .figure(Samples.scoreboard())
        .figures(List.of(Samples.deletion(), Samples.training()))
        .table(Samples.table())
        .section("Breast cancer")
        .text(
            "A multilayer perceptron on 30 features of 569 patients. The waterfall is one patient,"
                + " the beeswarm is everybody.")
        .figure(Samples.waterfall())
        .figure(Samples.beeswarm(500))
        .figures(List.of(Samples.magnitudes(), Samples.signed()))
        .section("When things are not as they should be")
        .figures(List.of(Samples.labelledHeatMap(), Samples.wideNetwork()))
        .figures(
            List.of(
                HeatMap.of("Nothing", new double[0][0]),
                HeatMap.of("<b>\"One\" & 'only'</b> \u0001 日本語", new double[][] {{-2.5}})
                    .unit("</svg><script>alert(1)</script>")))
        .footer(
            "Backlight 0.1.0, JDK 25. Data: UCI optical digits and breast cancer Wisconsin, as"
                + " *scikit-learn* ships them.");
  }
}
