package dev.backlight.cli.demo;

import dev.backlight.cli.Method;
import dev.backlight.cli.Words;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.report.BarRanking;
import dev.backlight.explain.report.Beeswarm;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import dev.backlight.explain.report.Waterfall;
import java.util.List;
import java.util.Locale;

/// What the report tells of the tumours.
final class CancerPage {
  private static final int COMPARED = 8;

  private final CancerStudy study;
  private final Attribution explained;
  private final String[] names;
  private final double[][] scores;
  private final double[][] values;

  CancerPage(CancerStudy study) {
    this.study = study;
    explained = study.by(Method.IG);
    names = study.names();
    scores = study.rows(explained.scores());
    values = study.rows(study.all().x());
  }

  Report addTo(Report report) {
    int hardest = study.hardest();
    return report
        .section("Breast cancer: why this patient?")
        .text(
            ("**The question.** A perceptron reads 30 measurements of cell nuclei and answers with"
                    + " the log-odds that the tumour is malignant: above 0 it says malignant, below"
                    + " 0 benign. It is right about %d of %d patients that it never saw, %s. Which"
                    + " measurements decided?")
                .formatted(
                    study.correct(),
                    study.held().length,
                    Words.percent(study.correct(), study.held().length)))
        .text(
            "**One patient at a time.** A waterfall starts at the answer for the *average patient*"
                + " and goes step by step to the answer for this one, the largest contributions"
                + " first. Orange steps lead towards malignant, blue ones towards benign. The steps"
                + " are integrated gradients, and what they leave over is printed under each"
                + " figure.")
        .figures(
            List.of(
                waterfall("clearly malignant", study.clearlyMalignant()),
                waterfall("clearly benign", study.clearlyBenign())))
        .figure(waterfall(study.isRight(hardest) ? "the closest call" : "got wrong", hardest))
        .text(
            "**All patients at once.** In the swarm every dot is a patient. A row with purple dots"
                + " on the right means: large values speak for malignant. A long tail means that"
                + " the feature decides few patients, but those clearly.")
        .figure(
            Beeswarm.of("All %d patients".formatted(scores.length), names, scores, values)
                .unit("logit")
                .top(12)
                .caption(
                    "Right of 0 speaks for malignant. Contributions to the log-odds, by integrated"
                        + " gradients from the average patient."))
        .figure(
            BarRanking.magnitudes("What matters most", names, study.importance(Method.IG))
                .unit("mean |contribution|, logit")
                .top(12)
                .caption(
                    "The longer a bar, the further the measurement moved answers, over all patients"
                        + " and either way."))
        .text(
            "**Do methods agree?** They ask different questions, so they need not. Where they put"
                + " the same features on top, the finding does not hang on one method's way of"
                + " asking. (Gradient × input and LRP-ε always agree here: with ReLUs they are one"
                + " method in two notations.)")
        .table(agreement())
        .text(
            "**Limits.** Many of the measurements say nearly the same (radius, perimeter and area"
                + " of one nucleus); the network spreads its answer over them as it happened to be"
                + " trained, and another one, equally good, would spread it otherwise. This"
                + " explains a *network*, not a disease, and nobody should be treated by it.");
  }

  private Waterfall waterfall(String what, int patient) {
    String[] texts = new String[names.length];
    for (int j = 0; j < texts.length; j++) {
      texts[j] = Words.value(values[patient][j]);
    }
    double end = study.logit(patient);
    return Waterfall.of(
            "Patient %d: %s".formatted(patient + 1, what),
            names,
            texts,
            scores[patient],
            end - explained.explained().at(patient),
            end)
        .unit("logit")
        .top(9)
        .ends("average patient", "this patient")
        .caption(
            String.format(
                Locale.ROOT,
                "The tumour was *%s*; the network says *%s*, with probability %s. Residual %s.",
                study.isMalignant(patient) ? "malignant" : "benign",
                end > 0 ? "malignant" : "benign",
                probability(Math.abs(end)),
                Words.magnitude(explained.residual().at(patient))));
  }

  /// Of what the network says; a number that would round to certainty is not printed as such.
  private static String probability(double logit) {
    double p = 1 / (1 + Math.exp(-logit));
    return p > 0.999 ? "above 0.999" : String.format(Locale.ROOT, "%.3f", p);
  }

  private Table agreement() {
    List<Method> methods = List.copyOf(study.explained().keySet());
    Column[] columns = new Column[methods.size() + 1];
    columns[0] = Column.text("mean |contribution|, logit");
    double[][] sizes = new double[methods.size()][];
    for (int m = 0; m < sizes.length; m++) {
      columns[m + 1] = Column.number(methods.get(m).title, 3);
      sizes[m] = study.importance(methods.get(m));
    }
    Table table = Table.of("The same patients by four methods", columns);
    for (int j : study.ranking().subList(0, COMPARED)) {
      Object[] cells = new Object[columns.length];
      cells[0] = names[j];
      for (int m = 0; m < sizes.length; m++) {
        cells[m + 1] = sizes[m][j];
      }
      table = table.row(cells);
    }
    Object[] residuals = new Object[columns.length];
    residuals[0] = "largest relative residual";
    for (int m = 0; m < sizes.length; m++) {
      residuals[m + 1] = Words.magnitude(study.by(methods.get(m)).relativeResidual());
    }
    return table
        .row(residuals)
        .caption(
            "The %d features that integrated gradients rank first, and what each method leaves"
                    .formatted(COMPARED)
                + " unexplained in the worst case, as a part of the answer.");
  }
}
