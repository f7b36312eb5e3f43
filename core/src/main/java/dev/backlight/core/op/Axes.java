package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
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
}
