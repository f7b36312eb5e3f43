package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The arithmetic of reduced axes, shared by the reductions.
final class Axes {
  private Axes() {}

  /// The shape that is left when the axes are reduced.
  static Shape left(Shape shape, List<Integer> axes, boolean keep) {
    int[] reduced = new int[axes.size()];
    for (int i = 0; i < reduced.length; i++) {
      reduced[i] = axes.get(i);
    }
    return keep ? shape.keeping(reduced) : shape.without(reduced);
  }

  static Spec left(Spec in, List<Integer> axes, boolean keep) {
    return in.with(left(in.shape(), axes, keep));
  }

  /// Whether an axis is among the reduced ones.
  static boolean reduced(List<Integer> axes, int axis) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) == axis) {
        return true;
      }
    }
    return false;
  }

  /// Whether the axes are `from`, `from + 1`, … in order.
  static boolean consecutive(List<Integer> axes, int from) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != from + i) {
        return false;
      }
    }
    return true;
  }

  /// How many elements become one.
  static int count(Shape shape, List<Integer> axes) {
    int n = 1;
    for (int i = 0; i < axes.size(); i++) {
      n *= shape.size(axes.get(i));
    }
    return n;
  }

  /// How far the place in the reduced output moves along an axis of the input: 0 along reduced
  /// ones.
  static int outputStride(List<Integer> axes, Shape shape, int axis) {
    if (reduced(axes, axis)) {
      return 0;
    }
    int step = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      step *= reduced(axes, i) ? 1 : shape.size(i);
    }
    return step;
  }

  /// An axis behind a new first one; negative axes count from the end.
  static int behind(int axis) {
    return axis < 0 ? axis : axis + 1;
  }

  static List<Integer> behind(List<Integer> axes) {
    List<Integer> moved = new ArrayList<>();
    axes.forEach(axis -> moved.add(behind(axis)));
    return moved;
  }

  /// An axis exchanged with the next; no element moves when one of them has size 1.
  static Tensor swap(Tensor x, int axis) {
    int a = x.size(axis);
    int b = x.size(axis + 1);
    return a == 1 || b == 1
        ? x.reshape(x.shape().with(axis, b).with(axis + 1, a))
        : x.swap(axis, axis + 1);
  }

  /// An axis before all others.
  static Tensor first(Tensor x, int axis) {
    int[] order = new int[x.rank()];
    order[0] = axis;
    for (int a = 1; a < order.length; a++) {
      order[a] = a <= axis ? a - 1 : a;
    }
    return axis == 0 ? x : x.permute(order);
  }
}
