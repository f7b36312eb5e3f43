package dev.backlight.nn;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Columns brought to a common scale: `y = (x − mean) / scale`, from (n, d) to (n, d). [#fit]
/// brings them to mean 0 and standard deviation 1, [#minMax] into a range.
///
/// Mean and scale are measured once, on the rows that a model is trained on, and kept with the
/// model. As a layer it lets explanations go back to the raw numbers. No derivative flows to mean
/// and scale.
///
/// @param mean (d)
/// @param scale (d), nowhere 0
public record Standardizer(Tensor mean, Tensor scale) implements Layer {
  /// The same shift and scale for all of `columns`, such as pixels from 0 to 16; 0 and 1 change
  /// nothing.
  public static Standardizer of(int columns, double mean, double scale, DType dtype) {
    Shape shape = Shape.of(columns);
    return new Standardizer(Tensor.full(shape, dtype, mean), Tensor.full(shape, dtype, scale));
  }

  /// Mean and standard deviation (of the population) of every column of `x` (n, d); a column that
  /// never changes has scale 1.
  public static Standardizer fit(Tensor x) {
    requireRows(x);
    int n = x.size(0);
    int d = x.size(1);
    double[] values = x.toDoubles();
    Block mean = Block.allocate(Spec.of(Shape.of(d), x.dtype()));
    Block scale = Block.allocate(Spec.of(Shape.of(d), x.dtype()));
    for (int j = 0; j < d; j++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += values[i * d + j];
      }
      double center = sum / n;
      double squares = 0;
      boolean constant = true;
      for (int i = 0; i < n; i++) {
        double apart = values[i * d + j] - center;
        squares += apart * apart;
        constant &= values[i * d + j] == values[j];
      }
      double deviation = Math.sqrt(squares / n);
      mean.set(j, center);
      // A constant column has a deviation of rounding errors: asked for by its values instead.
      scale.set(j, constant || deviation == 0 ? 1 : deviation);
    }
    return new Standardizer(Tensor.over(mean), Tensor.over(scale));
  }

  /// Brings the least number of every column of `x` (n, d) to 0 and its largest to 1; a column that
  /// never changes to 0.
  public static Standardizer minMax(Tensor x) {
    return minMax(x, 0, 1);
  }

  /// Brings the least number of every column of `x` (n, d) to `low` and its largest to `high`; a
  /// column that never changes to `low`. Numbers beyond those of `x` go beyond the range.
  public static Standardizer minMax(Tensor x, double low, double high) {
    requireRows(x);
    if (!(low < high) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException("a range needs low < high, got " + low + " and " + high);
    }
    int d = x.size(1);
    double[] values = x.toDoubles();
    Block mean = Block.allocate(Spec.of(Shape.of(d), x.dtype()));
    Block scale = Block.allocate(Spec.of(Shape.of(d), x.dtype()));
    for (int j = 0; j < d; j++) {
      double least = values[j];
      double largest = values[j];
      for (int i = j; i < values.length; i += d) {
        least = Math.min(least, values[i]);
        largest = Math.max(largest, values[i]);
      }
      double unit = largest > least ? (largest - least) / (high - low) : 1;
      mean.set(j, least - low * unit);
      scale.set(j, unit);
      if (!(scale.get(j) > 0 && Double.isFinite(scale.get(j)) && Double.isFinite(mean.get(j)))) {
        throw new IllegalArgumentException(
            "a range needs numbers whose distances "
                + x.dtype()
                + " can hold, got "
                + least
                + " to "
                + largest
                + " in column "
                + j);
      }
    }
    return new Standardizer(Tensor.over(mean), Tensor.over(scale));
  }

  private static void requireRows(Tensor x) {
    if (x.rank() != 2 || x.size(0) == 0) {
      throw new ShapeException(
          "a standardizer needs (n, d) with at least one row, got " + x.shape());
    }
  }

  @Override
  public Tensor apply(Tensor x) {
    if (x.rank() == 0 || x.size(-1) != mean.elements()) {
      throw new ShapeException(
          "a standardizer of "
              + mean.elements()
              + " columns needs (n, "
              + mean.elements()
              + "), got "
              + x.shape());
    }
    return x.sub(mean.stopGradient()).div(scale.stopGradient());
  }
}
