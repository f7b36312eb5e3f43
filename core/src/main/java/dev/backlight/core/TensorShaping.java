package dev.backlight.core;

import dev.backlight.core.op.AddAlong;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Flip;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.OneHot;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Span;
import dev.backlight.core.op.Take;
import dev.backlight.core.op.TakeAdd;
import dev.backlight.core.op.TakeAlong;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Operations that move elements or combine axes: shapes, slices, products.
///
/// Axes may be negative and then count from the end.
public sealed interface TensorShaping permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- shapes ----

  /// Repeated along axes of size 1 and along new leading axes, by NumPy's rule, until it has the
  /// shape.
  default Tensor expand(Shape to) {
    return self().shape().equals(to) ? self() : Tensor.apply(new Expand(to), self());
  }

  /// The same elements in the same order under another shape; one size may be -1 and is then found.
  default Tensor reshape(int... sizes) {
    int[] found = sizes.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < found.length; i++) {
      if (found[i] != -1) {
        known *= found[i];
      } else if (open >= 0) {
        throw new ShapeException(
            "reshape needs at most one size of -1, got " + Arrays.toString(sizes));
      } else {
        open = i;
      }
    }
    if (open >= 0) {
      int elements = self().elements();
      if (known == 0 || elements % known != 0) {
        throw new ShapeException(
            "reshape needs sizes whose product divides "
                + elements
                + " to find the -1, got "
                + Arrays.toString(sizes));
      }
      found[open] = (int) (elements / known);
    }
    return reshape(Shape.of(found));
  }

  /// The same elements in the same order under another shape.
  default Tensor reshape(Shape to) {
    return self().shape().equals(to) ? self() : Tensor.apply(new Reshape(to), self());
  }

  /// All elements as a vector.
  default Tensor flatten() {
    return reshape(Shape.of(self().elements()));
  }

  /// The given axis and all after it as one: (n, c, h, w) becomes (n, c·h·w) for axis 1.
  default Tensor flattenFrom(int axis) {
    Shape shape = self().shape();
    int from = shape.axis(axis);
    int[] sizes = Arrays.copyOf(shape.sizes(), from + 1);
    sizes[from] = shape.elements(from, shape.rank());
    return reshape(Shape.of(sizes));
  }

  /// Without an axis, which must have size 1.
  default Tensor squeeze(int axis) {
    Shape shape = self().shape();
    if (shape.size(axis) != 1) {
      throw new ShapeException("squeeze needs size 1 on axis " + axis + ", got " + shape);
    }
    return reshape(shape.without(axis));
  }

  /// With a new axis of size 1 that will be the given one; -1 makes it the last.
  default Tensor unsqueeze(int axis) {
    Shape shape = self().shape();
    int rank = shape.rank();
    int at = axis < 0 ? axis + rank + 1 : axis;
    if (at < 0 || at > rank) {
      throw new ShapeException(
          "unsqueeze of "
              + shape
              + " needs an axis in "
              + (-rank - 1)
              + ".."
              + rank
              + ", got "
              + axis);
    }
    int[] sizes = new int[rank + 1];
    for (int i = 0; i <= rank; i++) {
      sizes[i] = i == at ? 1 : shape.size(i < at ? i : i - 1);
    }
    return reshape(Shape.of(sizes));
  }

  /// The axes in another order: axis `a` of the result is axis `order[a]` of this.
  default Tensor permute(int... order) {
    Shape shape = self().shape();
    if (order.length != shape.rank()) {
      throw new ShapeException(
          "permute of "
              + shape
              + " needs "
              + shape.rank()
              + " axes, got "
              + Arrays.toString(order));
    }
    List<Integer> axes = new ArrayList<>();
    boolean same = true;
    for (int a = 0; a < order.length; a++) {
      axes.add(shape.axis(order[a]));
      same &= axes.get(a) == a;
    }
    return same ? self() : Tensor.apply(new Permute(axes), self());
  }

  /// Two axes exchanged.
  default Tensor swap(int axis, int other) {
    Shape shape = self().shape();
    int[] order = new int[shape.rank()];
    Arrays.setAll(order, a -> a);
    order[shape.axis(axis)] = shape.axis(other);
    order[shape.axis(other)] = shape.axis(axis);
    return permute(order);
  }

  /// The last two axes exchanged: the transpose of a matrix, or of each matrix of a batch.
  default Tensor transpose() {
    return swap(-2, -1);
  }

  // ---- parts ----

  /// The indices `from` (included) to `to` (excluded) of an axis; negative ones count from the end.
  default Tensor slice(int axis, int from, int to) {
    return slice(axis, from, to, 1);
  }

  /// Every `step`-th of the indices `from` (included) to `to` (excluded) of an axis.
  default Tensor slice(int axis, int from, int to, int step) {
    Shape shape = self().shape();
    int size = shape.size(axis);
    int first = from < 0 ? from + size : from;
    int last = to < 0 ? to + size : to;
    if (first < 0 || first > last || last > size || step < 1) {
      throw new ShapeException(
          "slice of axis "
              + axis
              + " of "
              + shape
              + " needs 0 <= from <= to <= "
              + size
              + " and step >= 1, got "
              + from
              + ".."
              + to
              + " and "
              + step);
    }
    return sliced(shape.axis(axis), new Span(first, (last - first + step - 1) / step, step));
  }

  private Tensor sliced(int axis, Span span) {
    Shape shape = self().shape();
    if (span.count() == shape.size(axis)) {
      return self();
    }
    List<Span> spans = wholly();
    spans.set(axis, span);
    return Tensor.apply(new Slice(spans), self());
  }

  private List<Span> wholly() {
    List<Span> spans = new ArrayList<>();
    for (int a = 0; a < self().rank(); a++) {
      spans.add(Span.all(self().size(a)));
    }
    return spans;
  }

  /// The part at these leading indices: `get(2)` of a matrix is its row 2. Negative ones count from
  /// the end.
  default Tensor get(int... leading) {
    Shape shape = self().shape();
    if (leading.length > shape.rank()) {
      throw new ShapeException(
          "get of " + shape + " needs at most " + shape.rank() + " indices, got " + leading.length);
    }
    List<Span> spans = wholly();
    for (int a = 0; a < leading.length; a++) {
      int size = shape.size(a);
      int i = leading[a] < 0 ? leading[a] + size : leading[a];
      if (i < 0 || i >= size) {
        throw new ShapeException(
            "axis "
                + a
                + " of "
                + shape
                + " has indices "
                + -size
                + ".."
                + (size - 1)
                + ", got "
                + leading[a]);
      }
      spans.set(a, new Span(i, 1, 1));
    }
    Shape rest = Shape.of(Arrays.copyOfRange(shape.sizes(), leading.length, shape.rank()));
    return leading.length == 0 ? self() : Tensor.apply(new Slice(spans), self()).reshape(rest);
  }

  /// Consecutive parts of the given sizes, which must add up to the axis.
  default List<Tensor> split(int axis, int... sizes) {
    int from = 0;
    List<Tensor> parts = new ArrayList<>();
    if (Arrays.stream(sizes).sum() != self().size(axis)) {
      throw new ShapeException(
          "split of axis "
              + axis
              + " of "
              + self().shape()
              + " needs sizes that add up to "
              + self().size(axis)
              + ", got "
              + Arrays.toString(sizes));
    }
    for (int size : sizes) {
      parts.add(slice(axis, from, from + size));
      from += size;
    }
    return Collections.unmodifiableList(parts);
  }

  /// With zeros (`false`) before and after along an axis.
  default Tensor pad(int axis, int before, int after) {
    Shape shape = self().shape();
    checkPad(before, after);
    if (before == 0 && after == 0) {
      return self();
    }
    int along = shape.axis(axis);
    List<Span> spans = wholly();
    spans.set(along, new Span(before, shape.size(along), 1));
    return Tensor.apply(
        new Embed(shape.with(along, before + shape.size(along) + after), spans), self());
  }

  /// With a value before and after along an axis.
  default Tensor pad(int axis, int before, int after, double value) {
    checkPad(before, after);
    Shape shape = self().shape();
    DType dtype = self().dtype();
    return Tensor.concat(
        axis,
        Tensor.full(shape.with(axis, before), dtype, value),
        self(),
        Tensor.full(shape.with(axis, after), dtype, value));
  }

  /// With what a padding says before and after along an axis. Reflections go on as often as needed.
  default Tensor pad(int axis, int before, int after, Padding padding) {
    checkPad(before, after);
    Shape shape = self().shape();
    int n = shape.size(axis);
    if (before == 0 && after == 0) {
      return self();
    }
    if (n == 0) {
      throw new ShapeException(
          "pad needs at least one element along axis " + shape.axis(axis) + ", got " + shape);
    }
    int[] places = new int[before + n + after];
    Arrays.setAll(places, i -> padding.place(i - before, n));
    return take(axis, Tensor.of(places));
  }

  private static void checkPad(int before, int after) {
    if (before < 0 || after < 0) {
      throw new ShapeException(
          "pad needs before >= 0 and after >= 0, got " + before + " and " + after);
    }
  }

  /// Picks slices along an axis with an integer index of any rank, whose axes stand where the axis
  /// was.
  default Tensor take(int axis, Tensor index) {
    return Tensor.apply(new Take(self().shape().axis(axis)), self(), index);
  }

  /// Adds slices into zeros, where the axis has a new size: the transpose of [#take(int, Tensor)].
  default Tensor takeAdd(int axis, Tensor index, int size) {
    return Tensor.apply(new TakeAdd(self().shape().axis(axis), size), self(), index);
  }

  /// Picks along an axis with an integer index of the same rank: `y[i, j] = x[i, index[i, j]]` for
  /// axis 1.
  default Tensor takeAlong(int axis, Tensor index) {
    return Tensor.apply(new TakeAlong(self().shape().axis(axis)), self(), index);
  }

  /// Adds the elements into zeros, where the axis has a new size: `y[i, index[i, j]] += x[i, j]`
  /// for axis 1.
  default Tensor addAlong(int axis, Tensor index, int size) {
    return Tensor.apply(new AddAlong(self().shape().axis(axis), size), self(), index);
  }

  /// The order reversed along the given axes.
  default Tensor flip(int... axes) {
    Shape shape = self().shape();
    shape.keeping(axes);
    List<Integer> flipped = Arrays.stream(axes).map(shape::axis).sorted().boxed().toList();
    return flipped.isEmpty() ? self() : Tensor.apply(new Flip(flipped), self());
  }

  /// Class indices as a new last axis with a single 1.
  default Tensor oneHot(int classes, DType dtype) {
    return Tensor.apply(new OneHot(classes, dtype), self());
  }

  // ---- products ----

  /// The matrix product, as NumPy's: vectors are a row on the left and a column on the right, and
  /// leading axes are a batch that broadcasts.
  default Tensor matmul(Tensor other) {
    return matmul(other, false, false);
  }

  /// The matrix product with this (`ta`) or the other (`tb`) read as transposed, without a copy.
  default Tensor matmul(Tensor other, boolean ta, boolean tb) {
    Tensor x = self();
    Shape p = x.shape();
    Shape q = other.shape();
    if (p.rank() == 0 || q.rank() == 0 || (p.rank() == 1 && ta) || (q.rank() == 1 && tb)) {
      throw new ShapeException(MatMul.misfit(ta, tb, p, q));
    }
    int inner = q.rank() == 1 ? q.size(0) : q.size(tb ? -1 : -2);
    if (p.size(ta ? -2 : -1) != inner) {
      throw new ShapeException(MatMul.misfit(ta, tb, p, q));
    }
    if (p.rank() == 1) {
      return x.unsqueeze(0).matmul(other, false, tb).squeeze(q.rank() == 1 ? 0 : -2);
    }
    if (q.rank() == 1) {
      return x.matmul(other.unsqueeze(1), ta, false).squeeze(-1);
    }
    if (p.rank() > 2 && q.rank() == 2 && !ta) {
      // One matrix for a whole batch: one tall product instead of a batch of copies of the matrix.
      Tensor tall = x.reshape(Shape.of(p.elements(0, p.rank() - 1), inner));
      return tall.matmul(other, false, tb).reshape(p.with(-1, q.size(tb ? -2 : -1)));
    }
    Shape lead = Shape.broadcast(p.without(-2, -1), q.without(-2, -1));
    return Tensor.apply(new MatMul(ta, tb), batched(x, lead), batched(other, lead));
  }

  private static Tensor batched(Tensor matrices, Shape lead) {
    int[] sizes = Arrays.copyOf(lead.sizes(), lead.rank() + 2);
    sizes[lead.rank()] = matrices.size(-2);
    sizes[lead.rank() + 1] = matrices.size(-1);
    return matrices.expand(Shape.of(sizes));
  }

  /// The inner product of two vectors, a scalar.
  default Tensor dot(Tensor other) {
    if (self().rank() != 1 || !self().shape().equals(other.shape())) {
      throw new ShapeException(
          "dot needs two vectors of one size, got " + self().shape() + " and " + other.shape());
    }
    return matmul(other);
  }

  /// The outer product of two vectors: `z[i, j] = x[i] · y[j]`.
  default Tensor outer(Tensor other) {
    if (self().rank() != 1 || other.rank() != 1) {
      throw new ShapeException(
          "outer needs two vectors, got " + self().shape() + " and " + other.shape());
    }
    return self().unsqueeze(1).matmul(other.unsqueeze(0));
  }
}
