package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;

/// What stands in the place of features that are taken away.
///
/// Every choice shows the model inputs that no data contain, and is a statement of its own: a
/// metric that removes features judges explanation and replacement together.
@FunctionalInterface
public interface Replacement {
  /// The inputs with some elements replaced.
  ///
  /// @param x (n, …)
  /// @param gone which elements, `BOOL` of the shape of x
  /// @param key for those that draw; the draws of one example do not depend on the others
  Tensor of(Tensor x, Tensor gone, Key key);

  /// By a baseline: for explanations that measure from it.
  static Replacement by(Baseline baseline) {
    return named("baseline " + baseline, (x, gone, _) -> gone.where(baseline.like(x), x));
  }

  /// By normal noise of a standard deviation around the element itself: for slopes.
  static Replacement noise(double spread) {
    if (!(spread > 0 && spread < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise needs a finite spread above 0, got " + spread);
    }
    return named(
        "noise " + spread,
        (x, gone, key) -> {
          Tensor noise = key.normal(x.shape().with(0, 1), DType.F64).mul(spread).to(x.dtype());
          return gone.where(x.add(noise), x);
        });
  }

  /// By draws between two numbers, each as likely as any other.
  static Replacement uniform(double low, double high) {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "a uniform replacement needs low < high, got " + low + " and " + high);
    }
    return named(
        "uniform " + low + " to " + high,
        (x, gone, key) ->
            gone.where(
                key.uniform(x.shape().with(0, 1), DType.F64, low, high)
                    .to(x.dtype())
                    .expand(x.shape()),
                x));
  }

  /// By the mirror image within a range, `low + high - x`: ink becomes paper and paper ink.
  static Replacement flipped(double low, double high) {
    return named(
        "flipped in " + low + " to " + high,
        (x, gone, _) -> gone.where(x.neg().add(low + high), x));
  }

  /// By what the pixels around would suggest, plus a little noise, so that the shape of a hole does
  /// not give away what was in it: noisy linear imputation. Y. Rong et al., "A consistent and
  /// efficient evaluation strategy for attribution methods" (2022).
  ///
  /// @param height of the pictures, which an example holds in planes of height × width
  /// @param width of the pictures
  /// @param noise its standard deviation; the paper takes 0.01
  static Replacement imputed(int height, int width, double noise) {
    return new Imputation(height, width, noise);
  }

  private static Replacement named(String text, Replacement by) {
    return new Replacement() {
      @Override
      public Tensor of(Tensor x, Tensor gone, Key key) {
        return by.of(x, gone, key);
      }

      @Override
      public String toString() {
        return text;
      }
    };
  }
}
