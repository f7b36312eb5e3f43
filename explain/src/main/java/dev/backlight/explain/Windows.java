package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import java.util.ArrayList;
import java.util.List;

/// Windows that slide over an example.
record Windows(List<Integer> size, List<Integer> stride) implements Regions {
  Windows {
    if (size.size() != stride.size()
        || size.stream().anyMatch(s -> s < 1)
        || stride.stream().anyMatch(s -> s < 1)) {
      throw new ShapeException(
          "windows need sizes and strides of at least 1, one for each axis, got "
              + size
              + " and "
              + stride);
    }
  }

  @Override
  public List<int[]> of(Shape example) {
    if (example.rank() != size.size()) {
      throw new ShapeException(
          "windows over examples " + example + " need " + example.rank() + " sizes, got " + size);
    }
    List<int[]> corners = new ArrayList<>();
    corners(example, 0, new int[example.rank()], corners);
    List<int[]> regions = new ArrayList<>();
    for (int[] corner : corners) {
      List<Integer> elements = new ArrayList<>();
      fill(example, 0, 0, corner, elements);
      regions.add(elements.stream().mapToInt(Integer::intValue).toArray());
    }
    return regions;
  }

  private void corners(Shape example, int axis, int[] corner, List<int[]> found) {
    if (axis == corner.length) {
      found.add(corner.clone());
      return;
    }
    int length = example.size(axis);
    int window = Math.min(size.get(axis), length);
    // As many windows as reach the end, the last of them cut off.
    int count = 1 + Math.ceilDiv(length - window, stride.get(axis));
    for (int k = 0; k < count && k * stride.get(axis) < length; k++) {
      corner[axis] = k * stride.get(axis);
      corners(example, axis + 1, corner, found);
    }
  }

  private void fill(Shape example, int axis, int offset, int[] corner, List<Integer> elements) {
    if (axis == corner.length) {
      elements.add(offset);
      return;
    }
    int end = Math.min(corner[axis] + size.get(axis), example.size(axis));
    for (int i = corner[axis]; i < end; i++) {
      fill(example, axis + 1, offset + i * example.stride(axis), corner, elements);
    }
  }

  @Override
  public String toString() {
    return "windows " + size + " by " + stride;
  }
}
