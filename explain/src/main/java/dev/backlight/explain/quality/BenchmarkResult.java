package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.report.Scoreboard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The table of a [Benchmark]: a row for every explainer, a column for every metric, and in every
/// cell a mean over the examples with its interval.
///
/// It prints, draws as a [#figure], and is written as [#json()].
///
/// @param examples how many there were
/// @param target what was explained
/// @param seed where draws began
/// @param columns names of the metrics, told apart
/// @param metrics the metrics
/// @param rows one for every explainer
public record BenchmarkResult(
    int examples,
    String target,
    long seed,
    List<String> columns,
    List<Metric> metrics,
    List<Row> rows) {
  public BenchmarkResult {
    columns = List.copyOf(columns);
    metrics = List.copyOf(metrics);
    rows = List.copyOf(rows);
  }

  /// What one explainer got.
  ///
  /// @param name of the explainer, told apart from the others
  /// @param explainer itself
  /// @param attribution its explanation, or none if it failed
  /// @param failure why it failed, or nothing
  /// @param cells one for every metric; none if it failed
  public record Row(
      String name,
      Explainer explainer,
      @Nullable Attribution attribution,
      String failure,
      List<Cell> cells) {
    public Row {
      cells = List.copyOf(cells);
    }

    /// Whether it could explain.
    public boolean explained() {
      return attribution != null;
    }
  }

  /// What one metric gave for one explainer.
  ///
  /// @param values of the examples; none if it failed
  /// @param interval of their mean
  /// @param failure why it failed, or nothing
  public record Cell(double[] values, Interval interval, String failure) {
    public Cell {
      values = values.clone();
    }

    /// A copy of the values of the examples.
    @Override
    public double[] values() {
      return values.clone();
    }
  }

  /// How a cell stands to the best of its column.
  public enum Standing {
    /// It is the best.
    BEST,
    /// It is not worse for sure: 0 is within the interval of the mean difference from the best,
    /// example by example.
    TIED,
    /// It is worse.
    WORSE,
    /// It has no number.
    NONE
  }

  /// The row of the best mean of a column, or -1 if there is no number.
  public int best(int column) {
    int best = -1;
    for (int r = 0; r < rows.size(); r++) {
      double mean = mean(r, column);
      if (!Double.isNaN(mean)
          && (best < 0 || metrics.get(column).scale().better(mean, mean(best, column)))) {
        best = r;
      }
    }
    return best;
  }

  /// The mean of a cell; `NaN` if there is none.
  public double mean(int row, int column) {
    Row of = rows.get(row);
    return of.explained() ? of.cells.get(column).interval.mean() : Double.NaN;
  }

  /// How a cell stands to the best of its column.
  public Standing standing(int row, int column) {
    int best = best(column);
    if (best < 0 || Double.isNaN(mean(row, column))) {
      return Standing.NONE;
    }
    if (row == best) {
      return Standing.BEST;
    }
    double[] mine = rows.get(row).cells.get(column).values;
    double[] theirs = rows.get(best).cells.get(column).values;
    double[] differences = new double[mine.length];
    Arrays.setAll(differences, i -> mine[i] - theirs[i]);
    Interval interval = Interval.of(differences, Key.of(seed).fold(-1));
    return interval.defined() > 0 && interval.holds(0) ? Standing.TIED : Standing.WORSE;
  }

  /// How far the explanations agree, each with each, by a measure of [Disagreement]; those that
  /// failed are left out.
  public AgreementMatrix agreement(
      String measure, BiFunction<Attribution, Attribution, double[]> agreement) {
    Map<String, Attribution> explanations = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.attribution != null) {
        explanations.put(row.name, row.attribution);
      }
    }
    return AgreementMatrix.of(measure, explanations, agreement);
  }

  /// How far the explanations agree in the ranks of their features.
  public AgreementMatrix agreement() {
    return agreement("rank correlation", Disagreement::ranks);
  }

  /// The table, drawn.
  public Scoreboard figure(String title) {
    Scoreboard.Column[] heads = new Scoreboard.Column[columns.size()];
    Arrays.setAll(
        heads, c -> Scoreboard.column(columns.get(c), metrics.get(c).scale().higherIsBetter()));
    Scoreboard board = Scoreboard.of(title, heads);
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      if (!row.explained()) {
        board = board.failed(row.name, row.failure);
        continue;
      }
      Scoreboard.Cell[] cells = new Scoreboard.Cell[columns.size()];
      for (int c = 0; c < cells.length; c++) {
        Cell cell = row.cells.get(c);
        Interval i = cell.interval;
        cells[c] =
            cell.failure.isEmpty()
                ? Scoreboard.cell(i.mean(), i.low(), i.high())
                    .note(i.defined() == i.examples() ? "" : i.defined() + " of " + i.examples())
                    .tied(standing(r, c) != Standing.WORSE)
                : Scoreboard.cell(Double.NaN, Double.NaN, Double.NaN).note(cell.failure);
      }
      board = board.row(row.name, cells);
    }
    return board;
  }

  /// All of it as one JSON object, with the number of every example; those that are not finite as
  /// null.
  public String json() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("examples", examples);
    all.put("target", target);
    all.put("seed", seed);
    List<Object> asked = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      Map<String, @Nullable Object> metric = new LinkedHashMap<>();
      metric.put("name", columns.get(c));
      metric.put("metric", metrics.get(c).name());
      metric.put("family", metrics.get(c).family().toString());
      metric.put("parameters", metrics.get(c).parameters());
      metric.put("low", metrics.get(c).scale().low());
      metric.put("high", metrics.get(c).scale().high());
      metric.put("higherIsBetter", metrics.get(c).scale().higherIsBetter());
      asked.add(metric);
    }
    all.put("metrics", asked);
    List<Object> methods = new ArrayList<>();
    for (Row row : rows) {
      Map<String, @Nullable Object> method = new LinkedHashMap<>();
      method.put("name", row.name);
      method.put("method", row.explainer.name());
      method.put("parameters", row.explainer.parameters());
      method.put("evaluations", row.attribution == null ? null : row.attribution.evaluations());
      method.put("failure", row.failure.isEmpty() ? null : row.failure);
      List<Object> cells = new ArrayList<>();
      for (Cell cell : row.cells) {
        Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
        numbers.put("mean", cell.interval.mean());
        numbers.put("low", cell.interval.low());
        numbers.put("high", cell.interval.high());
        numbers.put("defined", cell.interval.defined());
        numbers.put("failure", cell.failure.isEmpty() ? null : cell.failure);
        numbers.put("values", cell.values);
        cells.add(numbers);
      }
      method.put("cells", cells);
      methods.add(method);
    }
    all.put("explainers", methods);
    return Json.write(all, Json.Style.PRETTY, Json.Style.NULL_FOR_NON_FINITE);
  }

  /// The table, aligned: means, `*` at the best of a column and `~` at what is not worse for sure.
  @Override
  public String toString() {
    return BenchmarkPrinter.print(this);
  }
}
