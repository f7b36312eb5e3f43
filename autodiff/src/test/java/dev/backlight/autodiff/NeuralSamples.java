package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.CrossEntropy;
import dev.backlight.core.op.Draw;
import dev.backlight.core.op.FoldKey;
import dev.backlight.core.op.Standardize;
import java.util.List;

/// Places to check the normalisations, attention and losses at, away from kinks and poles.
final class NeuralSamples {
  private NeuralSamples() {}

  static List<OpSamples.Sample> all() {
    Tensor key = Tensor.of(7L, 3L);
    return List.of(
        sample(new Standardize(List.of(1), .3), OpSamples.ramp(Shape.of(2, 4), 11)),
        sample(new Standardize(List.of(0, 2), 1e-2), OpSamples.ramp(Shape.of(3, 2, 2), 12)),
        sample(new Standardize(List.of(0), .1), OpSamples.ramp(Shape.of(4, 2), 13)),
        sample(new CrossEntropy(), OpSamples.ramp(Shape.of(3, 4), 14), Tensor.of(2, 0, 3)),
        sample(
            new CrossEntropy(),
            OpSamples.ramp(Shape.of(2, 1, 3), 15),
            Tensor.of(Shape.of(2, 1), 1L, 2L)),
        sample(new Draw(Draw.Kind.UNIFORM, Shape.of(2, 3), DType.F64), key),
        sample(new Draw(Draw.Kind.NORMAL, Shape.of(5), DType.F64), key),
        sample(new FoldKey(), key, Tensor.of(Shape.SCALAR, 5L)));
  }

  private static OpSamples.Sample sample(dev.backlight.core.Op op, Tensor... inputs) {
    return new OpSamples.Sample(op, List.of(inputs));
  }
}
