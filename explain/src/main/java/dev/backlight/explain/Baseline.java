package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// The input that stands for "nothing there": explanations say what the difference from it did.
///
/// Every choice is a statement about the data. Zeros suit ink on paper and standardised columns;
/// the mean of the training data suits measurements.
public sealed interface Baseline permits Baselines.Constant, Baselines.Given {
  /// The baseline of every example of `x`, of the shape of `x`.
  Tensor like(Tensor x);

  /// Zero everywhere.
  static Baseline zeros() {
    return constant(0);
  }

  /// One number everywhere.
  static Baseline constant(double value) {
    return new Baselines.Constant(value);
  }

  /// Given values: one row for all examples, with or without a batch axis of 1, or a row for each.
  static Baseline of(Tensor value) {
    return given(value, "given");
  }

  private static Baseline given(Tensor value, String description) {
    if (!value.dtype().isFloat()) {
      throw new DTypeException("a baseline needs F32 or F64, got " + value.dtype());
    }
    return new Baselines.Given(value, description);
  }

  /// The mean of data (m, …) over its examples.
  static Baseline mean(Tensor data) {
    if (data.rank() == 0 || data.size(0) == 0) {
      throw new ShapeException(
          "a mean baseline needs data (m, …) with m >= 1, got " + data.shape());
    }
    DType dtype = data.dtype();
    // Summed in doubles: the mean of many floats would otherwise depend on their order.
    Tensor mean = dtype.isFloat() ? data.to(DType.F64).mean(0).to(dtype) : data;
    return given(mean, "mean of " + data.size(0) + " examples");
  }
}
