package dev.backlight.core;

import dev.backlight.core.op.CumMaxIndex;
import dev.backlight.core.op.CumSum;
import dev.backlight.core.op.LogCumSumExp;
import dev.backlight.core.op.Recurrence;
import java.util.Arrays;

/// Running sums, products, extremes and first-order recurrences along an axis.
public sealed interface TensorScans permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// Running sums along an axis: `y[k] = x[0] + … + x[k]`.
  default Tensor cumsum(int axis) {
    return Tensor.apply(new CumSum(self().shape().axis(axis), false), self());
  }

  /// Running sums along an axis from its end: `y[k] = x[k] + … + x[n − 1]`.
  default Tensor cumsumBackwards(int axis) {
    return Tensor.apply(new CumSum(self().shape().axis(axis), true), self());
  }

  /// Running products along an axis: `y[k] = x[0] ⋯ x[k]`. No derivative divides, so that all are
  /// right at zeros.
  default Tensor cumprod(int axis) {
    int n = self().size(axis);
    return n == 0 ? self() : self().recurrence(self().slice(axis, 0, 1).pad(axis, 0, n - 1), axis);
  }

  /// A linear recurrence along an axis with these factors: `y[k] = x[k] · y[k − 1] + b[k]` from
  /// `y[0] = b[0]`; `x[0]` is not read. Exponential smoothing has factors `1 − α` and `b = α ·
  /// data`.
  ///
  /// @param b of the same shape and dtype
  default Tensor recurrence(Tensor b, int axis) {
    return Tensor.apply(new Recurrence(self().shape().axis(axis), false), self(), b);
  }

  /// Running `log Σ exp` along an axis: `y[k] = log(exp(x[0]) + … + exp(x[k]))`, without overflow.
  default Tensor logCumSumExp(int axis) {
    return Tensor.apply(new LogCumSumExp(self().shape().axis(axis)), self());
  }

  /// The largest element so far along an axis, and where it was: of ties the first, which alone has
  /// the gradient. Behind a NaN all is NaN.
  default Selected cummax(int axis) {
    Tensor index = Tensor.apply(new CumMaxIndex(self().shape().axis(axis)), self());
    return new Selected(self().takeAlong(axis, index), index);
  }

  /// The smallest element so far along an axis, and where it was: of ties the first, which alone
  /// has the gradient. Behind a NaN all is NaN.
  default Selected cummin(int axis) {
    Selected negative = self().neg().cummax(axis);
    return new Selected(negative.values().neg(), negative.index());
  }

  /// Differences of neighbours along an axis: `y[k] = x[k + 1] − x[k]`, one element fewer.
  default Tensor diff(int axis) {
    int n = self().size(axis);
    if (n == 0) {
      throw new ShapeException(
          "diff needs at least one element along axis "
              + self().shape().axis(axis)
              + ", got "
              + self().shape());
    }
    return self().slice(axis, 1, n).sub(self().slice(axis, 0, n - 1));
  }

  /// The product over the given axes, which are dropped, or over all. No derivative divides, so
  /// that all are right at zeros. The product of nothing is 1.
  default Tensor prod(int... axes) {
    DTypeException.needFloats("prod", self());
    Shape shape = self().shape();
    Shape left = axes.length == 0 ? Shape.SCALAR : shape.without(axes);
    boolean[] reduced = new boolean[shape.rank()];
    Arrays.fill(reduced, axes.length == 0);
    for (int axis : axes) {
      reduced[shape.axis(axis)] = true;
    }
    int[] order = new int[shape.rank()];
    int next = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int a = 0; a < order.length; a++) {
        if (reduced[a] == (pass == 1)) {
          order[next++] = a;
        }
      }
    }
    int n = 1;
    for (int a = 0; a < reduced.length; a++) {
      n *= reduced[a] ? shape.size(a) : 1;
    }
    if (n == 0) {
      return Tensor.ones(left, self().dtype());
    }
    Tensor lines = self().permute(order).reshape(Shape.of(left.elements(), n));
    return lines.cumprod(1).slice(1, n - 1, n).reshape(left);
  }

  /// The product over the given axes, which keep size 1, or over all.
  default Tensor prodKeep(int... axes) {
    Shape shape = self().shape();
    int[] all = new int[shape.rank()];
    Arrays.setAll(all, a -> a);
    return prod(axes).reshape(shape.keeping(axes.length == 0 ? all : axes));
  }
}
