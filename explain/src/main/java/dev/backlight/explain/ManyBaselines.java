package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// A method from many baselines, on average: what there could be instead is a distribution, given
/// by examples of it.
///
/// Where the method adds up to f(x) − f(b), the mean adds up to f(x) less the mean answer at the
/// baselines. M. Sundararajan, A. Najmi, "The many Shapley values for model explanation" (2020).
///
/// ```java
/// ManyBaselines.of(IntegratedGradients::from, rows).explain(mlp::apply, x, Target.at(2));
/// ```
///
/// @param method the method from one baseline
/// @param baselines inputs (m, …)
public record ManyBaselines(Function<Baseline, ? extends Explainer> method, Tensor baselines)
    implements TensorExplainer {
  public ManyBaselines {
    if (baselines.rank() == 0 || baselines.size(0) == 0 || !baselines.dtype().isFloat()) {
      throw new ShapeException(
          "many baselines need inputs (m, …) of floats with m >= 1, got " + baselines.spec());
    }
  }

  /// The mean over the baselines `baselines` (m, …).
  public static ManyBaselines of(Function<Baseline, ? extends Explainer> method, Tensor baselines) {
    return new ManyBaselines(method, baselines);
  }

  private Baseline baseline(int k, DType dtype) {
    return Baseline.of(baselines.slice(0, k, k + 1).to(dtype));
  }

  private Explainer first() {
    return method.apply(baseline(0, baselines.dtype()));
  }

  @Override
  public String name() {
    return first().name() + "-over-baselines";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>(first().parameters());
    all.put("baseline", "each of " + baselines.size(0));
    return all;
  }

  @Override
  public Completeness completeness() {
    return first().completeness();
  }

  /// The scores in Tensor language.
  ///
  /// @throws UnsupportedOperationException if the method is not written in it
  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor sum = x.mul(0);
    for (int k = 0; k < baselines.size(0); k++) {
      if (!(method.apply(baseline(k, x.dtype())) instanceof TensorExplainer tensors)) {
        throw new UnsupportedOperationException(
            "scores in Tensor language need a method that has them, got " + name());
      }
      sum = sum.add(tensors.scores(model, x, decided));
    }
    return sum.div(baselines.size(0));
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return explain(this, model, x, target);
  }

  /// The mean as the result of a method that is one.
  Attribution explain(Explainer by, Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor scores = x.mul(0);
    Tensor base = x.mul(0);
    Tensor here = Recorded.scalars(model, x, decided);
    Tensor there = here.mul(0);
    long runs = 1;
    int m = baselines.size(0);
    for (int k = 0; k < m; k++) {
      Attribution one = method.apply(baseline(k, x.dtype())).explain(model, x, decided);
      Tensor from = baseline(k, x.dtype()).like(x);
      scores = scores.add(one.scores());
      base = base.add(from);
      Tensor known = one.baselineOutput();
      there = there.add(known == null ? Recorded.scalars(model, from, decided) : known);
      runs += one.evaluations() + (known == null ? 1 : 0);
    }
    return Attribution.of(by, x, decided, scores.div(m), here)
        .against(base.div(m), there.div(m))
        .evaluations(runs);
  }

  @Override
  public boolean readsValues() {
    return TensorExplainer.readsValues(first());
  }
}
