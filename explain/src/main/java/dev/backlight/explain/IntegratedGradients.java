package dev.backlight.explain;

import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Gradients gathered on the way from a baseline b to x: `(x − b) · ∫₀¹ ∂f/∂x (b + α (x − b)) dα`.
///
/// Scores add up to f(x) − f(b). How nearly they do is the residual, and by default the quadrature
/// goes on until it is small enough, rather than for a number of steps that someone guessed; a
/// result that had to stop before shows by its residual. M. Sundararajan, A. Taly, Q. Yan,
/// "Axiomatic attribution for deep networks" (2017).
///
/// ```java
/// Attribution a = IntegratedGradients.from(Baseline.zeros()).explain(mlp::apply, x, Target.at(2));
/// ```
///
/// @param baseline where paths begin
/// @param quadrature how they are integrated
/// @param timesDifference whether gradients are multiplied by x − b; without, they are mean
///   gradients
public record IntegratedGradients(Baseline baseline, Quadrature quadrature, boolean timesDifference)
    implements TensorExplainer {
  /// From a baseline, adaptively.
  public static IntegratedGradients from(Baseline baseline) {
    return new IntegratedGradients(baseline, Quadrature.adaptive(), true);
  }

  /// With another quadrature.
  public IntegratedGradients with(Quadrature other) {
    return new IntegratedGradients(baseline, other, timesDifference);
  }

  /// Without the factor x − b: the mean gradient along the path.
  public IntegratedGradients local() {
    return new IntegratedGradients(baseline, quadrature, false);
  }

  @Override
  public String name() {
    return "integrated-gradients";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("quadrature", quadrature.toString());
    if (!timesDifference) {
      all.put("local", true);
    }
    return all;
  }

  @Override
  public Completeness completeness() {
    return timesDifference ? Completeness.DIFFERENCE : Completeness.NONE;
  }

  /// The scores in Tensor language. A recording may not read values, so there the quadrature must
  /// be fixed.
  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Path path = path(model, x, target.decided(() -> model.apply(x)));
    return switch (quadrature) {
      case Quadrature.Fixed fixed -> scores(path, List.of(path.gradient(fixed)));
      case Quadrature.Adaptive adaptive ->
          scores(path, AdaptiveIntegral.of(path, adaptive).integrals());
    };
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Path path = path(model, x, decided);
    return switch (quadrature) {
      case Quadrature.Fixed fixed -> {
        Tensor here = Recorded.scalars(model, x, decided);
        Tensor there = Recorded.scalars(model, path.base(), decided);
        yield Attribution.of(this, x, decided, scores(path, List.of(path.gradient(fixed))), here)
            .against(path.base(), there)
            .evaluations(2L + fixed.size());
      }
      case Quadrature.Adaptive adaptive -> adaptively(path, x, AdaptiveIntegral.of(path, adaptive));
    };
  }

  private Attribution adaptively(Path path, Tensor x, AdaptiveIntegral.Result result) {
    return Attribution.of(this, x, path.target(), scores(path, result.integrals()), result.atEnd())
        .against(path.base(), result.atBase())
        .evaluations(result.evaluations());
  }

  @Override
  public boolean readsValues() {
    return quadrature instanceof Quadrature.Adaptive;
  }

  @Override
  public CompiledExplainer compile(Function<Tensor, Tensor> model, Tensor example, Target target) {
    return quadrature instanceof Quadrature.Adaptive adaptive
        ? CompiledExplainer.of(new Adaptively(this, adaptive, model, example, target))
        : TensorExplainer.super.compile(model, example, target);
  }

  /// With the integrals' memory kept, which has the tapes of the integrand.
  private record Adaptively(
      IntegratedGradients by,
      Quadrature.Adaptive how,
      Function<Tensor, Tensor> model,
      Tensor example,
      Target target)
      implements CompiledExplainer.Source {
    @Override
    public Spec spec() {
      return example.spec();
    }

    @Override
    public CompiledExplainer.Work work() {
      AdaptiveIntegral integral = new AdaptiveIntegral(path(example, target), how);
      return (x, wanted) -> {
        Path path = path(x, wanted);
        return by.adaptively(path, x, integral.along(path));
      };
    }

    private Path path(Tensor x, Target wanted) {
      return by.path(model, x, wanted.decided(() -> model.apply(x)));
    }
  }

  private Path path(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    return Path.to(x, baseline.like(x), model, decided, (there, _) -> List.of(there.gradient()));
  }

  private Tensor scores(Path path, List<Tensor> integrals) {
    Tensor gradient = integrals.getFirst();
    return timesDifference ? path.step().mul(gradient) : gradient;
  }
}
