package dev.backlight.cli.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// What one core can do: fused multiply-adds on registers alone, as many as fit at once.
///
/// Sixteen chains keep two units of four steps busy twice over; memory is not touched.
final class Peak {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 100_000;

  private Peak() {}

  /// Multiplications and additions of floats in a second, the best of many short runs.
  static double flops() {
    long best = Long.MAX_VALUE;
    float sum = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < 200 || System.nanoTime() - begin < 600_000_000L; i++) {
      long start = System.nanoTime();
      sum += run(1 + 1e-7f, 1e-9f);
      best = Math.min(best, System.nanoTime() - start);
    }
    if (!(sum > 0)) {
      throw new IllegalStateException("the peak needs a sum, got " + sum);
    }
    return 2.0 * 16 * S.length() * STEPS / best * 1e9;
  }

  private static float run(float factor, float term) {
    FloatVector m = FloatVector.broadcast(S, factor);
    FloatVector t = FloatVector.broadcast(S, term);
    FloatVector a0 = m;
    FloatVector a1 = m;
    FloatVector a2 = m;
    FloatVector a3 = m;
    FloatVector a4 = m;
    FloatVector a5 = m;
    FloatVector a6 = m;
    FloatVector a7 = m;
    FloatVector a8 = t;
    FloatVector a9 = t;
    FloatVector a10 = t;
    FloatVector a11 = t;
    FloatVector a12 = t;
    FloatVector a13 = t;
    FloatVector a14 = t;
    FloatVector a15 = t;
    for (int i = 0; i < STEPS; i++) {
      a0 = a0.fma(m, t);
      a1 = a1.fma(m, t);
      a2 = a2.fma(m, t);
      a3 = a3.fma(m, t);
      a4 = a4.fma(m, t);
      a5 = a5.fma(m, t);
      a6 = a6.fma(m, t);
      a7 = a7.fma(m, t);
      a8 = a8.fma(m, t);
      a9 = a9.fma(m, t);
      a10 = a10.fma(m, t);
      a11 = a11.fma(m, t);
      a12 = a12.fma(m, t);
      a13 = a13.fma(m, t);
      a14 = a14.fma(m, t);
      a15 = a15.fma(m, t);
    }
    FloatVector low = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7);
    return low.add(a8).add(a9).add(a10).add(a11).add(a12).add(a13).add(a14).add(a15).lane(0);
  }
}
