package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The examples as training needs them: as many inputs as targets, and with values.
final class Inputs {
  private Inputs() {}

  static void require(Tensor x, Tensor y) {
    if (x.rank() == 0 || y.rank() == 0 || x.size(0) != y.size(0) || x.size(0) == 0) {
      throw new ShapeException(
          "training needs inputs and targets with a first axis of one length, at least 1, got "
              + x.shape()
              + " and "
              + y.shape());
    }
  }

  static Block block(Tensor tensor) {
    Block block = tensor.block();
    if (block == null) {
      throw new IllegalArgumentException("training needs values, got a tensor without one");
    }
    return block;
  }

  /// Whether targets are numbers of classes.
  static boolean areLabels(Tensor y) {
    return y.rank() == 1
        && y.dtype() == DType.I32
        && Arrays.stream(y.toInts()).allMatch(label -> label >= 0);
  }

  static Tensor head(Tensor tensor, int rows) {
    return tensor.take(0, Tensor.of(IntStream.range(0, rows).toArray()));
  }
}
