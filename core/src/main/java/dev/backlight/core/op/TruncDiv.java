package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// The quotient of every pair rounded toward zero, both of one shape: what belongs to [Fmod].
public record TruncDiv() implements Op.Discrete {
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
      Loop.wholePairs(in, out, (x, y) -> x / y, (x, y) -> x / y);
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

  /// Integers have no quotient by 0.
  static void checkDivisors(Op op, Block by) {
    for (int i = 0; i < by.size(); i++) {
      if (by.dtype() == DType.I32 ? by.i32()[i] == 0 : by.i64()[i] == 0) {
        throw new IllegalArgumentException(
            op.name() + " of integers needs divisors other than 0, got 0 at element " + i);
      }
    }
  }

  static double quotient(double x, double y) {
    double rest = x % y;
    // By zero the quotient is infinite; otherwise x - rest is a multiple of y, up to rounding.
    return Double.isNaN(rest) ? x / y : Math.rint((x - rest) / y);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
