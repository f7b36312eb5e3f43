package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Gradients gathered while a blurred picture becomes sharp: `∫ ∂f/∂x(x_σ) · ∂x_σ/∂σ dσ`, where
/// `x_σ` is x under a Gaussian of standard deviation σ in pixels.
///
/// The way needs no baseline and shows nothing that is not in the picture. It spans the last two
/// axes of an example, or its only one; at the edges the Gaussian is cut off and normalised.
/// Between the points of the way, at σ falling evenly from `blur` to 0, the slope is the mean of
/// its ends. S. Xu, S. Venugopalan, M. Sundararajan, "Attribution in scale and space" (2020).
///
/// Scores add up to f(x) − f(x blurred), the nearer the more steps there are.
///
/// @param blur the largest σ, in pixels
/// @param steps how many
public record BlurIntegratedGradients(double blur, int steps) implements TensorExplainer {
  public BlurIntegratedGradients {
    if (!(blur > 0 && blur < Double.POSITIVE_INFINITY) || steps < 1) {
      throw new IllegalArgumentException(
          "blur-integrated-gradients needs a finite blur above 0 and steps of at least 1, got "
              + blur
              + " and "
              + steps);
    }
  }

  /// From a blur, in 100 steps.
  public static BlurIntegratedGradients from(double blur) {
    return new BlurIntegratedGradients(blur, 100);
  }

  /// With another number of steps.
  public BlurIntegratedGradients steps(int count) {
    return new BlurIntegratedGradients(blur, count);
  }

  @Override
  public String name() {
    return "blur-integrated-gradients";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("blur", blur);
    all.put("steps", steps);
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.DIFFERENCE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    if (x.rank() < 2) {
      throw new ShapeException(
          "blur-integrated-gradients needs x (n, …, h, w) or (n, w), got " + x.shape());
    }
    Target decided = target.decided(() -> model.apply(x));
    Tensor now = blurred(x, blur);
    Sweeps sweeps = new Sweeps(model, decided);
    Tensor slope = sweeps.at(now).inputs();
    Tensor scores = Tensor.zeros(x.shape(), x.dtype());
    for (int k = 1; k <= steps; k++) {
      Tensor next = blurred(x, blur * (steps - k) / steps);
      Tensor ahead = sweeps.at(next).inputs();
      scores = scores.add(next.sub(now).mul(slope.add(ahead)).mul(0.5));
      now = next;
      slope = ahead;
    }
    return scores;
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor scores = scores(model, x, decided);
    Tensor base = blurred(x, blur);
    return Attribution.of(this, x, decided, scores, Recorded.scalars(model, x, decided))
        .against(base, Recorded.scalars(model, base, decided))
        .evaluations(3L + steps);
  }

  /// A picture under a Gaussian, axis by axis; σ = 0 is the picture itself.
  static Tensor blurred(Tensor x, double sigma) {
    if (sigma == 0) {
      return x;
    }
    int rank = x.rank();
    int width = x.size(rank - 1);
    Tensor rows = x.reshape(-1, width).matmul(kernel(x, width, sigma).transpose());
    if (rank == 2) {
      return rows.reshape(x.shape());
    }
    int height = x.size(rank - 2);
    Tensor sides = rows.reshape(-1, height, width).swap(1, 2).reshape(-1, height);
    return sides
        .matmul(kernel(x, height, sigma).transpose())
        .reshape(-1, width, height)
        .swap(1, 2)
        .reshape(x.shape());
  }

  /// Which part of each pixel comes from which, (size, size).
  private static Tensor kernel(Tensor like, int size, double sigma) {
    Block kernel = Block.allocate(Spec.of(Shape.of(size, size), like.dtype()));
    for (int i = 0; i < size; i++) {
      double[] row = new double[size];
      double sum = 0;
      for (int j = 0; j < size; j++) {
        double distance = (i - j) / sigma;
        row[j] = Math.exp(-distance * distance / 2);
        sum += row[j];
      }
      for (int j = 0; j < size; j++) {
        kernel.set(i * size + j, row[j] / sum);
      }
    }
    return Tensor.over(kernel);
  }
}
