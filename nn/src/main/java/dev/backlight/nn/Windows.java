package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What layers with windows share.
final class Windows {
  private Windows() {}

  static void requireGroups(int in, int out, int groups) {
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "a convolution in "
              + groups
              + " groups needs channels in multiples of it, got "
              + in
              + " and "
              + out);
    }
  }

  /// How many elements a window has.
  static int size(int kernel, int dimensions) {
    if (kernel < 1) {
      throw new IllegalArgumentException("a window needs a size of at least 1, got " + kernel);
    }
    int size = 1;
    for (int d = 0; d < dimensions; d++) {
      size = Math.multiplyExact(size, kernel);
    }
    return size;
  }

  static void requireDimensions(String layer, List<Integer> sizes) {
    if (sizes.isEmpty() || sizes.size() > 3 || sizes.stream().anyMatch(s -> s < 1)) {
      throw new IllegalArgumentException(
          layer + " needs one to three sizes of at least 1, got " + sizes);
    }
  }

  /// With a number added to every channel of (n, o, ...).
  static Tensor biased(Tensor y, @Nullable Tensor bias) {
    if (bias == null) {
      return y;
    }
    int[] sizes = new int[y.rank() - 1];
    Arrays.fill(sizes, 1);
    sizes[0] = bias.elements();
    return y.add(bias.reshape(sizes));
  }
}
