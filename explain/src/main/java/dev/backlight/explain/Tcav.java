package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Whether a model's answers are sensitive to concepts that people can name: stripes, strokes, old
/// age. A concept is what a set of inputs has in common.
///
/// A linear classifier is taught to tell what the concept's inputs make of a layer from what other
/// inputs do; its normal, towards the concept, is the *concept activation vector* v. The derivative
/// of the answer along it, `∂f/∂a · v`, says whether more of the concept would raise the answer,
/// and the score is the part of the inputs x for which it would. B. Kim and others,
/// "Interpretability beyond feature attribution: quantitative testing with concept activation
/// vectors (TCAV)" (2018).
///
/// Any set of inputs gives a vector, so one vector says nothing. The classifier is taught anew in
/// every run, each time against other random inputs, and as often for two random sets; Welch's
/// two-sided t-test compares the scores. With several concepts the probabilities are adjusted by
/// Holm's method.
///
/// ```java
/// ConceptScores scores =
///     Tcav.at("hidden").scores(model, Map.of("loop", withLoops), random, x, Target.at(8));
/// System.out.println(scores);
/// ```
///
/// What the concept's inputs have in common besides the concept is a part of it, too: inputs in
/// pairs, with and without, serve best. The classifier is a logistic regression with a ridge of a
/// hundredth of the activations' mean square; a third of the inputs is held out in each run to tell
/// how well it knows the concept. Where that is no better than chance, the layer does not know the
/// concept, and the score means nothing.
///
/// @param layer the label of the layer, see `Tensor.named`
/// @param runs how often classifiers are taught
/// @param seed where random draws begin
public record Tcav(String layer, int runs, long seed) {
  public Tcav {
    if (runs < 2) {
      throw new IllegalArgumentException("a test of concepts needs 2 runs or more, got " + runs);
    }
  }

  /// At a layer, with 20 runs.
  public static Tcav at(String layer) {
    return new Tcav(layer, 20, 0);
  }

  /// With so many runs.
  public Tcav runs(int count) {
    return new Tcav(layer, count, seed);
  }

  /// With another place where draws begin.
  public Tcav seed(long from) {
    return new Tcav(layer, runs, from);
  }

  /// Tests concepts.
  ///
  /// @param model with a layer of that label
  /// @param concepts by name, inputs (m, …) that have it
  /// @param random inputs (r, …) to tell them from, at least twice as many as those of a concept
  /// @param x the inputs (n, …) whose answers are asked about, such as those of a class
  /// @param target which scalar of the answer
  public ConceptScores scores(
      Function<Tensor, Tensor> model,
      Map<String, Tensor> concepts,
      Tensor random,
      Tensor x,
      Target target) {
    Recorded.requireValues(x);
    if (concepts.isEmpty()) {
      throw new IllegalArgumentException("a test of concepts needs at least 1, got none");
    }
    Target decided = target.decided(() -> model.apply(x));
    Tensor slopes = slopes(model, x, decided);
    Tensor pool = activations(model, random);
    Key key = Key.of(seed);
    List<ConceptScores.Concept> tested = new ArrayList<>();
    for (Map.Entry<String, Tensor> concept : concepts.entrySet()) {
      Tensor inputs = concept.getValue();
      String name = concept.getKey();
      requireEnough(name, inputs, random);
      // By its name: a map may have its concepts in another order in every run of the program.
      Key own = key.fold(name.hashCode());
      tested.add(tested(name, activations(model, inputs), pool, slopes, own));
    }
    return new ConceptScores(layer, decided, runs, seed, tested);
  }

  private static void requireEnough(String name, Tensor inputs, Tensor random) {
    if (inputs.rank() == 0 || inputs.size(0) < 3) {
      throw new ShapeException(
          "a concept needs inputs (m, …) with m >= 3, got " + name + " of " + inputs.shape());
    }
    if (random.size(0) < 2 * inputs.size(0)) {
      throw new ShapeException(
          "a concept of "
              + inputs.size(0)
              + " inputs needs at least "
              + 2 * inputs.size(0)
              + " random ones, got "
              + random.size(0));
    }
  }

  private ConceptScores.Concept tested(
      String name, Tensor concept, Tensor pool, Tensor slopes, Key key) {
    int m = concept.size(0);
    double[] scores = new double[runs];
    double[] chance = new double[runs];
    double accuracy = 0;
    double sensitivity = 0;
    for (int run = 0; run < runs; run++) {
      Key[] keys = key.fold(run).split(2);
      int[] order = keys[0].permutation(pool.size(0));
      Tensor others = pool.take(0, Tensor.of(Arrays.copyOfRange(order, 0, m)));
      Tensor more = pool.take(0, Tensor.of(Arrays.copyOfRange(order, m, 2 * m)));
      Taught taught = Taught.of(concept, others, keys[1].permutation(m));
      Tensor along = slopes.matmul(taught.plane.normal().unsqueeze(1));
      scores[run] = positive(along);
      sensitivity += along.mean().item() / runs;
      accuracy += taught.accuracy / runs;
      Taught blind = Taught.of(more, others, keys[1].permutation(m));
      chance[run] = positive(slopes.matmul(blind.plane.normal().unsqueeze(1)));
    }
    return new ConceptScores.Concept(
        name, Tensor.of(scores), Tensor.of(chance), accuracy, sensitivity);
  }

  private static double positive(Tensor along) {
    return along.gt(0).to(DType.F64).mean().item();
  }

  /// A classifier, and the part of the inputs held out that it tells rightly.
  private record Taught(LinearSeparator plane, double accuracy) {
    static Taught of(Tensor concept, Tensor others, int[] order) {
      int held = order.length / 3;
      Tensor seen = Tensor.of(Arrays.copyOfRange(order, held, order.length));
      Tensor kept = Tensor.of(Arrays.copyOfRange(order, 0, held));
      LinearSeparator plane = LinearSeparator.of(both(concept, others, seen), order.length - held);
      return new Taught(plane, plane.accuracy(both(concept, others, kept), held));
    }

    private static Tensor both(Tensor concept, Tensor others, Tensor which) {
      return Tensor.concat(0, concept.take(0, which), others.take(0, which));
    }
  }

  /// What inputs make of the layer, flat, (n, p) of `F64`.
  private Tensor activations(Function<Tensor, Tensor> model, Tensor inputs) {
    Recorded.requireBatch(inputs);
    Tape<Tensor, Tensor> tape = Tape.record(model, inputs);
    return flat(tape.at(List.of(Layers.labelled(tape, layer))).run(inputs).getFirst(), inputs);
  }

  /// The gradient of every answer at the layer, flat, (n, p) of `F64`.
  private Tensor slopes(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, target).tape();
    Node node = Layers.labelled(tape, layer);
    Trace<Tensor> trace = tape.trace(BackwardRule.CHAIN, Function.identity(), List.of(node)).run(x);
    return flat(trace.arrived().getFirst(), x);
  }

  private Tensor flat(Tensor at, Tensor inputs) {
    if (at.rank() == 0 || at.size(0) != inputs.size(0)) {
      throw new ShapeException(
          "a test of concepts needs a layer with one row for every input, ("
              + inputs.size(0)
              + ", …), got "
              + layer
              + " of "
              + at.shape());
    }
    return at.to(DType.F64).reshape(at.size(0), at.elements() / at.size(0));
  }
}
