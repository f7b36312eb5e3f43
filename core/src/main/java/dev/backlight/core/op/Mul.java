package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The elementwise product: `z = x · y`, both of one shape.
public record Mul() implements Op.Bilinear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = in[1].f32();
      float[] z = out[0].f32();
      for (int i = 0; i < n; i++) {
        z[i] = x[i] * y[i];
      }
    } else {
      double[] x = in[0].f64();
      double[] y = in[1].f64();
      double[] z = out[0].f64();
      for (int i = 0; i < n; i++) {
        z[i] = x[i] * y[i];
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g().mul(at.x(1 - i));
  }
}
