package dev.backlight.explain;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// [DeepLift] from many baselines, on average: approximate Shapley values for a distribution of
/// what could be there instead.
///
/// Scores add up to f(x) less the mean answer at the baselines. S. Lundberg, S.-I. Lee, "A unified
/// approach to interpreting model predictions" (2017).
///
/// @param baselines inputs (m, …)
public record DeepLiftShap(Tensor baselines) implements TensorExplainer {
  public DeepLiftShap {
    if (baselines.rank() == 0 || baselines.size(0) == 0 || !baselines.dtype().isFloat()) {
      throw new ShapeException(
          "deeplift-shap needs baselines (m, …) of floats with m >= 1, got " + baselines.spec());
    }
  }

  @Override
  public String name() {
    return "deeplift-shap";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baselines", baselines.size(0));
    return all;
  }

  /// The difference from the mean answer at the baselines.
  @Override
  public Completeness completeness() {
    return Completeness.DIFFERENCE;
  }

  private ManyBaselines mean() {
    return ManyBaselines.of(DeepLift::from, baselines);
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return mean().scores(model, x, target);
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return mean().explain(this, model, x, target);
  }
}
