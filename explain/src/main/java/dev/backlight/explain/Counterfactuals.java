package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.TableFeature.Direction;
import dev.backlight.explain.TableFeature.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What would have to be otherwise for another answer: rows of a table near a given one, within
/// constraints on what can be changed at all.
///
/// ```java
/// Counterfactual other =
///     Counterfactuals.of(train, names)
///         .fixed("age").onlyUp("education").whole("children").range("hours", 0, 60)
///         .oneOf("rents", "owns")
///         .find(model, row, Goal.atLeast(Target.only(), 0));
/// System.out.println(other);
/// ```
///
/// The cost of a change is `Σ |xⱼ′ − xⱼ| / scaleⱼ`, with the median absolute deviation of the data
/// for a scale (their deviation where that is 0), and 1 for a category. S. Wachter, B. Mittelstadt,
/// C. Russell, "Counterfactual explanations without opening the black box" (2018).
///
/// The search asks the model only for answers, so it takes any function of a table. It walks from
/// the row, and from the cheapest rows of the data that reach the goal, each time by the change
/// that gains most for its cost; what has reached the goal is then taken back, feature by feature
/// and in halves, as far as it holds. What is found is checked against the goal and every
/// constraint. That none is cheaper is not proved; for a linear model of numbers none is, to a
/// thousandth.
public final class Counterfactuals {
  final double[][] data;
  final List<String> names;
  final List<TableFeature> features;
  final int most;

  private Counterfactuals(
      double[][] data, List<String> names, List<TableFeature> features, int most) {
    this.data = data;
    this.names = names;
    this.features = features;
    this.most = most;
  }

