package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.explain.report.Table;
import dev.backlight.nn.Sequential;
import java.util.List;

/// One training of a network that may learn a shortcut.
///
/// @param weight of the prior against it
/// @param validated the share of right answers to examples set aside, with a shortcut that
///   misleads, less the part of the explanation that lies on it
/// @param clean the share of right answers to examples held out, without a shortcut
/// @param fooled to those with a shortcut that misleads
/// @param share of the magnitude of integrated gradients that lies on the shortcut, the mean over
///   those with one that is right
record CureRun(
    double weight,
    Sequential network,
    double validated,
    double clean,
    double fooled,
    double share) {
  /// The one that does best on what was set aside; of equal ones the first.
  static CureRun best(List<CureRun> runs) {
    CureRun best = runs.getFirst();
    for (CureRun run : runs) {
      best = run.validated() > best.validated() ? run : best;
    }
    return best;
  }

  /// A row for each: the weight and four percentages, in the order above but for `fooled` before
  /// `clean`.
  static Table rows(Table table, List<CureRun> runs) {
    Table with = table;
    for (CureRun run : runs) {
      with =
          with.row(
              run.weight() == 0 ? "none" : Words.value(run.weight()),
              100 * run.validated(),
              100 * run.fooled(),
              100 * run.clean(),
              100 * run.share());
    }
    return with;
  }
}
