package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An explanation: what each element of an input contributed to one scalar of the answer, with all
/// that is needed to judge it and to make it again.
///
/// Scores are in the units of the answer and are never normalised. It prints as a ranking and is
/// written as JSON.
///
/// @param method the name of the explainer
/// @param parameters its parameters, in a fixed order
/// @param completeness what the method promises that scores add up to
/// @param target which scalar was explained, decided
/// @param x the inputs (n, …)
/// @param scores one score for every element of x
/// @param spread how sure each score is, of the shape of x, where that is known: the standard error
///   of scores that were sampled, the standard deviation among the members of a consensus
/// @param output the explained scalar of every example, (n)
/// @param baseline what stood for "nothing there", of the shape of x, if the method has one
/// @param baselineOutput the scalar at the baseline, (n), if there is one
/// @param evaluations how often the model was run on each example, backward runs not counted
/// @param seed where random draws began, if there were any
/// @param features a name for every element of an example, or none
public record Attribution(
    String method,
    Map<String, Object> parameters,
    Completeness completeness,
    Target target,
    Tensor x,
    Tensor scores,
    @Nullable Tensor spread,
    Tensor output,
    @Nullable Tensor baseline,
    @Nullable Tensor baselineOutput,
    long evaluations,
    @Nullable Long seed,
    List<String> features) {
  public Attribution {
    if (!scores.spec().equals(x.spec())) {
      throw new ShapeException(
          "an attribution needs scores " + x.spec() + " like x, got " + scores.spec());
    }
    if (spread != null && !spread.shape().equals(x.shape())) {
      throw new ShapeException(
          "an attribution needs a spread like x " + x.shape() + ", got " + spread.shape());
    }
    Shape examples = Shape.of(x.size(0));
    if (!output.shape().equals(examples)) {
      throw new ShapeException(
          "an attribution needs one output for every example, "
              + examples
              + ", got "
              + output.shape());
    }
    int each = x.shape().elements(1, x.rank());
    if (!features.isEmpty() && features.size() != each) {
      throw new IllegalArgumentException(
          "an attribution of " + each + " features needs as many names, got " + features.size());
    }
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    features = List.copyOf(features);
  }

  /// A result without baseline, after one run of the model.
  public static Attribution of(
      Explainer by, Tensor x, Target target, Tensor scores, Tensor output) {
    return new Attribution(
        by.name(),
        by.parameters(),
        by.completeness(),
        target,
        x,
        scores,
        null,
        output,
        null,
        null,
        1,
        null,
        List.of());
  }

  /// With the baseline and the explained scalar there, (n).
  public Attribution against(Tensor at, Tensor outputThere) {
    return new Attribution(
        method,
        parameters,
        completeness,
        target,
        x,
        scores,
        spread,
        output,
        at,
        outputThere,
        evaluations,
        seed,
        features);
  }

  /// With the number of runs of the model.
  public Attribution evaluations(long runs) {
    return new Attribution(
        method,
        parameters,
        completeness,
        target,
        x,
        scores,
        spread,
        output,
        baseline,
        baselineOutput,
        runs,
        seed,
        features);
  }

  /// With how sure each score is, of the shape of x.
  public Attribution spread(Tensor each) {
    return new Attribution(
        method,
        parameters,
        completeness,
        target,
        x,
        scores,
        each,
        output,
        baseline,
        baselineOutput,
        evaluations,
        seed,
        features);
  }

  /// With the seed of the random draws.
  public Attribution seeded(long from) {
    return new Attribution(
        method,
        parameters,
        completeness,
        target,
        x,
        scores,
        spread,
        output,
        baseline,
        baselineOutput,
        evaluations,
        from,
        features);
  }

  /// Labelled as the result of less than was asked for: the parameter `partial` says how much, as
  /// in `512 of 4000 runs`.
  public Attribution partial(long done, long most, String what) {
    Map<String, Object> all = new LinkedHashMap<>(parameters);
    all.put("partial", done + " of " + most + " " + what);
    return new Attribution(
        method,
        all,
        completeness,
        target,
        x,
        scores,
        spread,
        output,
        baseline,
        baselineOutput,
        evaluations,
        seed,
        features);
  }

  /// Whether this is the result of less than was asked for, see [#partial].
  public boolean isPartial() {
    return parameters.containsKey("partial");
  }

  /// With a name for every element of an example, in row-major order.
  public Attribution named(List<String> names) {
    return new Attribution(
        method,
        parameters,
        completeness,
        target,
        x,
        scores,
        spread,
        output,
        baseline,
        baselineOutput,
        evaluations,
        seed,
        names);
  }

  /// How many examples there are.
  public int examples() {
    return x.size(0);
  }

  /// One example alone, as a batch of one.
  public Attribution of(int example) {
    requireExample(example);
    Tensor there = baseline;
    Tensor outputThere = baselineOutput;
    return new Attribution(
        method,
        parameters,
        completeness,
        target.example(example),
        row(x, example),
        row(scores, example),
        spread == null ? null : row(spread, example),
        row(output, example),
        there == null ? null : row(there, example),
        outputThere == null ? null : row(outputThere, example),
        evaluations,
        seed,
        features);
  }

  private static Tensor row(Tensor all, int example) {
    return all.slice(0, example, example + 1);
  }

  private void requireExample(int example) {
    if (example < 0 || example >= examples()) {
      throw new IllegalArgumentException(
          "an attribution of "
              + examples()
              + " examples has examples 0.."
              + (examples() - 1)
              + ", got "
              + example);
    }
  }

  // ---- what is explained, and what is not ----

  /// What the scores of each example would add up to if nothing were left unexplained, (n) of
  /// `F64`: `f(x) − f(baseline)`, or `f(x)` without a baseline.
  public Tensor explained() {
    Tensor there = baselineOutput;
    Tensor here = output.to(DType.F64);
    return there == null ? here : here.sub(there.to(DType.F64));
  }

  /// What the scores of each example leave unexplained, (n) of `F64`: [#explained()] less the sum
  /// of the scores. Where the method is complete it measures the error of the computation.
  public Tensor residual() {
    int each = x.shape().elements(1, x.rank());
    return explained().sub(scores.to(DType.F64).reshape(examples(), each).sum(1));
  }

  /// The largest residual relative to the larger of `|f(x)|` and `|f(baseline)|`, over all
  /// examples.
  public double relativeResidual() {
    double[] left = residual().toDoubles();
    double largest = 0;
    for (int i = 0; i < left.length; i++) {
      double scale = Math.max(Math.abs(at(output, i)), Math.abs(at(baselineOutput, i)));
      double relative = left[i] == 0 ? 0 : Math.abs(left[i]) / scale;
      largest = relative > largest || Double.isNaN(relative) ? relative : largest;
    }
    return largest;
  }

  private static double at(@Nullable Tensor values, int i) {
    Block block = values == null ? null : values.block();
    return block == null ? 0 : block.get(i);
  }

  // ---- reading ----

  /// One element of one example, in a ranking.
  ///
  /// @param feature its number in row-major order
  /// @param name its name, or its indices as in `[0, 3, 4]`
  /// @param value its value in x
  /// @param score its score
  /// @param spread how sure the score is, `NaN` if that is not known
  public record Ranked(int feature, String name, double value, double score, double spread) {}

  /// All elements of an example by the size of their scores, largest first; ties in the order of
  /// the elements.
  public List<Ranked> ranking(int example) {
    requireExample(example);
    int each = x.shape().elements(1, x.rank());
    List<Ranked> ranking = new ArrayList<>(each);
    for (int j = 0; j < each; j++) {
      int place = example * each + j;
      double sure = spread == null ? Double.NaN : at(spread, place);
      ranking.add(new Ranked(j, feature(j), at(x, place), at(scores, place), sure));
    }
    ranking.sort(Comparator.comparingDouble((Ranked r) -> Math.abs(r.score())).reversed());
    return List.copyOf(ranking);
  }

  /// The name of an element of an example, or its indices.
  public String feature(int j) {
    if (!features.isEmpty()) {
      return features.get(j);
    }
    int[] strides = x.shape().strides();
    List<Integer> indices =
        IntStream.range(1, x.rank()).mapToObj(a -> j / strides[a] % x.size(a)).toList();
    return indices.toString();
  }

  /// All of it as one JSON object: tensors as shape and row-major data, numbers that are not finite
  /// as null.
  public String json() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("method", method);
    all.put("parameters", parameters);
    all.put("target", target.toString());
    all.put("completeness", completeness.toString());
    all.put("evaluations", evaluations);
    all.put("seed", seed);
    all.put("features", features.isEmpty() ? null : features);
    all.put("output", tensor(output));
    all.put("baselineOutput", tensor(baselineOutput));
    all.put("residual", tensor(residual()));
    all.put("x", tensor(x));
    all.put("baseline", tensor(baseline));
    all.put("scores", tensor(scores));
    if (spread != null) {
      all.put("spread", tensor(spread));
    }
    return Json.write(all, Json.Style.PRETTY, Json.Style.NULL_FOR_NON_FINITE);
  }

  private static @Nullable Object tensor(@Nullable Tensor values) {
    if (values == null) {
      return null;
    }
    Map<String, Object> both = new LinkedHashMap<>();
    both.put("shape", values.shape().sizes());
    both.put("data", values.dtype() == DType.F32 ? values.toFloats() : values.toDoubles());
    return both;
  }

  /// A ranking of each of the first examples, with what is explained and what is not; a residual no
  /// larger than rounding is printed as 0.
  @Override
  public String toString() {
    return RankingPrinter.print(this);
  }
}
