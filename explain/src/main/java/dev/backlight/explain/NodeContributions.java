package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What every node of a network contributed to an answer, layer by layer from the input to the
/// output.
///
/// A layer is the output of one operation that depends on x and has the examples as its first axis.
/// Its nodes are the elements: units, or channels and places. Layers have the labels that
/// `Tensor.named` gave them.
///
/// Where everything that flows from x to the answer must pass through one layer, its contributions
/// are a full account and add up to what is explained; such layers are *cuts*. Layers beside a skip
/// connection see only a part.
///
/// @param method the name of the method
/// @param parameters its parameters, in a fixed order
/// @param completeness what the contributions of a cut add up to
/// @param target which scalar was explained, decided
/// @param output the explained scalar of every example, (n)
/// @param baselineOutput the scalar at the baseline, (n), if there is one
/// @param layers the input, then every layer in the order of computation
/// @param evaluations how often the model was run on each example, backward runs not counted
public record NodeContributions(
    String method,
    Map<String, Object> parameters,
    Completeness completeness,
    Target target,
    Tensor output,
    @Nullable Tensor baselineOutput,
    List<Layer> layers,
    long evaluations) {
  public NodeContributions {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    layers = List.copyOf(layers);
  }

  /// One layer.
  ///
  /// @param name its label; without one, its operation; `x` for the input
  /// @param labelled whether the name was given by the model's author
  /// @param where the user's source line, empty if unknown
  /// @param activation what its nodes computed, (n, …)
  /// @param contribution what each node contributed, (n, …)
  /// @param cut whether everything that flows from x to the answer passes through it
  public record Layer(
      String name,
      boolean labelled,
      String where,
      Tensor activation,
      Tensor contribution,
      boolean cut) {
    /// How many nodes it has in each example.
    public int nodes() {
      return contribution.elements() / contribution.size(0);
    }

    /// The sum of the contributions in every example, (n) of `F64`.
    public Tensor sums() {
      return contribution.to(DType.F64).reshape(contribution.size(0), nodes()).sum(1);
    }
  }

  /// The first layer with a label, or the input as `x`.
  @SuppressWarnings("ReferenceEquality") // the input is the first layer, whatever its values
  public Optional<Layer> layer(String label) {
    return layers.stream()
        .filter(
            layer -> layer.name().equals(label) && (layer.labelled() || layer == layers.getFirst()))
        .findFirst();
  }

  /// The layers whose contributions are a full account.
  public List<Layer> cuts() {
    return layers.stream().filter(Layer::cut).toList();
  }

  /// What is explained: `f(x) − f(baseline)`, or `f(x)` without a baseline; (n) of `F64`.
  public Tensor explained() {
    Tensor there = baselineOutput;
    Tensor here = output.to(DType.F64);
    return there == null ? here : here.sub(there.to(DType.F64));
  }

  /// What the contributions of a layer leave unexplained, (n) of `F64`: [#explained()] less their
  /// sum.
  public Tensor residual(Layer layer) {
    return explained().sub(layer.sums());
  }

  /// The largest residual of any cut in any example, relative to the larger of `|f(x)|` and
  /// `|f(baseline)|`.
  public double relativeResidual() {
    Tensor there = baselineOutput;
    double[] here = output.toDoubles();
    double[] base = there == null ? new double[here.length] : there.toDoubles();
    double largest = 0;
    for (Layer cut : cuts()) {
      double[] left = residual(cut).toDoubles();
      for (int i = 0; i < left.length; i++) {
        double scale = Math.max(Math.abs(here[i]), Math.abs(base[i]));
        double relative = left[i] == 0 ? 0 : Math.abs(left[i]) / scale;
        largest = relative > largest || Double.isNaN(relative) ? relative : largest;
      }
    }
    return largest;
  }

  /// A table of the labelled layers, or of all if none has a label, for each of the first examples;
  /// what is no larger than rounding is printed as 0.
  @Override
  public String toString() {
    return ContributionsPrinter.print(this);
  }
}