  /// Of rows like these: values stay within the range that each column has there.
  ///
  /// @param data (m, d), such as the training rows
  /// @param names of the columns
  public static Counterfactuals of(Tensor data, List<String> names) {
    if (data.rank() != 2 || data.size(0) == 0 || data.size(1) != names.size()) {
      throw new ShapeException(
          "counterfactuals need rows (m, "
              + names.size()
              + ") with m >= 1, as many columns as names, got "
              + data.shape());
    }
    double[][] rows = new double[data.size(0)][];
    double[] all = data.toDoubles();
    int d = names.size();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * d, (i + 1) * d);
    }
    List<TableFeature> features = new ArrayList<>();
    for (int j = 0; j < d; j++) {
      int column = j;
      double[] values = Arrays.stream(rows).mapToDouble(row -> row[column]).sorted().toArray();
      features.add(
          new TableFeature(
              names.get(j),
              List.of(j),
              Kind.NUMBER,
              values[0],
              values[values.length - 1],
              Direction.EITHER,
              scale(values)));
    }
    return new Counterfactuals(rows, List.copyOf(names), List.copyOf(features), d);
  }

  private static double scale(double[] sorted) {
    double median = middle(sorted);
    double[] apart = Arrays.stream(sorted).map(v -> Math.abs(v - median)).sorted().toArray();
    double deviation = middle(apart);
    if (deviation == 0) {
      double mean = Arrays.stream(sorted).average().orElseThrow();
      deviation =
          Math.sqrt(
              Arrays.stream(sorted).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }
    return deviation == 0 ? 1 : deviation;
  }

  private static double middle(double[] sorted) {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /// With features that cannot be changed, such as an age.
  public Counterfactuals fixed(String... unchangeable) {
    return each(unchangeable, f -> f.going(Direction.FIXED));
  }

  /// With features that can only grow.
  public Counterfactuals onlyUp(String... growing) {
    return each(growing, f -> f.going(Direction.UP));
  }

  /// With features that can only shrink.
  public Counterfactuals onlyDown(String... shrinking) {
    return each(shrinking, f -> f.going(Direction.DOWN));
  }

  /// With features whose values are whole numbers.
  public Counterfactuals whole(String... counts) {
    return each(counts, f -> f.kind(Kind.WHOLE));
  }

  /// With another range for a feature than that of the data.
  public Counterfactuals range(String name, double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "a range needs low <= high, got " + low + " and " + high + " for " + name);
    }
    return each(new String[] {name}, f -> f.within(low, high));
  }

  /// With a feature of which a change by `one` costs 1: what is hard to change has a small one.
  public Counterfactuals unit(String name, double one) {
    if (!(one > 0 && one < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a unit needs to be finite and above 0, got " + one + " for " + name);
    }
    return each(new String[] {name}, f -> f.costing(one));
  }

  /// With columns that are one category: exactly one of them is 1, the others are 0. It has the
  /// name of its columns, as in `rents|owns`.
  public Counterfactuals oneOf(String... columns) {
    List<TableFeature> members = Arrays.stream(columns).map(this::feature).toList();
    if (members.size() < 2 || members.stream().anyMatch(f -> f.kind() == Kind.CATEGORY)) {
      throw new IllegalArgumentException(
          "a category needs two columns or more that are in no other, got "
              + String.join(", ", columns));
    }
    List<TableFeature> others = new ArrayList<>(features);
    int place = others.indexOf(members.getFirst());
    others.set(
        place,
        new TableFeature(
            String.join("|", columns),
            members.stream().map(TableFeature::column).toList(),
            Kind.CATEGORY,
            0,
            1,
            Direction.EITHER,
            1));
    others.removeAll(members);
    return new Counterfactuals(data, names, List.copyOf(others), most);
  }

  /// With at most so many features changed.
  public Counterfactuals atMost(int changes) {
    if (changes < 1) {
      throw new IllegalArgumentException("counterfactuals need 1 change or more, got " + changes);
    }
    return new Counterfactuals(data, names, features, changes);
  }

  private Counterfactuals each(String[] which, UnaryOperator<TableFeature> change) {
    List<TableFeature> others = new ArrayList<>(features);
    for (String name : which) {
      TableFeature feature =
          others.stream()
              .filter(f -> f.name().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown(name));
      others.set(others.indexOf(feature), change.apply(feature));
    }
    return new Counterfactuals(data, names, List.copyOf(others), most);
  }

  private TableFeature feature(String name) {
    return features.stream()
        .filter(f ->
            f.name().equals(name)
                || names.indexOf(name) >= 0 && f.columns().contains(names.indexOf(name)))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  private IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "a constraint needs a feature of the table, got "
            + name
            + "; there are "
            + String.join(", ", features.stream().map(TableFeature::name).toList()));
  }

  /// Looks for the cheapest change of a row that reaches a goal.
  ///
  /// @param model from rows (n, d) to outputs (n, …), any function
  /// @param x the row, (1, d) or (d)
  public Counterfactual find(Function<Tensor, Tensor> model, Tensor x, Goal goal) {
    return find(model, x, goal, 1).getFirst();
  }

  /// Looks for several changes that reach a goal by different features: for each one, what earlier
  /// ones changed costs four times as much. They need not be cheap, and the last may not be found
  /// or may be as an earlier one.
  public List<Counterfactual> find(Function<Tensor, Tensor> model, Tensor x, Goal goal, int count) {
    if (x.elements() != names.size() || x.rank() > 2) {
      throw new ShapeException(
          "a counterfactual needs one row of " + names.size() + " columns, got " + x.shape());
    }
    double[] row = x.to(DType.F64).toDoubles();
    for (TableFeature f : features) {
      if (f.kind() == Kind.CATEGORY && !f.isOneOf(row)) {
        throw new IllegalArgumentException(
            "a category needs one column of 1 and others of 0, got "
                + f.columns().stream().map(c -> names.get(c) + " = " + row[c]).toList());
      }
    }
    List<Counterfactual> found = new ArrayList<>();
    double[] dearer = new double[features.size()];
    Arrays.fill(dearer, 1);
    for (int k = 0; k < count; k++) {
      Counterfactual one = new CounterfactualSearch(this, model, x, goal, dearer).run();
      found.add(one);
      for (int f = 0; f < dearer.length; f++) {
        String name = features.get(f).name();
        dearer[f] *= one.changes().stream().anyMatch(c -> c.feature().equals(name)) ? 4 : 1;
      }
    }
    return List.copyOf(found);
  }
}
