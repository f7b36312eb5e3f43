package dev.backlight.core.kernel;

import java.util.List;

/// Several convolutions that write parts of one result, one after another.
final class FloatConvolutions extends FloatConvolution {
  private final List<FloatConvolution> parts;

  FloatConvolutions(FloatScalarLoops loops, List<FloatConvolution> parts) {
    super(loops, 0);
    this.parts = List.copyOf(parts);
  }

  @Override
  public FloatConvolution fixed(boolean second) {
    parts.forEach(part -> part.fixed(second));
    return this;
  }

  @Override
  void compute(float[] x, float[] y, float[] z) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).run(x, y, z);
    }
  }
}
