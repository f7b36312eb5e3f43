package dev.backlight.cli.demo;

import dev.backlight.cli.Words;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.fusion.Consensus;
import dev.backlight.explain.fusion.Fusion;
import dev.backlight.explain.quality.BenchmarkResult;
import dev.backlight.explain.report.Comparison;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/// What the report tells of methods that were judged, of their disagreement, and of what they say
/// together.
final class JudgedPage {
  private static final List<String> SHOWN =
      List.of("integrated-gradients", "deeplift", "occlusion", JudgedStudy.MIXTURE);
  private static final int SCANS = 4;
  private static final int FEATURES = 10;

  private final JudgedStudy study;

  JudgedPage(JudgedStudy study) {
    this.study = study;
  }

  Report addTo(Report report) {
    BenchmarkResult digits = study.digits();
    BenchmarkResult cancer = study.cancer();
    return report
        .section("Which explanation should one believe?")
        .text(
            "**The question.** Every method draws a picture, and every picture looks like a reason."
                + " So methods are judged themselves, by numbers that ask different things. *Does"
                + " it say what the network does* when pixels are taken away (infidelity,"
                + " sensitivity-n, deletion, ROAD)? *Does it stay* when the input hardly changes"
                + " (max-sensitivity)? *Is it brief* (sparseness)? *Does it depend* on what the"
                + " network has learned (model-randomisation) and on what was asked"
                + " (random-logit)?")
        .text(
            "**How to read it.** In each cell stands a mean and, below, the mean with its 95 %"
                + " interval on the column's own axis. Orange is the best of a column; a full dot"
                + " is not worse for sure, an open one is. The row *random* knows nothing: a method"
                + " that does not beat it in a column has shown nothing there.")
        .figure(
            digits
                .figure("Digits: %d methods, %d metrics".formatted(rows(digits), columns(digits)))
                .caption(
                    "Means over %d scans that training never saw. Infidelity is after the scale that fits"
                            .formatted(digits.examples())
                        + " best, since methods measure in different units. Deletion and ROAD are"
                        + " in logits."))
        .figure(
            cancer
                .figure(
                    "Breast cancer: %d methods, %d metrics"
                        .formatted(rows(cancer), columns(cancer)))
                .caption(
                    ("Means over %d patients that training never saw. Monotonicity: which part of"
                            + " the measurements moves the answer as its score says.")
                        .formatted(cancer.examples())))
        .text(
            "**Do they agree?** In the matrices every pair of methods is compared by how it ranks"
                + " the features of an example, 1 for the same order, 0 for chance. Blocks of"
                + " orange are families that compute nearly the same. Where two good methods"
                + " disagree, at least one of them is misread.")
        .figures(
            List.of(
                digits
                    .agreement()
                    .figure("Digits: who agrees with whom?")
                    .bothSides()
                    .caption(
                        "Full orange: both rank the pixels alike. White: no more than chance."
                            + " Rank correlation of magnitudes, mean over the scans."),
                cancer
                    .agreement()
                    .figure("Breast cancer: who agrees with whom?")
                    .bothSides()
                    .caption(
                        "Full orange: both rank the measurements alike. White: no more than chance."
                            + " Rank correlation of magnitudes, mean over the patients.")))
        .text(
            "**Together.** A consensus mixes methods with the weights that have the least"
                + " infidelity on *other* examples than those judged here: "
                + weights(digits)
                + " for digits, "
                + weights(cancer)
                + " for patients. Beside its scores stands how far its members disagree, pixel by"
                + " pixel: where that is large, the picture should not be trusted.")
        .figure(scans())
        .table(patient())
        .text(
            "**Limits.** All of these metrics show the network inputs that nobody would write or"
                + " measure, and each has confounders of its own. They compare explanations of"
                + " *this* network on *these* data, and a consensus is not right because many"
                + " agree: members may share a mistake.");
  }

  private static int rows(BenchmarkResult table) {
    return table.rows().size();
  }

  private static int columns(BenchmarkResult table) {
    return table.columns().size();
  }

  /// The members with the most weight, in words.
  private static String weights(BenchmarkResult table) {
    Consensus consensus = (Consensus) JudgedStudy.row(table, JudgedStudy.MIXTURE).explainer();
    List<Double> weights = ((Fusion.Weighted) consensus.fusion()).weights();
    List<String> words = new ArrayList<>();
    IntStream.range(0, weights.size())
        .boxed()
        .filter(m -> weights.get(m) >= 0.005)
        .sorted(Comparator.comparingDouble(m -> -weights.get(m)))
        .forEach(m ->
            words.add(
                String.format(
                    Locale.ROOT,
                    "%.0f %% %s",
                    100 * weights.get(m),
                    consensus.members().get(m).name())));
    return String.join(", ", words);
  }

  private Comparison scans() {
    List<Comparison.Column> columns = new ArrayList<>();
    SHOWN.forEach(name -> columns.add(Comparison.column(name.replace('-', ' '), "logit")));
    columns.add(Comparison.column("disagreement", "logit"));
    Comparison comparison =
        Comparison.of("The consensus of scans", columns.toArray(Comparison.Column[]::new));
    for (int i = 0; i < Math.min(SCANS, study.digits().examples()); i++) {
      Attribution fused = JudgedStudy.by(study.digits(), JudgedStudy.MIXTURE);
      Comparison.Row row =
          Comparison.row("scan " + (study.scans()[i] + 1))
              .note(fused.target().example(i).toString().replace("output", "read as"))
              .input(pixels(fused.x(), i));
      for (String name : SHOWN) {
        row = row.map(pixels(JudgedStudy.by(study.digits(), name).scores(), i));
      }
      comparison = comparison.row(row.map(pixels(Objects.requireNonNull(fused.spread()), i)));
    }
    return comparison.caption(
        "Orange pixels speak for what was read, blue ones against it. Three members, the mixture"
            + " with the least infidelity, and the standard deviation among all of its members,"
            + " from white, where they agree, to orange. All in one scale.");
  }

  private static double[][] pixels(Tensor scans, int i) {
    return DigitsPage.pixels(scans.slice(0, i, i + 1));
  }

  /// The features of the patient about whom members disagree most.
  private Table patient() {
    Attribution fused = JudgedStudy.by(study.cancer(), JudgedStudy.MIXTURE);
    Tensor spread = Objects.requireNonNull(fused.spread());
    int patient =
        IntStream.range(0, fused.examples())
            .boxed()
            .max(Comparator.comparingDouble(i -> spread.get(i).sum().item()))
            .orElseThrow();
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("contribution, logit"));
    SHOWN.forEach(name -> columns.add(Column.number(name, 2)));
    columns.add(Column.number("disagreement", 2));
    Table table =
        Table.of(
            "Patient %d, about whom the members disagree most"
                .formatted(study.patients()[patient] + 1),
            columns.toArray(Column[]::new));
    for (Attribution.Ranked feature : fused.ranking(patient).subList(0, FEATURES)) {
      int j = feature.feature();
      List<Object> cells = new ArrayList<>();
      cells.add(study.features()[j]);
      for (String name : SHOWN) {
        cells.add(JudgedStudy.by(study.cancer(), name).scores().at(patient, j));
      }
      cells.add(spread.at(patient, j));
      table = table.row(cells.toArray());
    }
    return table.caption(
        ("Above 0 speaks for malignant, below 0 for benign. The %d features that the consensus"
                + " ranks first, of a patient with %s log-odds of malignant.")
            .formatted(FEATURES, Words.signed(fused.output().at(patient))));
  }
}
