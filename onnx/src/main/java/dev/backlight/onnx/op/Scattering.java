package dev.backlight.onnx.op;

import dev.backlight.core.Tensor;
import java.util.function.BinaryOperator;

/// Scattering that multiplies or keeps extremes: updates are taken in the order of their places
/// along the axis, so that one place may be named several times.
final class Scattering {
  private Scattering() {}

  static Tensor oneByOne(Tensor x, int axis, Tensor index, Tensor updates, String how) {
    BinaryOperator<Tensor> pair =
        switch (how) {
          case "mul" -> Tensor::mul;
          case "max" -> Tensor::maximum;
          default -> Tensor::minimum;
        };
    Tensor changed = x;
    for (int i = 0; i < index.size(axis); i++) {
      Tensor place = index.slice(axis, i, i + 1);
      Tensor old = changed.takeAlong(axis, place);
      Tensor update = updates.slice(axis, i, i + 1);
      changed = changed.scatter(axis, place, pair.apply(old, update));
    }
    return changed;
  }
}
