package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// The norm of order `p` of every square window: from (n, c, h, w) to (n, c, oh, ow).
///
/// @param p the order, as in 2
/// @param kernel the size of the window
/// @param stride how far it moves
public record LpPool2d(double p, int kernel, int stride) implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    return x.lpPool2d(p, kernel, stride);
  }
}
