package dev.backlight.explain;

import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// The baselines that [Baseline] makes.
final class Baselines {
  private Baselines() {}

  record Constant(double value) implements Baseline {
    @Override
    public Tensor like(Tensor x) {
      return Tensor.full(x.shape(), x.dtype(), value);
    }

    @Override
    public String toString() {
      return value == 0 ? "zeros" : "all " + value;
    }
  }

  record Given(Tensor value, String description) implements Baseline {
    @Override
    public Tensor like(Tensor x) {
      if (value.dtype() != x.dtype()) {
        throw new DTypeException("a baseline needs " + x.dtype() + " like x, got " + value.dtype());
      }
      Shape row = x.shape().without(0);
      if (value.shape().equals(x.shape())) {
        return value;
      }
      if (value.shape().equals(row) || value.shape().equals(x.shape().with(0, 1))) {
        return value.reshape(x.shape().with(0, 1)).expand(x.shape());
      }
      throw new ShapeException(
          "a baseline for x "
              + x.shape()
              + " needs "
              + row
              + " or "
              + x.shape()
              + ", got "
              + value.shape());
    }

    @Override
    public String toString() {
      return description;
    }
  }
}
