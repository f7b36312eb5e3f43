package dev.backlight.core;

import dev.backlight.core.op.AMax;
import dev.backlight.core.op.LogSumExp;
import dev.backlight.core.op.MaxIndex;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Sum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Operations that gather many elements into one: sums, means, maxima, softmax.
///
/// Axes may be negative and then count from the end. No axes mean all of them.
public sealed interface TensorReductions permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  private List<Integer> over(int... axes) {
    Shape shape = self().shape();
    shape.keeping(axes);
    return (axes.length == 0
            ? IntStream.range(0, shape.rank())
            : IntStream.of(axes).map(shape::axis).sorted())
        .boxed()
        .toList();
  }

  // ---- sums ----

  /// The sum over the given axes, which are dropped, or over all. The sum of nothing is 0.
  default Tensor sum(int... axes) {
    return sum(over(axes), false);
  }

  /// The sum over the given axes, which keep size 1, or over all.
  default Tensor sumKeep(int... axes) {
    return sum(over(axes), true);
  }

  private Tensor sum(List<Integer> axes, boolean keep) {
    return axes.isEmpty() && self().dtype() != DType.BOOL
        ? self()
        : Tensor.apply(new Sum(axes, keep), self());
  }

  /// The sum over whatever [TensorShaping#expand] to this shape repeats: its transpose.
  default Tensor sumTo(Shape narrow) {
    Shape wide = self().shape();
    if (!narrow.expandsTo(wide)) {
      throw new ShapeException("sumTo needs a shape that expands to " + wide + ", got " + narrow);
    }
    int more = wide.rank() - narrow.rank();
    List<Integer> repeated =
        IntStream.range(0, wide.rank())
            .filter(a -> a < more || (narrow.size(a - more) == 1 && wide.size(a) != 1))
            .boxed()
            .toList();
    return sum(repeated, false).reshape(narrow);
  }

  /// The mean over the given axes, which are dropped, or over all. The mean of nothing is NaN.
  default Tensor mean(int... axes) {
    DTypeException.needFloats("mean", self());
    return sum(axes).div(count(axes));
  }

  /// The mean over the given axes, which keep size 1, or over all.
  default Tensor meanKeep(int... axes) {
    DTypeException.needFloats("mean", self());
    return sumKeep(axes).div(count(axes));
  }

  private int count(int... axes) {
    int n = 1;
    for (int axis : over(axes)) {
      n *= self().size(axis);
    }
    return n;
  }

  /// The variance over the given axes, or over all: `Σ (x − mean)² / (n − correction)`. Correction
  /// 1 is the unbiased estimate, 0 the second moment about the mean.
  default Tensor variance(int correction, int... axes) {
    int freedom = freedom("variance", correction, axes);
    Tensor apart = self().sub(meanKeep(axes));
    return apart.mul(apart).sum(axes).div(freedom);
  }

  /// The standard deviation over the given axes, or over all: the root of [#variance]. Its gradient
  /// is 0 where all elements are equal.
  default Tensor std(int correction, int... axes) {
    int freedom = freedom("std", correction, axes);
    return self().sub(meanKeep(axes)).norm(axes).div(Math.sqrt(freedom));
  }

  /// As [#variance], over axes that keep size 1.
  default Tensor varianceKeep(int correction, int... axes) {
    return variance(correction, axes).reshape(kept(axes));
  }

  /// As [#std], over axes that keep size 1.
  default Tensor stdKeep(int correction, int... axes) {
    return std(correction, axes).reshape(kept(axes));
  }

  private Shape kept(int... axes) {
    return self().shape().keeping(over(axes).stream().mapToInt(Integer::intValue).toArray());
  }

  private int freedom(String op, int correction, int... axes) {
    DTypeException.needFloats(op, self());
    int n = count(axes);
    if (n <= correction) {
      throw new ShapeException(
          op
              + " with correction "
              + correction
              + " needs more than "
              + correction
              + " elements, got "
              + n
              + " of "
              + self().shape());
    }
    return n - correction;
  }

  /// The Euclidean norm over the given axes, or over all; its gradient at 0 is 0.
  default Tensor norm(int... axes) {
    return Tensor.apply(new Norm(over(axes), false), self());
  }

  /// The Euclidean norm over the given axes, which keep size 1, or over all.
  default Tensor normKeep(int... axes) {
    return Tensor.apply(new Norm(over(axes), true), self());
  }

  // ---- extremes ----

  /// The largest element along the given axes, or of all; ties share the gradient evenly.
  default Tensor amax(int... axes) {
    return Tensor.apply(new AMax(over(axes), false), self());
  }

  /// The largest element along the given axes, which keep size 1, or of all.
  default Tensor amaxKeep(int... axes) {
    return Tensor.apply(new AMax(over(axes), true), self());
  }

  /// The smallest element along the given axes, or of all; ties share the gradient evenly.
  default Tensor amin(int... axes) {
    requireSome("amin", over(axes));
    return self().neg().amax(axes).neg();
  }

  /// The smallest element along the given axes, which keep size 1, or of all.
  default Tensor aminKeep(int... axes) {
    requireSome("amin", over(axes));
    return self().neg().amaxKeep(axes).neg();
  }

  /// The largest element along an axis, which is dropped, and its `I32` index: of ties the first,
  /// which alone gets the gradient.
  default Selected max(int axis) {
    return max("max", axis);
  }

  private Selected max(String name, int axis) {
    requireSome(name, List.of(self().shape().axis(axis)));
    Tensor[] both = Tensor.applyAll(new MaxIndex(self().shape().axis(axis)), self());
    return new Selected(both[0], both[1]);
  }

  /// The smallest element along an axis, which is dropped, and its `I32` index: of ties the first.
  default Selected min(int axis) {
    return min("min", axis);
  }

  private Selected min(String name, int axis) {
    requireSome(name, List.of(self().shape().axis(axis)));
    Selected negative = self().neg().max(axis);
    return new Selected(negative.values().neg(), negative.index());
  }

  /// The `I32` index of the largest element along an axis; of ties the first.
  default Tensor argmax(int axis) {
    return max("argmax", axis).index();
  }

  /// The `I32` index of the smallest element along an axis; of ties the first.
  default Tensor argmin(int axis) {
    return min("argmin", axis).index();
  }

  /// The `I32` index of the largest of all elements, counted row-major; of ties the first.
  default Tensor argmax() {
    return self().flatten().argmax(0);
  }

  /// The `I32` index of the smallest of all elements, counted row-major; of ties the first.
  default Tensor argmin() {
    return self().flatten().argmin(0);
  }

  private void requireSome(String name, List<Integer> axes) {
    DTypeException.needFloats(name, self());
    Shape shape = self().shape();
    if (axes.stream().anyMatch(axis -> shape.size(axis) == 0)) {
      throw new ShapeException(
          name + " needs at least one element along axes " + axes + ", got " + shape);
    }
  }

  // ---- counts ----

  /// How many elements are not 0, or true, along the given axes, which are dropped, or of all:
  /// `I64`. NaN is not 0.
  default Tensor countNonZero(int... axes) {
    Tensor there = self().dtype() == DType.BOOL ? self() : self().ne(0);
    return there.to(DType.I64).sum(axes);
  }

  /// Whether any element is true along the given axes, which are dropped, or of all; of none it is
  /// false.
  default Tensor any(int... axes) {
    requireFlags("any");
    return countNonZero(axes).gt(0);
  }

  /// Whether all elements are true along the given axes, which are dropped, or of all; of none it
  /// is true.
  default Tensor all(int... axes) {
    requireFlags("all");
    return self().not().countNonZero(axes).eq(0);
  }

  private void requireFlags(String name) {
    if (self().dtype() != DType.BOOL) {
      throw new DTypeException(name + " needs BOOL, got " + self().dtype());
    }
  }

  // ---- exponentials ----

  /// The softmax along an axis: `exp(xᵢ) / Σⱼ exp(xⱼ)`. A row of only -∞ is NaN.
  default Tensor softmax(int axis) {
    return softmax(axis, false);
  }

  /// The softmax along an axis in which -∞ means "not there": a row of only -∞ is zeros.
  default Tensor maskedSoftmax(int axis) {
    return softmax(axis, true);
  }

  private Tensor softmax(int axis, boolean masked) {
    self().shape().axis(axis);
    return Tensor.apply(new Softmax(masked), self().swap(axis, -1)).swap(axis, -1);
  }

  /// The logarithm of the softmax along an axis: `xᵢ − log Σⱼ exp(xⱼ)`, computed from `x − max x`,
  /// so that large numbers keep their digits.
  default Tensor logSoftmax(int axis) {
    DTypeException.needFloats("logSoftmax", self());
    int along = self().shape().axis(axis);
    if (self().size(along) == 0) {
      return self();
    }
    Tensor low = self().sub(self().amaxKeep(along).stopGradient());
    return low.sub(low.logSumExp(along).unsqueeze(along));
  }

  /// `log Σᵢ exp(xᵢ)` over the given axes, which are dropped, or over all; its gradient is finite
  /// at every infinity.
  default Tensor logSumExp(int... axes) {
    DTypeException.needFloats("logSumExp", self());
    Shape shape = self().shape();
    List<Integer> over = over(axes);
    if (over.isEmpty()) {
      return self();
    }
    int[] order =
        IntStream.concat(
                IntStream.range(0, shape.rank()).filter(a -> !over.contains(a)),
                over.stream().mapToInt(Integer::intValue))
            .toArray();
    Tensor lines = self().permute(order);
    if (over.size() > 1) {
      Shape left = shape.without(over.stream().mapToInt(Integer::intValue).toArray());
      int count = over.stream().mapToInt(shape::size).reduce(1, Math::multiplyExact);
      lines = lines.reshape(joined(left, count));
    }
    return Tensor.apply(new LogSumExp(), lines);
  }

  /// As [#logSumExp], over axes that keep size 1.
  default Tensor logSumExpKeep(int... axes) {
    return logSumExp(axes).reshape(kept(axes));
  }

  private static Shape joined(Shape left, int last) {
    int[] sizes = Arrays.copyOf(left.sizes(), left.rank() + 1);
    sizes[left.rank()] = last;
    return Shape.of(sizes);
  }
}
