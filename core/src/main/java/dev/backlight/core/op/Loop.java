package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;

/// Runs a kernel loop over blocks, in whichever type they are.
///
/// The loops are named by method references without captured state: constants, so a run allocates
/// nothing.
final class Loop {
  private Loop() {}

  /// A loop over one `float[]`.
  interface Floats {
    void run(FloatLoops loops, float[] x, float[] y, int n);
  }

  /// A loop over one `double[]`.
  interface Doubles {
    void run(DoubleLoops loops, double[] x, double[] y, int n);
  }

  /// A loop over one `float[]` and a number.
  interface FloatsWith {
    void run(FloatLoops loops, float[] x, float k, float[] y, int n);
  }

  /// A loop over one `double[]` and a number.
  interface DoublesWith {
    void run(DoubleLoops loops, double[] x, double k, double[] y, int n);
  }

  /// A loop over two `float[]`.
  interface FloatPairs {
    void run(FloatLoops loops, float[] x, float[] y, float[] z, int n);
  }

  /// A loop over two `double[]`.
  interface DoublePairs {
    void run(DoubleLoops loops, double[] x, double[] y, double[] z, int n);
  }

  static void each(Block[] in, Block[] out, Floats floats, Doubles doubles) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      floats.run(FloatLoops.current(), in[0].f32(), out[0].f32(), n);
    } else {
      doubles.run(DoubleLoops.current(), in[0].f64(), out[0].f64(), n);
    }
  }

  static void with(double k, Block[] in, Block[] out, FloatsWith floats, DoublesWith doubles) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      floats.run(FloatLoops.current(), in[0].f32(), (float) k, out[0].f32(), n);
    } else {
      doubles.run(DoubleLoops.current(), in[0].f64(), k, out[0].f64(), n);
    }
  }

  static void pairs(Block[] in, Block[] out, FloatPairs floats, DoublePairs doubles) {
    int n = out[0].size();
    if (out[0].dtype() == DType.F32) {
      floats.run(FloatLoops.current(), in[0].f32(), in[1].f32(), out[0].f32(), n);
    } else {
      doubles.run(DoubleLoops.current(), in[0].f64(), in[1].f64(), out[0].f64(), n);
    }
  }

  /// As the float loops say, or by a function of two integers for `I32` and `I64`.
  static void pairs(
      Block[] in,
      Block[] out,
      FloatPairs floats,
      DoublePairs doubles,
      IntBinaryOperator ints,
      LongBinaryOperator longs) {
    if (out[0].dtype().isFloat()) {
      pairs(in, out, floats, doubles);
    } else {
      wholePairs(in, out, ints, longs);
    }
  }

  static void wholePairs(
      Block[] in, Block[] out, IntBinaryOperator ints, LongBinaryOperator longs) {
    int n = out[0].size();
    if (out[0].dtype() == DType.I32) {
      int[] x = in[0].i32();
      int[] y = in[1].i32();
      int[] z = out[0].i32();
      for (int i = 0; i < n; i++) {
        z[i] = ints.applyAsInt(x[i], y[i]);
      }
    } else {
      long[] x = in[0].i64();
      long[] y = in[1].i64();
      long[] z = out[0].i64();
      for (int i = 0; i < n; i++) {
        z[i] = longs.applyAsLong(x[i], y[i]);
      }
    }
  }

  /// For functions without a loop of their own: computed in double precision and rounded once.
  static void map(Block[] in, Block[] out, DoubleUnaryOperator f) {
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
}
