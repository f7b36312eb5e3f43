package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// Means of windows that cover every axis behind (n, c) evenly, so many along each: from (n, c,
/// ...) to these sizes, whatever the input's.
///
/// @param sizes one, two or three
public record AdaptiveAvgPool(List<Integer> sizes) implements Layer {
  public AdaptiveAvgPool {
    sizes = List.copyOf(sizes);
    Windows.requireDimensions("adaptiveavgpool", sizes);
  }

  /// So many windows along each axis.
  public static AdaptiveAvgPool to(int... sizes) {
    return new AdaptiveAvgPool(Arrays.stream(sizes).boxed().toList());
  }

  @Override
  public Tensor apply(Tensor x) {
    return switch (sizes.size()) {
      case 1 -> x.adaptiveAvgPool1d(sizes.get(0));
      case 2 -> x.adaptiveAvgPool2d(sizes.get(0), sizes.get(1));
      default -> x.adaptiveAvgPool3d(sizes.get(0), sizes.get(1), sizes.get(2));
    };
  }
}
