package dev.backlight.nn;

import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// How [Losses#crossEntropy(Tensor, Tensor, CrossEntropyOptions)] weighs classes and examples.
///
/// @param smoothing how much of the target is spread evenly over all classes, in `0..1`. C. Szegedy
///   et al., "Rethinking the inception architecture" (2016)
/// @param weights (k), one for each class, or `null` for ones; the mean is the weighted one
/// @param ignored a label whose examples do not count, or `null`
public record CrossEntropyOptions(
    double smoothing, @Nullable Tensor weights, @Nullable Long ignored) {
  public CrossEntropyOptions {
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw new IllegalArgumentException(
          "crossEntropy needs a smoothing in 0..1, got " + smoothing);
    }
  }

  /// The plain loss.
  public static CrossEntropyOptions of() {
    return new CrossEntropyOptions(0, null, null);
  }

  /// With a part of every target spread evenly over all classes.
  public CrossEntropyOptions smoothing(double smoothing) {
    return new CrossEntropyOptions(smoothing, weights, ignored);
  }

  /// With a weight for each class.
  public CrossEntropyOptions weights(Tensor weights) {
    return new CrossEntropyOptions(smoothing, weights, ignored);
  }

  /// Without the examples of this label.
  public CrossEntropyOptions ignoring(long label) {
    return new CrossEntropyOptions(smoothing, weights, label);
  }
}
