package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Curve;
import dev.backlight.explain.report.Comparison;
import dev.backlight.explain.report.ConfusionMatrix;
import dev.backlight.explain.report.Curves;
import dev.backlight.explain.report.Figure;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import dev.backlight.nn.train.Epoch;
import dev.backlight.nn.train.Score;
import java.util.List;
import java.util.Objects;

/// What the report tells of handwritten digits.
final class DigitsPage {
  private final DigitsStudy study;

  DigitsPage(DigitsStudy study) {
    this.study = study;
  }

  Report addTo(Report report) {
    Report with =
        report
            .section("Digits: which pixels spoke for the answer?")
            .text(
                ("**The question.** A small convolutional network has learned to read scans of 8 ×"
                        + " 8 pixels. It reads %d of %d scans that it never saw, %s. What in a scan"
                        + " made it answer so?")
                    .formatted(
                        study.correct(),
                        study.predicted().length,
                        Words.percent(study.correct(), study.predicted().length)))
            .figures(List.of(training(), confusion()))
            .text(
                "**The picture.** Each row is a scan, each column a method. Orange pixels spoke for"
                    + " the digit that was read, blue ones against it, and paper means nothing. All"
                    + " columns in *logit* share one scale, so equal ink means equal numbers, and"
                    + " no map is normalised; a digit's logit is the network's score for it, and"
                    + " the highest is read. Saliency is a slope, in other units, so it has a scale"
                    + " of its own.")
            .figure(
                comparison(
                    "Right answers: what spoke for the digit?",
                    study.right(),
                    "The baseline is blank paper. Under each map stands its residual, in logit:"
                        + " what the method leaves unexplained."))
            .text(
                "**What to notice.** Integrated gradients leave nothing over, because they follow"
                    + " the whole way from blank paper to the scan. Gradient × input looks only at"
                    + " the end of that way, and LRP-ε draws the same map: in a network of ReLUs"
                    + " the two are one method in two notations. Occlusion wipes out one pixel at a"
                    + " time and so misses what pixels do together. Blank pixels get no ink from"
                    + " any method but saliency: nothing is there that could have contributed.");
    if (!study.wrong().isEmpty()) {
      with =
          with.text(
                  "**Where it errs.** For a wrong answer the better question is a contrast: why"
                      + " *this* digit rather than the *true* one? The maps explain the difference"
                      + " of the two logits, so orange pixels are those that misled the network.")
              .figure(
                  comparison(
                      "Wrong answers: what misled the network?",
                      study.wrong(),
                      "The logit of the digit that was read, less that of the true one."));
    }
    return with.text(
            ("**Which map is right?** An explanation can be judged. *Deletion* wipes out pixels,"
                    + " two at a time, those first that the method holds most important: if it is"
                    + " right, the answer falls fast and the area is low. *Insertion* draws them"
                    + " on blank paper in the same order: the area should be high. Both are means"
                    + " over %d scans, and every method must beat an order drawn by chance.")
                .formatted(study.faithfulness().scans()))
        .figures(List.of(curves(true), curves(false)))
        .table(areas())
        .text(
            "**Limits.** A half-deleted scan is no digit that anyone wrote, so the curves also show"
                + " what the network makes of nonsense. And a map says *where* something was seen,"
                + " not *what*.");
  }

  private Comparison comparison(String title, List<DigitsStudy.Case> cases, String caption) {
    Comparison.Column[] columns =
        DigitsStudy.METHODS.stream()
            .map(m -> Comparison.column(m.title, m.unit("logit", "unit of ink")))
            .toArray(Comparison.Column[]::new);
    Comparison comparison = Comparison.of(title, columns);
    for (DigitsStudy.Case one : cases) {
      int read = study.predicted()[one.scan()];
      int truth = study.truth(one.scan());
      Comparison.Row row =
          Comparison.row("scan " + (study.rows()[one.scan()] + 1))
              .note(read == truth ? "read as " + read : "read as " + read + ", is " + truth)
              .input(pixels(study.held().x().slice(0, one.scan(), one.scan() + 1)));
      for (int m = 0; m < columns.length; m++) {
        Attribution map = one.maps().get(m);
        row =
            DigitsStudy.METHODS.get(m).measuresShares()
                ? row.map(pixels(map.scores()), "residual " + Words.magnitude(map.residual().at(0)))
                : row.map(pixels(map.scores()));
      }
      comparison = comparison.row(row);
    }
    return comparison.caption(caption);
  }

  static double[][] pixels(Tensor scan) {
    double[] all = scan.toDoubles();
    double[][] pixels = new double[8][8];
    for (int i = 0; i < 64; i++) {
      pixels[i / 8][i % 8] = all[i];
    }
    return pixels;
  }

  private Figure training() {
    int n = study.history().size();
    double[] epochs = new double[n];
    double[] train = new double[n];
    double[] held = new double[n];
    for (int i = 0; i < n; i++) {
      Epoch epoch = study.history().get(i);
      Score judged = Objects.requireNonNull(epoch.held());
      epochs[i] = epoch.number();
      train[i] = epoch.train().loss();
      held[i] = judged.loss();
    }
    return Curves.of("Training", "epoch", "cross-entropy, nats")
        .line("training", epochs, train)
        .line("held out", epochs, held)
        .caption("Lower is better. The scans held out take no part in training.");
  }

  private Figure confusion() {
    int[][] counts = new int[10][10];
    for (int i = 0; i < study.predicted().length; i++) {
      counts[study.truth(i)][study.predicted()[i]]++;
    }
    return ConfusionMatrix.of(
            "Scans held out", study.held().classes().toArray(String[]::new), counts)
        .caption("Rows are what was written, columns what was read.");
  }

  private Figure curves(boolean deletion) {
    Curves curves =
        Curves.of(
            deletion ? "Deletion" : "Insertion",
            deletion ? "share of pixels wiped out" : "share of pixels drawn",
            "logit of the answer");
    Faithfulness faithfulness = study.faithfulness();
    for (Faithfulness.Judged judged : faithfulness.judged()) {
      Curve curve = deletion ? judged.deletion() : judged.insertion();
      double[] at = curve.fractions().toDoubles();
      curves =
          judged.equals(faithfulness.chance())
              ? curves.baseline(judged.name(), at, curve.mean())
              : curves.line(judged.name(), at, curve.mean());
    }
    return curves.caption(
        deletion
            ? "Falling early is good: what was named first carried the answer. The line of LRP-ε"
                + " covers that of gradient × input."
            : "Rising early is good: what was named first suffices for the answer. The line of"
                + " LRP-ε covers that of gradient × input.");
  }

  private Table areas() {
    Table table =
        Table.of(
            "Areas under the curves",
            Column.text("method"),
            Column.number("deletion area, logit", 3).lowestIsBest(),
            Column.number("insertion area, logit", 3).highestIsBest(),
            Column.magnitude("largest relative residual"),
            Column.number("runs per scan", 0));
    for (Faithfulness.Judged judged : study.faithfulness().judged()) {
      table =
          table.row(
              judged.name(),
              judged.deletion().area(),
              judged.insertion().area(),
              judged.complete() ? judged.residual() : "no claim",
              judged.evaluations());
    }
    return table.caption(
        "The best of each column in bold. The residual is what scores leave unexplained, as a part"
            + " of the answer; LRP hands some of it to biases, which no pixel owns. Runs are"
            + " forward passes of the network for each scan.");
  }
}
