package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.explain.report.Comparison;
import dev.backlight.explain.report.Curves;
import dev.backlight.explain.report.Figure;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What the report tells of the network that was cured of a shortcut.
final class ShortcutPage {
  private final ShortcutStudy study;
  private final LeakStudy leak;

  ShortcutPage(ShortcutStudy study, LeakStudy leak) {
    this.study = study;
    this.leak = leak;
  }

  Report addTo(Report report) {
    CureRun before = study.before();
    CureRun cured = study.cured();
    Report with =
        report
            .section("A shortcut, and its cure")
            .text(
                ("**The question.** A network may be right for the wrong reasons. Here every scan"
                        + " to train on has the number of its digit in binary in four pixels of a"
                        + " corner, as a hospital's stamp may tell which ward an X-ray came from. The"
                        + " network learns the corner. With the corner of *another* digit it reads"
                        + " only %s of the scans that it never saw; %s of its explanation lies on"
                        + " those four pixels of 64.")
                    .formatted(percent(before.fooled()), percent(before.share())))
            .text(
                ("**The cure.** Explanations are differentiable, so they can be a part of the loss:"
                        + " the slopes of all log-probabilities at the four pixels, squared, times a"
                        + " weight (A. Ross, M. Hughes, F. Doshi-Velez, *Right for the right reasons*,"
                        + " 2017). The same network, trained on the same scans with the same corners,"
                        + " now reads %s whatever the corner says, and %s without one; one that never"
                        + " met a corner reads %s. The corner's part of the explanation is %s. The"
                        + " weight of %s was chosen on %d scans that were set aside for that: all"
                        + " numbers here are of others.")
                    .formatted(
                        percent(cured.fooled()),
                        percent(cured.clean()),
                        percent(study.honest().clean()),
                        percent(cured.share()),
                        Words.value(cured.weight()),
                        study.validated()))
            .figures(List.of(tradeOff(), share()))
            .table(table());
    if (!study.shown().isEmpty()) {
      with = with.figure(comparison());
    }
    return new LeakPage(leak)
        .addTo(with)
        .text(
            "**Limits.** Somebody has to know the shortcut and to say where it is. And the prior"
                + " says nothing about *how* the network shall read the rest: too much of it, and"
                + " the network cares for little else.");
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.01 ? "%.2f %%" : "%.1f %%", 100 * share);
  }

  /// Powers of ten of the weights; no prior at all stands one step before the smallest.
  private double[] powers() {
    double[] powers = study.runs().stream().mapToDouble(r -> Math.log10(r.weight())).toArray();
    powers[0] = powers[1] - 1;
    return powers;
  }

  private double[] by(ToDoubleFunction<CureRun> number) {
    return study.runs().stream().mapToDouble(number).map(share -> 100 * share).toArray();
  }

  private Figure tradeOff() {
    double[] powers = powers();
    double reached = 100 * study.honest().clean();
    return Curves.of(
            "What the prior costs",
            "weight of the prior, as a power of ten",
            "scans read rightly, %")
        .line("another's corner", powers, by(CureRun::fooled))
        .line("no corner", powers, by(CureRun::clean))
        .baseline(
            "never met a corner",
            new double[] {powers[0], powers[powers.length - 1]},
            new double[] {reached, reached})
        .caption(
            "Higher is better. The first point has no prior. What is missing to the dashed line is"
                + " what the shortcut costs on the left, and what the prior costs on the right.");
  }

  private Figure share() {
    return Curves.of(
            "What the prior buys",
            "weight of the prior, as a power of ten",
            "explanation on the corner, %")
        .line("on the corner", powers(), by(CureRun::share))
        .caption(
            "Lower is better. The magnitude of integrated gradients on the four pixels as a part"
                + " of all, the mean over the scans held out, each with its own corner.");
  }

  private Table table() {
    Table table =
        Table.of(
            "The same network by the weight of the prior",
            Column.text("weight"),
            Column.number("set aside: right less corner, %", 1).highestIsBest(),
            Column.number("another's corner, % right", 1).highestIsBest(),
            Column.number("no corner, % right", 1).highestIsBest(),
            Column.number("explanation on the corner, %", 2).lowestIsBest());
    return CureRun.rows(table, study.runs())
        .caption(
            ("The weight was chosen by the first column of numbers, on %d scans: right answers with"
                    + " another's corner, less the part of the explanation on it. The others are of %d"
                    + " scans that had no part in anything. Shown below is the weight %s.")
                .formatted(
                    study.validated(), study.held().rows(), Words.value(study.cured().weight())));
  }

  private Comparison comparison() {
    Comparison comparison =
        Comparison.of(
            "The same scans, before and after",
            Comparison.column("learned the corner", "logit"),
            Comparison.column("cured", "logit"));
    for (int scan : study.shown()) {
      comparison =
          comparison.row(
              Comparison.row("a " + study.truth(scan))
                  .note("its corner says " + study.other()[scan])
                  .input(DigitsPage.pixels(study.misled().slice(0, scan, scan + 1)))
                  .map(DigitsPage.pixels(study.contrast(study.before(), scan).scores()))
                  .map(DigitsPage.pixels(study.contrast(study.cured(), scan).scores())));
    }
    return comparison.caption(
        "Integrated gradients of the corner's digit less the written one: orange pixels spoke for"
            + " what the corner says.");
  }
}
