package dev.backlight.core;

import dev.backlight.core.op.FlatIndex;
import dev.backlight.core.op.LastWriter;
import java.util.Arrays;
import java.util.List;

/// Gathering, scattering, diagonals, triangles, repetition and windows.
///
/// Axes may be negative and then count from the end. An index that is out of range is an error when
/// the tape is played.
public sealed interface TensorIndexing permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- gathering and scattering ----

  /// Picks with coordinates (..., k) in the first k axes: the result has the shape of the index
  /// without its last axis, then the axes that are left.
  default Tensor gatherNd(Tensor index) {
    Shape lead = lead("gatherNd", index);
    Tensor places = Tensor.apply(new FlatIndex(lead), index);
    return flattened(lead).take(0, places);
  }

  /// This with slices added at coordinates (..., k) in the first k axes; a place that is named
  /// twice gets both.
  ///
  /// @param source of the shape of the index without its last axis, then the axes that are left
  default Tensor scatterAddNd(Tensor index, Tensor source) {
    Shape shape = self().shape();
    Shape lead = lead("scatterAddNd", index);
    Tensor places = Tensor.apply(new FlatIndex(lead), index).flatten();
    Tensor whole = flattened(lead);
    Shape slices = whole.shape().with(0, places.elements());
    Shape index0 = index.shape().without(-1);
    int[] sizes = Arrays.copyOf(index0.sizes(), index0.rank() + shape.rank() - lead.rank());
    for (int a = lead.rank(); a < shape.rank(); a++) {
      sizes[index0.rank() + a - lead.rank()] = shape.size(a);
    }
    if (!source.shape().equals(Shape.of(sizes))) {
      throw new ShapeException(
          "scatterAddNd needs a source of "
              + Shape.of(sizes)
              + " for the index "
              + index.shape()
              + " into "
              + shape
              + ", got "
              + source.shape());
    }
    return whole.add(source.reshape(slices).takeAdd(0, places, whole.size(0))).reshape(shape);
  }

  private Shape lead(String name, Tensor index) {
    Shape shape = self().shape();
    int k = index.rank() == 0 ? 0 : index.size(-1);
    if (k < 1 || k > shape.rank()) {
      throw new ShapeException(
          name
              + " needs an index (..., k) with k in 1.."
              + shape.rank()
              + " for "
              + shape
              + ", got "
              + index.shape());
    }
    return Shape.of(Arrays.copyOf(shape.sizes(), k));
  }

  private Tensor flattened(Shape lead) {
    Shape shape = self().shape();
    int[] sizes = new int[1 + shape.rank() - lead.rank()];
    sizes[0] = lead.elements();
    for (int a = lead.rank(); a < shape.rank(); a++) {
      sizes[1 + a - lead.rank()] = shape.size(a);
    }
    return self().reshape(Shape.of(sizes));
  }

  /// This with elements added along an axis: `y[i, index[i, j]] += source[i, j]` for axis 1.
  default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    return self().add(source.addAlong(axis, index, self().size(axis)));
  }

  /// This with elements replaced along an axis: `y[i, index[i, j]] = source[i, j]` for axis 1. Of
  /// several that go to one place the last one stays, and it alone has the gradient.
  default Tensor scatter(int axis, Tensor index, Tensor source) {
    Shape shape = self().shape();
    int along = shape.axis(axis);
    if (!index.shape().equals(source.shape())
        || index.rank() != shape.rank()
        || !index.shape().with(along, 0).equals(shape.with(along, 0))) {
      throw new ShapeException(
          "scatter along axis "
              + along
              + " of "
              + shape
              + " needs an index and a source of one shape with its other sizes, got "
              + index.shape()
              + " and "
              + source.shape());
    }
    if (index.size(along) == 0) {
      return self();
    }
    Tensor writer = Tensor.apply(new LastWriter(along, shape.size(along)), index);
    Tensor written = source.takeAlong(along, writer.maximum(0));
    return writer.ge(0).where(written, self());
  }

  /// This with slices added along an axis: slice `j` of the source goes to place `index[j]`.
  ///
  /// @param index a vector
  default Tensor indexAdd(int axis, Tensor index, Tensor source) {
    return self().add(source.takeAdd(axis, index, self().size(axis)));
  }

  /// This with a number wherever the mask, which broadcasts, is true.
  default Tensor maskedFill(Tensor mask, double value) {
    return mask.where(value, self());
  }

  /// Class indices with a new axis of a single 1 for each, at this place.
  default Tensor oneHot(int classes, DType dtype, int axis) {
    return self().oneHot(classes, dtype).moveAxis(-1, axis);
  }

  // ---- diagonals and triangles ----

  /// The diagonal of the last two axes, as a last axis.
  default Tensor diagonal() {
    return diagonal(0, -2, -1);
  }

  /// A diagonal of two axes, which are dropped, as a last axis: the elements `[i, i + offset]`.
  default Tensor diagonal(int offset, int axis, int other) {
    Shape shape = self().shape();
    int first = shape.axis(axis);
    int second = shape.axis(other);
    Shape rest = shape.without(first, second);
    int rows = shape.size(first);
    int columns = shape.size(second);
    int from = Math.max(0, -offset);
    int count = Math.max(0, Math.min(rows - from, columns - Math.max(0, offset)));
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = (from + i) * columns + from + i + offset;
    }
    Tensor last = self().moveAxis(first, -1).moveAxis(second > first ? second - 1 : second, -1);
    int[] sizes = Arrays.copyOf(rest.sizes(), rest.rank() + 1);
    sizes[rest.rank()] = rows * columns;
    return last.reshape(Shape.of(sizes)).take(-1, Tensor.of(places));
  }

  /// Matrices with the last axis on a diagonal, at `[i, i + offset]`, and zeros elsewhere.
  default Tensor diagEmbed(int offset) {
    Shape shape = self().shape();
    if (shape.rank() == 0) {
      throw new ShapeException("diagEmbed needs (..., n), got a scalar");
    }
    int n = shape.size(-1);
    int size = n + Math.abs(offset);
    int[] places = new int[n];
    Arrays.setAll(places, i -> (i + Math.max(0, -offset)) * size + i + Math.max(0, offset));
    int[] sizes = Arrays.copyOf(shape.sizes(), shape.rank() + 1);
    sizes[shape.rank() - 1] = size;
    sizes[shape.rank()] = size;
    return self().takeAdd(-1, Tensor.of(places), size * size).reshape(Shape.of(sizes));
  }

  /// The lower triangle of the last two axes, zeros above it: what is at `[i, j]` with `j − i <=
  /// diagonal`.
  default Tensor tril(int diagonal) {
    return triangle("tril").le(diagonal).where(self(), 0);
  }

  /// The upper triangle of the last two axes, zeros below it: what is at `[i, j]` with `j − i >=
  /// diagonal`.
  default Tensor triu(int diagonal) {
    return triangle("triu").ge(diagonal).where(self(), 0);
  }

  /// `j − i` for the last two axes.
  private Tensor triangle(String name) {
    Shape shape = self().shape();
    if (shape.rank() < 2) {
      throw new ShapeException(name + " needs (..., m, n), got " + shape);
    }
    return Tensor.arange(shape.size(-1), DType.I32)
        .sub(Tensor.arange(shape.size(-2), DType.I32).unsqueeze(1));
  }

  // ---- moving and repeating ----

  /// One axis at another place; the others keep their order.
  default Tensor moveAxis(int from, int to) {
    Shape shape = self().shape();
    int source = shape.axis(from);
    int target = shape.axis(to);
    int[] order = new int[shape.rank()];
    int next = 0;
    for (int a = 0; a < order.length; a++) {
      if (a == target) {
        order[a] = source;
      } else {
        next += next == source ? 1 : 0;
        order[a] = next++;
      }
    }
    return self().permute(order);
  }

  /// The elements shifted along an axis; those that leave at one end come in at the other.
  default Tensor roll(int shift, int axis) {
    int n = self().size(axis);
    int by = n == 0 ? 0 : Math.floorMod(shift, n);
    return by == 0
        ? self()
        : Tensor.concat(axis, self().slice(axis, n - by, n), self().slice(axis, 0, n - by));
  }

  /// Copies of the whole side by side, so many along each of the last axes; with more numbers than
  /// axes there are new leading ones, as in NumPy.
  default Tensor tile(int... repeats) {
    for (int count : repeats) {
      requireCount("tile", count);
    }
    return copied(repeats, true);
  }

  /// Every slice along an axis several times in a row.
  default Tensor repeatInterleave(int repeats, int axis) {
    requireCount("repeatInterleave", repeats);
    int[] counts = new int[self().rank() - self().shape().axis(axis)];
    Arrays.fill(counts, 1);
    counts[0] = repeats;
    return copied(counts, false);
  }

  private static void requireCount(String name, int count) {
    if (count < 0) {
      throw new ShapeException(name + " needs counts of at least 0, got " + count);
    }
  }

  private Tensor copied(int[] repeats, boolean whole) {
    int rank = Math.max(self().rank(), repeats.length);
    int[] apart = new int[2 * rank];
    int[] wide = new int[2 * rank];
    int[] sizes = new int[rank];
    for (int a = 0; a < rank; a++) {
      int own = a - (rank - self().rank());
      int given = a - (rank - repeats.length);
      int size = own < 0 ? 1 : self().size(own);
      int count = given < 0 ? 1 : repeats[given];
      int copies = whole ? 2 * a : 2 * a + 1;
      int elements = whole ? 2 * a + 1 : 2 * a;
      apart[copies] = 1;
      apart[elements] = size;
      wide[copies] = count;
      wide[elements] = size;
      sizes[a] = size * count;
    }
    return self().reshape(Shape.of(apart)).expand(Shape.of(wide)).reshape(Shape.of(sizes));
  }

  /// So many parts along an axis, as equal as possible: the first ones have the elements that are
  /// left over.
  default List<Tensor> chunk(int parts, int axis) {
    if (parts < 1) {
      throw new ShapeException("chunk needs at least 1 part, got " + parts);
    }
    int n = self().size(axis);
    int[] sizes = new int[parts];
    Arrays.setAll(sizes, i -> n / parts + (i < n % parts ? 1 : 0));
    return self().split(axis, sizes);
  }

  /// Windows along an axis, whose place the axes (count, size) take: window `i` begins at element
  /// `i · step`. What does not fill a last window is left out.
  default Tensor windows(int axis, int size, int step) {
    int n = self().size(axis);
    if (size < 1 || step < 1 || size > n) {
      throw new ShapeException(
          "windows need a size in 1.."
              + n
              + " and a step of at least 1 along axis "
              + self().shape().axis(axis)
              + " of "
              + self().shape()
              + ", got "
              + size
              + " and "
              + step);
    }
    int count = (n - size) / step + 1;
    Tensor starts = Tensor.arange(count, DType.I32).mul(step).unsqueeze(1);
    return self().take(axis, starts.add(Tensor.arange(size, DType.I32)));
  }
}
