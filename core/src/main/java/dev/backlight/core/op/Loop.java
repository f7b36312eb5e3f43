package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// Runs a function over blocks, in whichever of the two float types they are.
///
/// The functions are constants without captured state, so a run allocates nothing. `F32` values are
/// computed in double precision and rounded once, which for `+ - × ÷` gives the bits of float
/// arithmetic.
final class Loop {
  private Loop() {}

  static void each(Block[] in, Block[] out, DoubleUnaryOperator f) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = out[0].f32();
      for (int i = 0; i < n; i++) {
        y[i] = (float) f.applyAsDouble(x[i]);
      }
    } else {
      double[] x = in[0].f64();
      double[] y = out[0].f64();
      for (int i = 0; i < n; i++) {
        y[i] = f.applyAsDouble(x[i]);
      }
    }
  }

  static void with(double k, Block[] in, Block[] out, DoubleBinaryOperator f) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = out[0].f32();
      float rounded = (float) k;
      for (int i = 0; i < n; i++) {
        y[i] = (float) f.applyAsDouble(x[i], rounded);
      }
    } else {
      double[] x = in[0].f64();
      double[] y = out[0].f64();
      for (int i = 0; i < n; i++) {
        y[i] = f.applyAsDouble(x[i], k);
      }
    }
  }

  static void pairs(Block[] in, Block[] out, DoubleBinaryOperator f) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = in[1].f32();
      float[] z = out[0].f32();
      for (int i = 0; i < n; i++) {
        z[i] = (float) f.applyAsDouble(x[i], y[i]);
      }
    } else {
      double[] x = in[0].f64();
      double[] y = in[1].f64();
      double[] z = out[0].f64();
      for (int i = 0; i < n; i++) {
        z[i] = f.applyAsDouble(x[i], y[i]);
      }
    }
  }
}
