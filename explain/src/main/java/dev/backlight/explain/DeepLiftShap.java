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

  /// Not the difference from one baseline, but from the mean answer at all of them.
  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    DeepLift method = DeepLift.from(Baseline.zeros());
    Tensor sum = x.mul(0);
    for (int k = 0; k < baselines.size(0); k++) {
      Tensor base = Baseline.of(baselines.slice(0, k, k + 1)).like(x);
      sum = sum.add(method.against(model, x, decided, base));
    }
    return sum.div(baselines.size(0));
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    return Attribution.of(
            this, x, decided, scores(model, x, decided), Recorded.scalars(model, x, decided))
        .evaluations(1L + 2L * baselines.size(0));
  }
}
