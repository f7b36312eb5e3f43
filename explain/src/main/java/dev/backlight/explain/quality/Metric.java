package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// A question to an explanation that has a number as its answer, one for every example.
///
/// A metric is a small immutable value: the question and its parameters. The same key gives the
/// same numbers, and an example gets the number that it would get alone, but for [Consistency],
/// which compares examples.
///
/// An example for which the question has no answer gets `NaN`; each metric says when. A metric of
/// your own is one more such record, and a [Benchmark] takes it like those that are here.
public interface Metric {
  /// What a metric asks for, in the words of the field.
  enum Family {
    /// Whether an axiom holds.
    AXIOMATIC,
    /// Whether scores say what the model does.
    FAITHFULNESS,
    /// Whether neighbours are explained alike.
    ROBUSTNESS,
    /// Whether scores lie where they should.
    LOCALISATION,
    /// Whether few features carry the scores.
    COMPLEXITY,
    /// Whether scores depend on the model and on what is asked.
    RANDOMISATION;

    /// In lower case.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The name by which people ask for it, as in `faithfulness-correlation`.
  String name();

  /// What was chosen, in a fixed order: texts, numbers and truth values, as JSON holds them.
  /// Nothing, if there is nothing to choose.
  default Map<String, Object> parameters() {
    return Map.of();
  }

  /// What it asks for.
  Family family();

  /// Which numbers there are, and which way is better.
  Scale scale();

  /// The number of every example; `NaN` where there is none, as where a score is not finite.
  default double[] of(Explained explained, Key key) {
    double[] numbers = ask(explained, key);
    double[][] scores = explained.scores();
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(Arrays.stream(scores[i]).sum())) {
        numbers[i] = Double.NaN;
      }
    }
    return numbers;
  }

  /// As [#of], of scores that are finite. This is what a metric of your own implements.
  double[] ask(Explained explained, Key key);
}
