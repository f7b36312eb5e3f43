package dev.backlight.explain;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// How features act together: integrated gradients of the integrated gradients of each feature,
/// `Γᵢⱼ`.
///
/// Each row adds up to the integrated gradient of its feature, and all of them to f(x) − f(b). Off
/// the diagonal it is `(xᵢ − bᵢ)(xⱼ − bⱼ) ∬ αβ ∂²f/∂xᵢ∂xⱼ (b + αβ (x − b)) dα dβ`; the diagonal
/// holds what a feature does by itself. J. Janizek, P. Sturmfels, S.-I. Lee, "Explaining
/// explanations: axiomatic feature interactions for deep networks" (2021).
///
/// With d features and k nodes it takes d · k² runs of the model: for tables, not for images.
///
/// @param baseline where paths begin
/// @param quadrature how both paths are integrated
public record IntegratedHessians(Baseline baseline, Quadrature.Fixed quadrature) {
  /// From a baseline, with 32 nodes along each path.
  public static IntegratedHessians from(Baseline baseline) {
    return new IntegratedHessians(baseline, Quadrature.gaussLegendre(32));
  }

  /// With another quadrature.
  public IntegratedHessians with(Quadrature.Fixed other) {
    return new IntegratedHessians(baseline, other);
  }

  /// The interactions of the d features of every example of `x` (n, …), in Tensor language, (n, d,
  /// d): features are counted row-major.
  public Tensor interactions(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    int n = x.size(0);
    int d = x.elements() / n;
    if (d == 0) {
      throw new ShapeException("integrated-hessians needs features, got " + x.shape());
    }
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < d; i++) {
      int feature = i;
      // The score of one feature as a model of its own, asked on some copies of the batch at once.
      Function<Tensor, Tensor> score =
          points -> {
            int copies = points.size(0) / n;
            Path path =
                Path.to(
                    points,
                    Batches.repeated(base, copies),
                    model,
                    decided.repeated(copies),
                    (there, _) -> List.of(there.gradient()));
            return path.step()
                .mul(path.gradient(quadrature))
                .reshape(points.size(0), d)
                .slice(1, feature, feature + 1);
          };
      Path outer = Path.to(x, base, score, Target.only(), (there, _) -> List.of(there.gradient()));
      rows.add(outer.step().mul(outer.gradient(quadrature)).reshape(n, d));
    }
    return Tensor.stack(1, rows);
  }
}
