package dev.backlight.core;

import java.util.Arrays;
import java.util.List;

/// How a convolution in one, two or three dimensions moves: stride, zero padding before and after,
/// dilation, groups of channels that do not see each other, and for a transposed one how much
/// longer its output is.
///
/// Each list has a number for every dimension, or one for all of them. `ConvOptions.of().stride(2)
/// .padding(1)`; what is not said is stride 1, no padding, dilation 1, one group.
///
/// @param stride how far the window moves
/// @param before zeros before each axis
/// @param after zeros behind each axis
/// @param dilation how far apart the elements of the window are
/// @param groups of channels
/// @param outputPadding how many elements a transposed convolution has more at the end; less than
///   stride or dilation
public record ConvOptions(
    List<Integer> stride,
    List<Integer> before,
    List<Integer> after,
    List<Integer> dilation,
    int groups,
    List<Integer> outputPadding) {
  private static final ConvOptions PLAIN =
      new ConvOptions(List.of(1), List.of(0), List.of(0), List.of(1), 1, List.of(0));

  public ConvOptions {
    stride = checked("strides", stride, 1);
    before = checked("padding", before, 0);
    after = checked("padding", after, 0);
    dilation = checked("dilations", dilation, 1);
    outputPadding = checked("output padding", outputPadding, 0);
    if (groups < 1) {
      throw new ShapeException("a convolution needs at least 1 group, got " + groups);
    }
  }

  private static List<Integer> checked(String what, List<Integer> numbers, int least) {
    if (numbers.isEmpty() || numbers.size() > 3 || numbers.stream().anyMatch(n -> n < least)) {
      throw new ShapeException(
          "a convolution needs "
              + what
              + " of at least "
              + least
              + ", one or as many as dimensions, got "
              + numbers);
    }
    return List.copyOf(numbers);
  }

  /// Stride 1, no padding, dilation 1, one group.
  public static ConvOptions of() {
    return PLAIN;
  }

  private static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /// With these strides.
  public ConvOptions stride(int... strides) {
    return new ConvOptions(list(strides), before, after, dilation, groups, outputPadding);
  }

  /// With as many zeros before as behind.
  public ConvOptions padding(int... both) {
    return new ConvOptions(stride, list(both), list(both), dilation, groups, outputPadding);
  }

  /// With so many zeros before and so many behind each axis.
  public ConvOptions padding(List<Integer> before, List<Integer> after) {
    return new ConvOptions(stride, before, after, dilation, groups, outputPadding);
  }

  /// With the elements of the window this far apart.
  public ConvOptions dilation(int... steps) {
    return new ConvOptions(stride, before, after, list(steps), groups, outputPadding);
  }

  /// With the channels in so many groups that do not see each other.
  public ConvOptions groups(int count) {
    return new ConvOptions(stride, before, after, dilation, count, outputPadding);
  }

  /// With so many elements more at the end of what a transposed convolution makes.
  public ConvOptions outputPadding(int... more) {
    return new ConvOptions(stride, before, after, dilation, groups, list(more));
  }

  /// With as much padding as makes an output of `⌈size / stride⌉` for these images and windows, the
  /// odd zero behind: "same" in TensorFlow and `SAME_UPPER` in ONNX.
  ///
  /// @param x (n, c, ...)
  /// @param weight (o, c/groups, ...)
  public ConvOptions samePadding(Shape x, Shape weight) {
    int dimensions = Math.max(1, weight.rank() - 2);
    int[] first = new int[dimensions];
    int[] last = new int[dimensions];
    for (int d = 0; d < dimensions; d++) {
      int size = x.size(2 + d);
      int out = Math.ceilDiv(size, at(stride, d));
      int window = at(dilation, d) * (weight.size(2 + d) - 1) + 1;
      int total = Math.max(0, (out - 1) * at(stride, d) + window - size);
      first[d] = total / 2;
      last[d] = total - total / 2;
    }
    return padding(list(first), list(last));
  }

  /// The number of a list for a dimension.
  static int at(List<Integer> numbers, int dimension) {
    return numbers.get(numbers.size() == 1 ? 0 : dimension);
  }

  /// Requires lists to fit a number of dimensions.
  void requireFor(String name, int dimensions) {
    for (List<Integer> numbers : List.of(stride, before, after, dilation, outputPadding)) {
      if (numbers.size() != 1 && numbers.size() != dimensions) {
        throw new ShapeException(
            name + " needs options for " + dimensions + " dimensions or one for all, got " + this);
      }
    }
  }
}
