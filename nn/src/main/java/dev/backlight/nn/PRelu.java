package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// `x` above 0 and `slope · x` below, with slopes that are learned: one, or one for each channel on
/// axis 1. At 0 the slope is 0 if the learned one is negative, else the smaller of the two. K. He
/// et al., "Delving deep into rectifiers" (2015).
///
/// @param slope (1) or (c)
public record PRelu(Tensor slope) implements Layer {
  /// A layer of `F32` with so many slopes of 0.25.
  public static PRelu of(int slopes) {
    return new PRelu(Tensor.full(Shape.of(slopes), DType.F32, 0.25));
  }

  @Override
  public Tensor apply(Tensor x) {
    int slopes = slope.elements();
    if (slopes != 1 && (x.rank() < 2 || x.size(1) != slopes)) {
      throw new ShapeException("prelu needs (n, " + slopes + ", ...), got " + x.shape());
    }
    int[] sizes = new int[Math.max(1, x.rank() - 1)];
    Arrays.fill(sizes, 1);
    sizes[0] = slopes;
    Tensor above = x.relu();
    return above.add(x.sub(above).mul(slopes == 1 ? slope : slope.reshape(Shape.of(sizes))));
  }
}
