package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// The quotient of every pair rounded down: `z = ⌊x / y⌋`, both of one shape.
///
/// It is the quotient that belongs to [Remainder], not the rounded `x / y` rounded down: 1 divided
/// by 0.1 is 9, because 0.1 is a little more than a tenth.
public record FloorDiv() implements Op.Discrete {
  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.numbers(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (!out[0].dtype().isFloat()) {
      TruncDiv.checkDivisors(this, in[1]);
      Loop.wholePairs(in, out, (x, y) -> Math.floorDiv(x, y), (x, y) -> Math.floorDiv(x, y));
      return;
    }
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = in[1].f32();
      float[] z = out[0].f32();
      for (int i = 0; i < n; i++) {
        z[i] = (float) quotient(x[i], y[i]);
      }
    } else {
      double[] x = in[0].f64();
      double[] y = in[1].f64();
      double[] z = out[0].f64();
      for (int i = 0; i < n; i++) {
        z[i] = quotient(x[i], y[i]);
      }
    }
  }

  private static double quotient(double x, double y) {
    double rest = x % y;
    if (Double.isNaN(rest)) {
      return x / y;
    }
    double whole = TruncDiv.quotient(x, y);
    return rest != 0 && rest < 0 != y < 0 ? whole - 1 : whole;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
