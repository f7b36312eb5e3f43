package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which elements of an example are taken away together.
@FunctionalInterface
public interface Regions {
  /// For examples of a shape (without the batch axis), the row-major numbers of each region's
  /// elements.
  List<int[]> of(Shape example);

  /// Every element by itself.
  static Regions each() {
    return EachElement.ALL;
  }

  /// Every element by itself; there is one such value.
  enum EachElement implements Regions {
    /// The one there is.
    ALL;

    @Override
    public List<int[]> of(Shape example) {
      List<int[]> regions = new ArrayList<>();
      for (int j = 0; j < example.elements(); j++) {
        regions.add(new int[] {j});
      }
      return regions;
    }

    @Override
    public String toString() {
      return "each element";
    }
  }

  /// Elements that have the same number form a region: one number for every element, in row-major
  /// order.
  static Regions groups(int... numbers) {
    int[] given = numbers.clone();
    return new Regions() {
      @Override
      public List<int[]> of(Shape example) {
        if (given.length != example.elements()) {
          throw new ShapeException(
              "groups for examples "
                  + example
                  + " need "
                  + example.elements()
                  + " numbers, got "
                  + given.length);
        }
        Map<Integer, List<Integer>> groups = new TreeMap<>();
        for (int j = 0; j < given.length; j++) {
          groups.computeIfAbsent(given[j], _ -> new ArrayList<>()).add(j);
        }
        return groups.values().stream()
            .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
            .toList();
      }

      @Override
      public String toString() {
        return Arrays.stream(given).distinct().count() + " groups";
      }
    };
  }

  /// As [#groups(int...)], from an integer tensor that has the shape of an example, or of a batch
  /// of one.
  static Regions groups(Tensor numbers) {
    return groups(Arrays.stream(numbers.toDoubles()).mapToInt(value -> (int) value).toArray());
  }

  /// Windows of a size that slide by a stride, both without the batch axis: for images (c, h, w),
  /// `windows(List.of(1, 4, 4), List.of(1, 2, 2))`. A last window that would not fit is cut off at
  /// the edge.
  static Regions windows(List<Integer> size, List<Integer> stride) {
    return new Windows(List.copyOf(size), List.copyOf(stride));
  }
}
