package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Places in a list of classes.
final class Labels {
  private static final int MOST = 1 << 16;

  private Labels() {}

  /// Requires labels of so many classes.
  static void require(Tensor y, int classes) {
    for (int label : y.toInts()) {
      if (label < 0 || label >= classes) {
        throw new DataException("labels in 0.." + (classes - 1) + " are needed, got " + label);
      }
    }
  }

  /// Whole numbers of a file as labels.
  static Tensor of(String name, Tensor y) {
    if (y.rank() != 1 || y.dtype() != DType.I32 && y.dtype() != DType.I64) {
      throw new DataException(name + ": labels (n) of whole numbers are needed, got " + y.spec());
    }
    for (long label : y.to(DType.I64).toLongs()) {
      if (label < 0 || label >= MOST) {
        throw new DataException(
            name + ": labels in 0.." + (MOST - 1) + " are needed, got " + label);
      }
    }
    return y.to(DType.I32);
  }

  /// Classes called by their numbers, up to the largest label.
  static List<String> names(Tensor y) {
    int most = Arrays.stream(y.toInts()).max().orElse(-1);
    return IntStream.rangeClosed(0, most).mapToObj(String::valueOf).toList();
  }
}
