package dev.backlight.cli.demo;

import dev.backlight.cli.Method;
import dev.backlight.cli.Terminal;
import dev.backlight.cli.Words;
import dev.backlight.core.Key;
import dev.backlight.explain.Curve;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Report.Tile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The studies of the demo, and the page about them.
///
/// All that is on the page follows from seed and size, so the same ones give the same bytes.
public record Demo(
    long seed,
    XorStudy xor,
    DigitsStudy digits,
    CancerStudy cancer,
    JudgedStudy judged,
    ShortcutStudy shortcut,
    LeakStudy leak) {
  /// How much work is done.
  ///
  /// @param digitEpochs how often training goes through the digits
  /// @param cancerEpochs how often it goes through the patients
  /// @param judgedScans over how many scans methods are judged
  /// @param benchmarked over how many scans and patients methods are judged by all metrics
  /// @param shortcutEpochs how often each training of the cure goes through the digits
  public record Size(
      int digitEpochs, int cancerEpochs, int judgedScans, int benchmarked, int shortcutEpochs) {
    /// What the report is made for.
    public static Size full() {
      return new Size(30, 40, 200, 60, 26);
    }

    /// The same with less training and fewer scans.
    public static Size quick() {
      return new Size(14, 20, 40, 8, 11);
    }
  }

  /// Trains and explains all of them.
  public static Demo run(long seed, Size size, Terminal terminal) throws IOException {
    Key[] keys = Key.of(seed).split(5);
    terminal.note("1/5 XOR");
    XorStudy xor = XorStudy.run(keys[0], terminal);
    terminal.note("2/5 digits");
    DigitsStudy digits = DigitsStudy.run(keys[1], size, terminal);
    terminal.note("3/5 breast cancer");
    CancerStudy cancer = CancerStudy.run(keys[2], size, terminal);
    terminal.note("4/5 methods, judged");
    JudgedStudy judged = JudgedStudy.run(keys[4], size, digits, cancer, terminal);
    terminal.note("5/5 a shortcut and its cure");
    ShortcutStudy shortcut = ShortcutStudy.run(keys[3], size, terminal);
    LeakStudy leak = LeakStudy.run(keys[3].fold(1), size, terminal);
    return new Demo(seed, xor, digits, cancer, judged, shortcut, leak);
  }

  /// The key figures by name, for the terminal.
  public Map<String, String> figures() {
    Faithfulness faithfulness = digits.faithfulness();
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("XOR", xor.right() + " of 4 right after " + xor.epochs() + " epochs");
    figures.put("digits", accuracy(digits.correct(), digits.predicted().length, "scans held out"));
    figures.put("cancer", accuracy(cancer.correct(), cancer.held().length, "patients held out"));
    figures.put(
        "residuals",
        "XOR %s, digits %s, cancer %s of the answer at most (integrated gradients)"
            .formatted(
                Words.magnitude(xor.residual()),
                Words.magnitude(faithfulness.by(Method.IG).residual()),
                Words.magnitude(cancer.by(Method.IG).relativeResidual())));
    figures.put(
        "deletion",
        areas(faithfulness.by(Method.IG).deletion(), faithfulness.chance().deletion(), "lower"));
    figures.put(
        "insertion",
        areas(faithfulness.by(Method.IG).insertion(), faithfulness.chance().insertion(), "higher"));
    figures.put("judged", judged.summary());
    figures.put(
        "cured",
        "%s right with a misleading corner, %s before the prior; patients %s, %s before"
            .formatted(
                share(shortcut.cured().fooled()),
                share(shortcut.before().fooled()),
                share(leak.cured().fooled()),
                share(leak.before().fooled())));
    return figures;
  }

  private static String share(double part) {
    return Words.percent((int) Math.round(1e6 * part), 1_000_000);
  }

  private static String accuracy(int right, int of, String whom) {
    return "%s right, %d of %d %s".formatted(Words.percent(right, of), right, of, whom);
  }

  private static String areas(Curve method, Curve chance, String better) {
    return "area %s logit by integrated gradients, %s by chance (%s is better)"
        .formatted(Words.value(method.area()), Words.value(chance.area()), better);
  }

  /// The page.
  public Report report() {
    Report report =
        Report.titled("Why did the network say that?")
            .subtitle("Small networks, trained a moment ago, and what brought their answers about.")
            .tiles(
                Tile.of(xor.right() + " of 4", "XOR", "right after " + xor.epochs() + " epochs"),
                Tile.of(
                    Words.percent(digits.correct(), digits.predicted().length),
                    "digits, held out",
                    "%d of %d scans".formatted(digits.correct(), digits.predicted().length)),
                Tile.of(
                    Words.percent(cancer.correct(), cancer.held().length),
                    "breast cancer, held out",
                    "%d of %d patients".formatted(cancer.correct(), cancer.held().length)),
                Tile.of(
                    Words.magnitude(residual()),
                    "largest residual",
                    "of the answer, integrated gradients"))
            .text(
                "An explanation hands out an answer to what it was made from: to pixels, to"
                    + " measurements, to the nodes of the network. A good one *adds up*. What it"
                    + " leaves over is its **residual**, and it stands beside every explanation on"
                    + " this page. Point at any figure, or walk through it with the arrow keys, to"
                    + " read its numbers.");
    report = new XorPage(xor).addTo(report);
    report = new DigitsPage(digits).addTo(report);
    report = new CancerPage(cancer).addTo(report);
    report = new JudgedPage(judged).addTo(report);
    report = new ShortcutPage(shortcut, leak).addTo(report);
    return report.footer(
        "Made by `backlight demo --seed "
            + seed
            + "`. Data: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*"
            + " (1998); W. Wolberg, O. Mangasarian, N. Street and W. Street, *Breast Cancer"
            + " Wisconsin (Diagnostic)* (1995); both from the UCI Machine Learning Repository, CC"
            + " BY 4.0.");
  }

  /// The largest residual of integrated gradients and conductance in any part, relative.
  public double residual() {
    return Math.max(
        xor.residual(),
        Math.max(
            digits.faithfulness().by(Method.IG).residual(),
            cancer.by(Method.IG).relativeResidual()));
  }
}
