package dev.backlight.explain.quality;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// By how much scores move relative to how much something else moves: `max ‖(E(x) − E(x')) / E(x)‖
/// / max(‖change‖, ε)` over points x' near x that get the same class.
///
/// The change is that of the input relative to x, `(x − x') / x`, of the outputs, `f(x) − f(x')`,
/// or of a hidden layer relative to its values: relative input, output and representation
/// stability. C. Agarwal et al., "Rethinking stability for attribution-based explanations" (2022).
/// Lower is better, from 0. Quotients are taken element by element and their norm is the root of
/// the mean square; elements that are 0 have no relative change and are left out, and nearly 0 they
/// have a huge one. Slopes of a linear model have 0; its contributions change with x, so their
/// relative input stability is 1. Undefined where no point gets the same class, or all scores are
/// 0.
///
/// @param of whose change it is relative to
/// @param layer the label of the hidden layer, or nothing for the one that the last layer reads
/// @param perturbation the points near x
public record RelativeStability(Of of, String layer, Perturbations perturbation) implements Metric {
  /// A change smaller than this counts as this.
  private static final double LEAST = 1e-9;

  /// Whose change it is relative to.
  public enum Of {
    /// That of the input.
    INPUT,
    /// That of all outputs.
    OUTPUT,
    /// That of a hidden layer.
    REPRESENTATION
  }

  /// Relative input stability, at uniform noise of at most a radius in every element.
  public static RelativeStability input(double radius) {
    return new RelativeStability(Of.INPUT, "", Perturbations.uniform(radius, 10));
  }

  /// Relative output stability.
  public static RelativeStability output(double radius) {
    return new RelativeStability(Of.OUTPUT, "", Perturbations.uniform(radius, 10));
  }

  /// Relative representation stability, of the layer that the last one reads.
  public static RelativeStability representation(double radius) {
    return new RelativeStability(Of.REPRESENTATION, "", Perturbations.uniform(radius, 10));
  }

  /// Relative to the layer of a label.
  public RelativeStability at(String label) {
    return new RelativeStability(Of.REPRESENTATION, label, perturbation);
  }

  @Override
  public String name() {
    return "relative-" + of.name().toLowerCase(Locale.ROOT) + "-stability";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("perturbation", perturbation.toString());
    all.put("layer", layer);
    return all;
  }

  @Override
  public Family family() {
    return Family.ROBUSTNESS;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Neighbours neighbours = Neighbours.of(explained, perturbation, key);
    Function<Tensor, Tensor> seen =
        switch (of) {
          case INPUT -> x -> x;
          case OUTPUT -> explained.model();
          case REPRESENTATION -> hidden(explained.model(), explained.x());
        };
    double[][] before = Rows.of(seen.apply(explained.x()));
    List<double[][]> after = neighbours.moved().stream().map(x -> Rows.of(seen.apply(x))).toList();
    int[] classes = Rows.classes(explained.model().apply(explained.x()));
    List<int[]> moved =
        neighbours.moved().stream().map(x -> Rows.classes(explained.model().apply(x))).toList();
    return neighbours
        .each((here, there) -> {
          int i = there.example();
          if (moved.get(there.point())[i] != classes[i]) {
            return Double.NaN;
          }
          double[] now = after.get(there.point())[i];
          double change =
              of == Of.OUTPUT
                  ? rootMeanSquare(Rows.minus(before[i], now))
                  : relative(before[i], now);
          return relative(here, there.scores()) / Math.max(change, LEAST);
        })
        .most();
  }

  /// The root of the mean square of relative changes, over the elements that are not 0.
  private static double relative(double[] from, double[] to) {
    double[] parts = new double[from.length];
    int count = 0;
    for (int j = 0; j < from.length; j++) {
      if (from[j] != 0) {
        parts[count++] = (from[j] - to[j]) / from[j];
      }
    }
    return rootMeanSquare(Arrays.copyOf(parts, count));
  }

  private static double rootMeanSquare(double... values) {
    return Rows.norm(values) / Math.sqrt(values.length);
  }

  private Function<Tensor, Tensor> hidden(Function<Tensor, Tensor> model, Tensor x) {
    Tape<Tensor, Tensor> tape = Tape.record(model, x);
    Node node = layer.isEmpty() ? HiddenLayers.last(tape) : HiddenLayers.labelled(tape, layer);
    Tape<Tensor, List<Tensor>> there = tape.at(List.of(node));
    return at -> there.run(at).getFirst();
  }
}
