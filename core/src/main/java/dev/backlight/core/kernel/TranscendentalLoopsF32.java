package dev.backlight.core.kernel;

import dev.backlight.core.kernel.Formula.Value;
import java.util.function.UnaryOperator;

/// The functions of [TranscendentalsF32] over arrays: vectors by loops that are compiled from
/// [FunctionsF32], the last elements by those methods themselves.
final class TranscendentalLoopsF32 {
  private static final int L = FloatLanes.SPECIES.length();

  // Each in a class of its own, as each is compiled when first needed.
  private static final class Exp {
    static final CompiledLoop LOOP = loop(FunctionsF32::exp);
  }

  private static final class Log {
    static final CompiledLoop LOOP = loop(FunctionsF32::log);
  }

  private static final class Tanh {
    static final CompiledLoop LOOP = loop(FunctionsF32::tanh);
  }

  private static final class Sigmoid {
    static final CompiledLoop LOOP = loop(FunctionsF32::sigmoid);
  }

  private static final class Erf {
    static final CompiledLoop LOOP = loop(FunctionsF32::erf);
  }

  private static final class ExpSum {
    static final CompiledLoop LOOP = compile();

    private static CompiledLoop compile() {
      Formula formula = new Formula(false);
      Value y = FunctionsF32.expOfNegative(formula.input().sub(formula.number(0)));
      formula.store(y);
      formula.sum(y);
      return LoopCompiler.compile(formula.form());
    }
  }

  private TranscendentalLoopsF32() {}

  private static CompiledLoop loop(UnaryOperator<Value> function) {
    Formula formula = new Formula(false);
    formula.store(function.apply(formula.input()));
    return LoopCompiler.compile(formula.form());
  }

  static void exp(float[] x, float[] y, int n) {
    exp(x, 0, y, 0, n);
  }

  static void exp(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = run(Exp.LOOP, x, xo, y, yo, n); i < n; i++) {
      y[yo + i] = TranscendentalsF32.exp(x[xo + i]);
    }
  }

  static void log(float[] x, float[] y, int n) {
    for (int i = run(Log.LOOP, x, y, n); i < n; i++) {
      y[i] = TranscendentalsF32.log(x[i]);
    }
  }

  static void tanh(float[] x, float[] y, int n) {
    for (int i = run(Tanh.LOOP, x, y, n); i < n; i++) {
      y[i] = TranscendentalsF32.tanh(x[i]);
    }
  }

  static void sigmoid(float[] x, float[] y, int n) {
    for (int i = run(Sigmoid.LOOP, x, y, n); i < n; i++) {
      y[i] = TranscendentalsF32.sigmoid(x[i]);
    }
  }

  static void erf(float[] x, float[] y, int n) {
    for (int i = run(Erf.LOOP, x, y, n); i < n; i++) {
      y[i] = TranscendentalsF32.erf(x[i]);
    }
  }

  /// Runs over the whole vectors, and says where the rest begins.
  private static int run(CompiledLoop loop, float[] x, float[] y, int n) {
    return run(loop, x, 0, y, 0, n);
  }

  private static int run(CompiledLoop loop, float[] x, int xo, float[] y, int yo, int n) {
    int end = n & -L;
    FloatSums memory = FloatSums.take();
    memory.arrays[0] = x;
    memory.arrays[1] = y;
    memory.at[0] = xo;
    memory.at[1] = yo;
    loop.run(memory.arrays, memory.at, memory.numbers, end);
    FloatSums.give(memory);
    return end;
  }

  /// Makes exponentials of `n` elements of a chunk, less the largest of them, in their place, and
  /// answers their sum as [FloatScalarReductions#sumInTurn] has it. Behind them the last vector is
  /// -∞.
  static float expSum(float peak, int from, int n, FloatSums memory) {
    float[] accumulators = memory.accumulators;
    FloatReductions.clear(accumulators);
    memory.arrays[0] = memory.chunk;
    memory.arrays[1] = memory.chunk;
    memory.arrays[2] = accumulators;
    memory.at[0] = from;
    memory.at[1] = from;
    memory.numbers[0] = peak;
    ExpSum.LOOP.run(memory.arrays, memory.at, memory.numbers, (n + L - 1) & -L);
    return FloatReductions.fold(accumulators);
  }
}
