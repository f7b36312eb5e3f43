package dev.backlight.core;

import java.util.Arrays;
import java.util.List;

/// The window of a pooling in one or three dimensions and how it moves; see [Pool2dOptions] for
/// two.
///
/// Each list has a number for every dimension, or one for all of them. `PoolOptions.of(2)` has
/// windows of 2 side by side.
///
/// @param kernel the sizes of the window
/// @param stride how far it moves
/// @param padding on both sides, at most half the window
/// @param countPadding whether the padding counts in the divisor of an average
/// @param ceil whether a last window may end beyond the padded input
public record PoolOptions(
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> padding,
    boolean countPadding,
    boolean ceil) {
  public PoolOptions {
    kernel = List.copyOf(kernel);
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
  }

  /// Windows of these sizes side by side, without padding.
  public static PoolOptions of(int... kernel) {
    return new PoolOptions(list(kernel), list(kernel), List.of(0), true, false);
  }

  private static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /// With these strides.
  public PoolOptions stride(int... strides) {
    return new PoolOptions(kernel, list(strides), padding, countPadding, ceil);
  }

  /// With this much padding on both sides.
  public PoolOptions padding(int... both) {
    return new PoolOptions(kernel, stride, list(both), countPadding, ceil);
  }

  /// With the padding counted in the divisor of an average, or not.
  public PoolOptions countPadding(boolean counted) {
    return new PoolOptions(kernel, stride, padding, counted, ceil);
  }

  /// With a last window that may, or may not, end beyond the padded input.
  public PoolOptions ceil(boolean beyond) {
    return new PoolOptions(kernel, stride, padding, countPadding, beyond);
  }

  /// What it says about two of the dimensions; -1 is one of size 1 that is left alone.
  Pool2dOptions flat(String name, int dimensions, int down, int across) {
    for (List<Integer> numbers : List.of(kernel, stride, padding)) {
      if (numbers.size() != 1 && numbers.size() != dimensions) {
        throw new ShapeException(
            name + " needs options for " + dimensions + " dimensions or one for all, got " + this);
      }
    }
    return new Pool2dOptions(
        at(kernel, down, 1),
        at(kernel, across, 1),
        at(stride, down, 1),
        at(stride, across, 1),
        at(padding, down, 0),
        at(padding, across, 0),
        countPadding,
        ceil);
  }

  private static int at(List<Integer> numbers, int dimension, int none) {
    return dimension < 0 ? none : ConvOptions.at(numbers, dimension);
  }
}
