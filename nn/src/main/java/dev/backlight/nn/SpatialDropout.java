package dev.backlight.nn;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// Dropout of whole channels: in training every channel of every example (n, c, ...) is kept with
/// probability `1 − rate` and divided by it, or zero; at inference nothing happens. J. Tompson et
/// al. (2015).
///
/// @param rate the probability of a zero, in `[0, 1)`
public record SpatialDropout(double rate) implements Layer {
  public SpatialDropout {
    Dropout.requireRate("spatialdropout", rate);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x;
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    if (x.rank() < 2) {
      throw new ShapeException("spatialdropout needs (n, c, ...), got " + x.shape());
    }
    int[] sizes = new int[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = x.size(0);
    sizes[1] = x.size(1);
    return x.mul(Tensor.ones(Shape.of(sizes), x.dtype()).dropout(rate, pass.key()));
  }

  @Override
  public boolean differsInTraining() {
    return rate > 0;
  }
}
