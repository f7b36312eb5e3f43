package dev.backlight.core;

import java.util.Arrays;

/// Products of tensors beyond that of matrices; the Einstein sum is [Tensor#einsum].
public sealed interface TensorProducts permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// The sum of products over the last `axes` axes of this and the first of the other, as in NumPy.
  default Tensor tensordot(Tensor other, int axes) {
    int rank = self().rank();
    if (axes < 0 || axes > rank || axes > other.rank()) {
      throw new ShapeException(
          "tensordot over "
              + axes
              + " axes needs operands that have them, got "
              + self().shape()
              + " and "
              + other.shape());
    }
    int[] last = new int[axes];
    int[] first = new int[axes];
    Arrays.setAll(last, i -> rank - axes + i);
    Arrays.setAll(first, i -> i);
    return tensordot(other, last, first);
  }

  /// The sum of products over pairs of axes: the result has the axes of this that are left, then
  /// those of the other.
  default Tensor tensordot(Tensor other, int[] axes, int[] otherAxes) {
    Shape x = self().shape();
    Shape y = other.shape();
    boolean fits = axes.length == otherAxes.length;
    for (int i = 0; fits && i < axes.length; i++) {
      fits = x.size(axes[i]) == y.size(otherAxes[i]);
    }
    if (!fits) {
      throw new ShapeException(
          "tensordot needs axes of equal sizes in pairs, got "
              + Arrays.toString(axes)
              + " of "
              + x
              + " and "
              + Arrays.toString(otherAxes)
              + " of "
              + y);
    }
    Shape rows = x.without(axes);
    Shape columns = y.without(otherAxes);
    int[] order = order(x, axes, false);
    int[] otherOrder = order(y, otherAxes, true);
    int inner = 1;
    for (int axis : axes) {
      inner *= x.size(axis);
    }
    Tensor a = self().permute(order).reshape(rows.elements(), inner);
    Tensor b = other.permute(otherOrder).reshape(inner, columns.elements());
    int[] sizes = Arrays.copyOf(rows.sizes(), rows.rank() + columns.rank());
    System.arraycopy(columns.sizes(), 0, sizes, rows.rank(), columns.rank());
    return a.matmul(b).reshape(Shape.of(sizes));
  }

  /// These axes first or last, the others in their order.
  private static int[] order(Shape shape, int[] axes, boolean first) {
    int rank = shape.rank();
    int[] order = new int[rank];
    boolean[] chosen = new boolean[rank];
    int at = first ? 0 : rank - axes.length;
    for (int axis : axes) {
      order[at++] = shape.axis(axis);
      chosen[shape.axis(axis)] = true;
    }
    at = first ? axes.length : 0;
    for (int a = 0; a < rank; a++) {
      if (!chosen[a]) {
        order[at++] = a;
      }
    }
    return order;
  }

  /// The Kronecker product of two matrices: each element of this times all of the other, (m·p,
  /// n·q).
  default Tensor kron(Tensor other) {
    Shape x = self().shape();
    Shape y = other.shape();
    if (x.rank() != 2 || y.rank() != 2) {
      throw new ShapeException("kron needs (m, n) and (p, q), got " + x + " and " + y);
    }
    return self()
        .reshape(x.size(0), 1, x.size(1), 1)
        .mul(other.reshape(1, y.size(0), 1, y.size(1)))
        .reshape(x.size(0) * y.size(0), x.size(1) * y.size(1));
  }

  /// The sum of the diagonal of the last two axes, which are dropped.
  default Tensor trace() {
    return self().diagonal().sum(-1);
  }
}
