package dev.backlight.explain.fusion;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Locale;

/// How explanations in different units are made comparable, example by example, before they are
/// fused.
///
/// An explanation of zeros stays one.
public enum Normalisation {
  /// As they are: for members whose scores are all in the units of the answer.
  NONE,
  /// Divided by the sum of their magnitudes: a score is a part of the whole.
  SHARES,
  /// Divided by their Euclidean norm.
  NORM,
  /// Divided by their largest magnitude.
  LARGEST;

  /// Scores (n, …), in Tensor language.
  Tensor of(Tensor scores) {
    if (this == NONE) {
      return scores;
    }
    int n = scores.size(0);
    Tensor rows = scores.reshape(n, scores.elements() / n);
    Tensor size =
        switch (this) {
          case NONE, SHARES -> rows.abs().sumKeep(1);
          case NORM -> rows.square().sumKeep(1).sqrt();
          case LARGEST -> rows.abs().amaxKeep(1);
        };
    Tensor divisor = size.eq(0).where(1, size);
    Shape shape = scores.shape();
    return rows.div(divisor).reshape(shape);
  }

  /// In lower case.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
