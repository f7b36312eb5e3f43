package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// How many draws there were, their mean and their squared distances from it, kept up to date in
/// doubles and in Tensor language: B. Welford (1962), for blocks T. Chan, G. Golub, R. LeVeque
/// (1983).
final class Moments {
  private int count;
  private @Nullable Tensor mean;
  private @Nullable Tensor squares;

  /// One draw.
  void add(Tensor draw) {
    Tensor wide = draw.to(DType.F64);
    merge(1, wide, wide.mul(0));
  }

  /// Many draws, by their sum and the sum of their squares.
  void add(int draws, Tensor sum, Tensor sumOfSquares) {
    Tensor middle = sum.div(draws);
    merge(draws, middle, sumOfSquares.sub(middle.mul(sum)).relu());
  }

  private void merge(int draws, Tensor middle, Tensor around) {
    int all = count + draws;
    if (mean == null || squares == null) {
      mean = middle;
      squares = around;
    } else {
      Tensor off = middle.sub(mean);
      mean = mean.add(off.mul((double) draws / all));
      squares = squares.add(around).add(off.square().mul((double) count * draws / all));
    }
    count = all;
  }

  /// The standard error of the mean; NaN after a single draw.
  Tensor errors() {
    if (squares == null) {
      throw new IllegalStateException("a standard error needs draws, got none");
    }
    return squares.div(count - 1.0).div(count).sqrt();
  }

  /// The standard error of the mean of draws without replacement from so many: of all it is 0.
  Tensor errorsAmong(int population) {
    Tensor errors = errors();
    return count == population
        ? Tensor.zeros(errors.shape(), errors.dtype())
        : errors.mul(Math.sqrt(1 - (double) count / population));
  }
}
