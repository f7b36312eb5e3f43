package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import dev.backlight.explain.report.Waterfall;
import java.util.List;

/// What the report tells of patients with a column that gives the diagnosis away.
final class LeakPage {
  private final LeakStudy study;

  LeakPage(LeakStudy study) {
    this.study = study;
  }

  Report addTo(Report report) {
    CureRun before = study.before();
    CureRun cured = study.cured();
    int patient = study.shown();
    return report
        .text(
            ("**The same with patients.** A column slipped into the table that is 1 for malignant"
                    + " and −1 for benign, as a code that is given after the diagnosis may. The"
                    + " network learns the column: %s of its explanation lies on it, and of"
                    + " patients whose column says the opposite it tells %s rightly. With the prior"
                    + " it tells %s of them, and %s of those without a column; one that never met"
                    + " it %s. The column's part of the explanation is %s. The weight of %s was"
                    + " chosen on %d patients that were set aside; the numbers are of %d others.")
                .formatted(
                    ShortcutPage.percent(before.share()),
                    ShortcutPage.percent(before.fooled()),
                    ShortcutPage.percent(cured.fooled()),
                    ShortcutPage.percent(cured.clean()),
                    ShortcutPage.percent(study.honest().clean()),
                    ShortcutPage.percent(cured.share()),
                    Words.value(cured.weight()),
                    study.validated(),
                    study.held().size(0)))
        .table(table())
        .figures(
            List.of(
                waterfall("learned the column", before, patient),
                waterfall("cured", cured, patient)));
  }

  private Table table() {
    Table table =
        Table.of(
            "Patients, by the weight of the prior",
            Column.text("weight"),
            Column.number("set aside: right less column, %", 1).highestIsBest(),
            Column.number("opposite column, % right", 1).highestIsBest(),
            Column.number("no column, % right", 1).highestIsBest(),
            Column.number("explanation on the column, %", 2).lowestIsBest());
    return CureRun.rows(table, study.runs())
        .caption(
            "The first column of numbers chose the weight; the others are of patients that had no part"
                + " in anything. The best of each is bold.");
  }

  private Waterfall waterfall(String what, CureRun run, int patient) {
    Attribution explained = study.misled(run);
    int d = study.names().size();
    String[] texts = new String[d];
    double[] scores = new double[d];
    for (int j = 0; j < d; j++) {
      texts[j] = Words.value(study.raw().at(patient, j));
      scores[j] = explained.scores().at(patient, j);
    }
    texts[LeakStudy.LEAK] = study.isMalignant(patient) ? "−1" : "1";
    double end = explained.output().at(patient);
    return Waterfall.of(
            "A patient: " + what,
            study.names().toArray(String[]::new),
            texts,
            scores,
            end - explained.explained().at(patient),
            end)
        .unit("logit")
        .top(6)
        .ends("average patient", "this patient")
        .caption(
            "The tumour was *%s* and the column says the opposite; the network says *%s*. Orange steps lead towards malignant, blue ones towards benign."
                .formatted(
                    study.isMalignant(patient) ? "malignant" : "benign",
                    end > 0 ? "malignant" : "benign"));
  }
}
