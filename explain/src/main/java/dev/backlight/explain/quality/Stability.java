package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import java.util.List;
import java.util.function.Function;

/// Whether what is close together is explained alike.
public final class Stability {
  private Stability() {}

  /// By how much scores move at most, `max ‖E(x + e) − E(x)‖ / ‖E(x)‖` in the Euclidean norm, for
  /// every example. 0 is best; scores that never change have it as well, whatever they are worth.
  /// C.-K. Yeh et al., "On the (in)fidelity and sensitivity of explanations" (2019).
  ///
  /// @param explain from inputs to their explanation; the target should be that at x for all of
  ///   them
  /// @param noise each of the shape of x
  public static double[] maxSensitivity(
      Function<Tensor, Attribution> explain, Tensor x, List<Tensor> noise) {
    return sensitivity(explain, x, noise, true);
  }

  /// As [#maxSensitivity], on average over the noise.
  public static double[] meanSensitivity(
      Function<Tensor, Attribution> explain, Tensor x, List<Tensor> noise) {
    return sensitivity(explain, x, noise, false);
  }

  private static double[] sensitivity(
      Function<Tensor, Attribution> explain, Tensor x, List<Tensor> noise, boolean most) {
    if (noise.isEmpty()) {
      throw new IllegalArgumentException("sensitivity needs noise, got none");
    }
    Tensor here = explain.apply(x).scores();
    double[] size = norms(here);
    double[] result = new double[size.length];
    for (Tensor by : noise) {
      if (!by.shape().equals(x.shape())) {
        throw new ShapeException(
            "sensitivity needs noise like x " + x.shape() + ", got " + by.shape());
      }
      double[] moved = norms(explain.apply(x.add(by)).scores().sub(here));
      for (int i = 0; i < result.length; i++) {
        double relative = moved[i] / size[i];
        result[i] = most ? Math.max(result[i], relative) : result[i] + relative / noise.size();
      }
    }
    return result;
  }

  private static double[] norms(Tensor x) {
    return x.to(DType.F64)
        .reshape(x.size(0), x.elements() / x.size(0))
        .square()
        .sum(1)
        .sqrt()
        .toDoubles();
  }
}
