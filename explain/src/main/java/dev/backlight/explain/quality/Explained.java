package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.Target;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An explanation with all that can be asked about it: the model, the explainer that can explain
/// again, and, where people know it, where the scores should lie.
///
/// ```java
/// Explained ig = Explained.of(IntegratedGradients.from(zeros), mlp::apply, x, Target.predicted());
/// double[] each = Infidelity.of(zeros).of(ig, Key.of(0));
/// ```
///
/// @param model from inputs (n, …) to outputs
/// @param explainer that made the attribution
/// @param attribution the explanation
/// @param mask of the shape of x, not 0 where scores should lie, or none
public record Explained(
    Function<Tensor, Tensor> model,
    Explainer explainer,
    Attribution attribution,
    @Nullable Tensor mask) {
  public Explained {
    if (mask != null && !mask.shape().equals(attribution.x().shape())) {
      throw new ShapeException(
          "localisation needs a mask like x " + attribution.x().shape() + ", got " + mask.shape());
    }
    if (mask != null && mask.dtype() == DType.I64) {
      throw new DTypeException("localisation needs a mask of BOOL, floats or I32, got I64");
    }
  }

  /// The explanation by an explainer.
  public static Explained of(
      Explainer explainer, Function<Tensor, Tensor> model, Tensor x, Target target) {
    return new Explained(model, explainer, explainer.explain(model, x, target), null);
  }

  /// With a mask of where scores should lie.
  public Explained masked(Tensor where) {
    return new Explained(model, explainer, attribution, where);
  }

  /// The inputs.
  public Tensor x() {
    return attribution.x();
  }

  /// What was explained, decided.
  public Target target() {
    return attribution.target();
  }

  /// How many examples there are.
  public int examples() {
    return attribution.examples();
  }

  /// How many features an example has.
  public int features() {
    return x().elements() / examples();
  }

  /// The scores of every example, in row-major order.
  public double[][] scores() {
    return Rows.of(attribution.scores());
  }

  /// The answer to every example.
  public double[] output() {
    return attribution.output().toDoubles();
  }

  /// The scores of other inputs, by the same explainer, of the same target and model.
  double[][] scoresAt(Tensor other) {
    return scoresOf(model, other, target());
  }

  /// The scores of another model, input or target by the same explainer.
  double[][] scoresOf(Function<Tensor, Tensor> other, Tensor at, Target of) {
    return Rows.of(explainer.explain(other, at, of).scores());
  }
}
