package dev.backlight.core;

import dev.backlight.core.op.Argsort;
import dev.backlight.core.op.OrderStatistic;
import java.util.Arrays;

/// Sorting, and what sorting finds.
///
/// What answers an index is a selection: the gradient goes to the elements that were selected, of
/// equal ones to the first. [#median] and [#quantile] answer no index, and equal elements share
/// their gradient evenly.
public sealed interface TensorOrder permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// The places of the elements along an axis in rising order, `I32`; equal elements keep their
  /// order, and NaN is last.
  default Tensor argsort(int axis) {
    return argsort(axis, false);
  }

  /// The places of the elements along an axis in rising or falling order, `I32`; equal elements
  /// keep their order both ways, and NaN is larger than all numbers.
  default Tensor argsort(int axis, boolean descending) {
    return Tensor.apply(new Argsort(self().shape().axis(axis), descending), self());
  }

  /// The elements along an axis in rising order, and where they were; see [#argsort(int)].
  default Selected sort(int axis) {
    return sort(axis, false);
  }

  /// The elements along an axis in rising or falling order, and where they were; see [#argsort(int,
  /// boolean)].
  default Selected sort(int axis, boolean descending) {
    Tensor index = argsort(axis, descending);
    return new Selected(self().takeAlong(axis, index), index);
  }

  /// The `k` largest elements along an axis, the largest first, and where they were.
  default Selected topK(int k, int axis) {
    return first("topK", k, axis, true);
  }

  /// The `k` smallest elements along an axis, the smallest first, and where they were.
  default Selected bottomK(int k, int axis) {
    return first("bottomK", k, axis, false);
  }

  private Selected first(String name, int k, int axis, boolean largest) {
    requireCount(name, k, 0, axis);
    Tensor index = argsort(axis, largest).slice(axis, 0, k);
    return new Selected(self().takeAlong(axis, index), index);
  }

  /// The `k`-th smallest element along an axis, which is dropped, and where it was; `k` counts from
  /// 1, as in PyTorch.
  default Selected kthValue(int k, int axis) {
    requireCount("kthValue", k, 1, axis);
    Tensor index = argsort(axis).slice(axis, k - 1, k);
    return new Selected(self().takeAlong(axis, index).squeeze(axis), index.squeeze(axis));
  }

  private void requireCount(String name, int k, int least, int axis) {
    Shape shape = self().shape();
    if (k < least || k > shape.size(axis)) {
      throw new ShapeException(
          name
              + " needs k in "
              + least
              + ".."
              + shape.size(axis)
              + " along axis "
              + shape.axis(axis)
              + " of "
              + shape
              + ", got "
              + k);
    }
  }

  /// The element in the middle of those along an axis, which is dropped; of an even number the mean
  /// of the two in the middle. NaN if any is NaN.
  default Tensor median(int axis) {
    int n = requireSome("median", axis);
    Tensor upper = at(axis, n / 2);
    return n % 2 == 1 ? upper : at(axis, n / 2 - 1).add(upper).mul(.5);
  }

  /// The quantile of the elements along an axis, which is dropped: with `n` of them the one at
  /// place `q (n − 1)` of the sorted ones, in a straight line between neighbours. 0 is the least, 1
  /// the largest, ½ the median. NaN if any is NaN.
  default Tensor quantile(double q, int axis) {
    int n = requireSome("quantile", axis);
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("quantile needs q in 0..1, got " + q);
    }
    double place = q * (n - 1);
    int below = (int) Math.floor(place);
    double part = place - below;
    Tensor lower = at(axis, below);
    return part == 0 ? lower : lower.add(at(axis, below + 1).sub(lower).mul(part));
  }

  /// Several quantiles along an axis, which is dropped, stacked along a new first one.
  default Tensor quantile(double[] q, int axis) {
    return Tensor.stack(0, Arrays.stream(q).mapToObj(each -> quantile(each, axis)).toList());
  }

  private Tensor at(int axis, int place) {
    return Tensor.apply(new OrderStatistic(self().shape().axis(axis), place), self());
  }

  private int requireSome(String name, int axis) {
    Shape shape = self().shape();
    if (shape.size(axis) == 0) {
      throw new ShapeException(
          name + " needs at least one element along axis " + shape.axis(axis) + ", got " + shape);
    }
    return shape.size(axis);
  }
}
