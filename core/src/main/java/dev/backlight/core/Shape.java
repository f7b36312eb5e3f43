package dev.backlight.core;

import java.util.Arrays;

/// The sizes of a tensor along its axes: `Shape.of(2, 3)` is two rows of three.
///
/// Immutable. Sizes are ≥ 0 and their product fits an `int`; rank 0 is a scalar and has one
/// element. Data are row-major: the last axis is the fastest.
public record Shape(int... sizes) {
  /// The shape of a single number, `()`.
  public static final Shape SCALAR = new Shape();

  /// The shapes of short vectors, each once: comparing them is the larger part of what a small
  /// operation costs, and of one object with itself it costs nothing.
  private static final Shape[] LINES = new Shape[257];

  static {
    Arrays.setAll(LINES, Shape::new);
  }

  public Shape {
    sizes = sizes.clone();
    long n = 1;
    for (int size : sizes) {
      if (size < 0) {
        throw new ShapeException("a shape needs sizes of at least 0, got " + text(sizes));
      }
      n = Math.multiplyExact(n, (long) size);
      if (n > Integer.MAX_VALUE) {
        throw new ShapeException(
            "a shape needs at most " + Integer.MAX_VALUE + " elements, got " + text(sizes));
      }
    }
  }

  /// The shape with these sizes, outermost axis first.
  public static Shape of(int... sizes) {
    if (sizes.length == 0) {
      return SCALAR;
    }
    return sizes.length == 1 && sizes[0] >= 0 && sizes[0] < LINES.length
        ? LINES[sizes[0]]
        : new Shape(sizes);
  }

  /// A copy of the sizes.
  @Override
  public int[] sizes() {
    return sizes.clone();
  }

  /// How many axes there are.
  public int rank() {
    return sizes.length;
  }

  /// How many elements there are: the product of the sizes, 1 for a scalar.
  public int elements() {
    return elements(0, sizes.length);
  }

  /// The size along an axis; negative axes count from the end, so `size(-1)` is the last.
  public int size(int axis) {
    return sizes[axis(axis)];
  }

  /// The axis as a number in `0..rank-1`, from one that may count from the end.
  public int axis(int axis) {
    int found = axis < 0 ? axis + sizes.length : axis;
    if (sizes.length == 0) {
      throw new ShapeException("an axis needs a rank of at least 1, got a scalar and axis " + axis);
    }
    if (found < 0 || found >= sizes.length) {
      throw new ShapeException(
          "an axis of "
              + this
              + " lies in "
              + -sizes.length
              + ".."
              + (sizes.length - 1)
              + ", got "
              + axis);
    }
    return found;
  }

  /// How far apart neighbours along each axis lie in row-major data.
  public int[] strides() {
    int[] strides = new int[sizes.length];
    int step = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= sizes[i];
    }
    return strides;
  }

  /// How far apart neighbours along one axis lie in row-major data, without making an array;
  /// negative axes count from the end.
  public int stride(int axis) {
    return elements(axis(axis) + 1, sizes.length);
  }

  /// How many elements the axes from `from` (included) to `to` (excluded) span: 1 if there are
  /// none.
  public int elements(int from, int to) {
    int n = 1;
    for (int i = from; i < to; i++) {
      n *= sizes[i];
    }
    return n;
  }

  /// This shape with another size along one axis.
  public Shape with(int axis, int size) {
    int[] changed = sizes.clone();
    changed[axis(axis)] = size;
    return new Shape(changed);
  }

  /// With a new leading axis of the given size.
  public Shape prepend(int size) {
    int[] longer = new int[sizes.length + 1];
    longer[0] = size;
    System.arraycopy(sizes, 0, longer, 1, sizes.length);
    return new Shape(longer);
  }

  /// This shape without the given axes.
  public Shape without(int... axes) {
    boolean[] drop = marks(axes);
    int[] kept = new int[sizes.length];
    int n = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (!drop[i]) {
        kept[n++] = sizes[i];
      }
    }
    return of(Arrays.copyOf(kept, n));
  }

  /// This shape with size 1 along the given axes, as a reduction that keeps its axes leaves it.
  public Shape keeping(int... axes) {
    boolean[] one = marks(axes);
    int[] kept = sizes.clone();
    for (int i = 0; i < kept.length; i++) {
      if (one[i]) {
        kept[i] = 1;
      }
    }
    return of(kept);
  }

  private boolean[] marks(int... axes) {
    boolean[] marks = new boolean[sizes.length];
    for (int axis : axes) {
      int a = axis(axis);
      if (marks[a]) {
        throw new ShapeException("axes of " + this + " need to differ, got " + text(axes));
      }
      marks[a] = true;
    }
    return marks;
  }

  /// The shape that two operands are expanded to, by NumPy's rule: aligned at the last axis, sizes
  /// equal or 1.
  public static Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] sizes = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int p = i <= a.rank() ? a.sizes[a.rank() - i] : 1;
      int q = i <= b.rank() ? b.sizes[b.rank() - i] : 1;
      if (p != q && p != 1 && q != 1) {
        throw new ShapeException(
            "broadcasting needs sizes that are equal or 1, aligned at the last axis, got "
                + a
                + " and "
                + b);
      }
      sizes[rank - i] = p == 1 ? q : p;
    }
    return of(sizes);
  }

  /// Whether a tensor of this shape can be expanded to `wider`.
  public boolean expandsTo(Shape wider) {
    if (rank() > wider.rank()) {
      return false;
    }
    for (int i = 1; i <= rank(); i++) {
      int mine = sizes[rank() - i];
      if (mine != 1 && mine != wider.sizes[wider.rank() - i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other == this || (other instanceof Shape that && same(sizes, that.sizes));
  }

  /// For a handful of sizes this is quicker than what is made for long arrays.
  private static boolean same(int[] a, int[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /// As in `(2, 3)`; `()` for a scalar.
  @Override
  public String toString() {
    return text(sizes);
  }

  private static String text(int[] sizes) {
    String inside = Arrays.toString(sizes);
    return "(" + inside.substring(1, inside.length() - 1) + ")";
  }
}
