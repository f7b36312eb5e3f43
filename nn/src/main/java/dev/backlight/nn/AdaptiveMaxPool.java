package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// The largest numbers of windows that cover every axis behind (n, c) evenly, so many along each:
/// from (n, c, ...) to these sizes, whatever the input's.
///
/// @param sizes one, two or three
public record AdaptiveMaxPool(List<Integer> sizes) implements Layer {
  public AdaptiveMaxPool {
    sizes = List.copyOf(sizes);
    Windows.requireDimensions("adaptivemaxpool", sizes);
  }

  /// So many windows along each axis.
  public static AdaptiveMaxPool to(int... sizes) {
    return new AdaptiveMaxPool(Arrays.stream(sizes).boxed().toList());
  }

  @Override
  public Tensor apply(Tensor x) {
    return switch (sizes.size()) {
      case 1 -> x.adaptiveMaxPool1d(sizes.get(0));
      case 2 -> x.adaptiveMaxPool2d(sizes.get(0), sizes.get(1));
      default -> x.adaptiveMaxPool3d(sizes.get(0), sizes.get(1), sizes.get(2));
    };
  }
}
