package dev.backlight.core.kernel;

/// A loop over whole vectors that [LoopCompiler] made.
interface CompiledLoop {
  /// Runs over elements `at[k] … at[k] + n` of each of the arrays: first those that are read, then
  /// those that are written. Outputs that are sums add to an array of accumulators.
  ///
  /// @param n a multiple of the vector's length
  void run(Object[] arrays, int[] at, double[] numbers, int n);
}
