package dev.backlight.core.kernel;

import static dev.backlight.core.kernel.FloatScalarReductions.CHUNK;
import static dev.backlight.core.kernel.FloatScalarReductions.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Inner products in vectors, in the order that [FloatScalarReductions] defines, as
/// [FloatReductions] has sums.
final class FloatDots {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final int VECTORS = WIDTH / L;

  private FloatDots() {}

  @SuppressWarnings("cast") // in the double copy
  static float dot(float[] x, int xo, float[] y, int yo, int n, float[] accumulators) {
    if (n <= CHUNK) {
      return dotOfChunk(x, xo, y, yo, n, accumulators);
    }
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      total += dotOfChunk(x, xo + i, y, yo + i, Math.min(CHUNK, n - i), accumulators);
    }
    return (float) total;
  }

  private static float dotOfChunk(
      float[] x, int xo, float[] y, int yo, int n, float[] accumulators) {
    if (n < WIDTH) {
      return FloatScalarReductions.dot(x, xo, y, yo, n, accumulators);
    }
    float[] start = n % WIDTH == 0 ? FloatReductions.ZEROS : accumulators;
    if (start == accumulators) {
      FloatScalarReductions.startDot(x, xo, y, yo, n, accumulators);
    }
    int end = xo + n - n % WIDTH;
    switch (VECTORS) {
      case 4 -> dot4(x, xo, end, y, yo, start, accumulators);
      case 8 -> dot8(x, xo, end, y, yo, start, accumulators);
      default -> dot16(x, xo, end, y, yo, start, accumulators);
    }
    return FloatReductions.foldLanes(accumulators);
  }

  private static void dot4(
      float[] x, int from, int end, float[] y, int yo, float[] start, float[] accumulators) {
    FloatVector s0 = FloatVector.fromArray(S, start, 0);
    FloatVector s1 = FloatVector.fromArray(S, start, L);
    FloatVector s2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, start, 3 * L);
    for (int i = from, j = yo; i < end; i += WIDTH, j += WIDTH) {
      s0 = FloatVector.fromArray(S, x, i).fma(FloatVector.fromArray(S, y, j), s0);
      s1 = FloatVector.fromArray(S, x, i + L).fma(FloatVector.fromArray(S, y, j + L), s1);
      s2 = FloatVector.fromArray(S, x, i + 2 * L).fma(FloatVector.fromArray(S, y, j + 2 * L), s2);
      s3 = FloatVector.fromArray(S, x, i + 3 * L).fma(FloatVector.fromArray(S, y, j + 3 * L), s3);
    }
    s0 = s0.add(s2);
    s1 = s1.add(s3);
    s0.add(s1).intoArray(accumulators, 0);
  }

  private static void dot8(
      float[] x, int from, int end, float[] y, int yo, float[] start, float[] accumulators) {
    FloatVector s0 = FloatVector.fromArray(S, start, 0);
    FloatVector s1 = FloatVector.fromArray(S, start, L);
    FloatVector s2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, start, 3 * L);
    FloatVector s4 = FloatVector.fromArray(S, start, 4 * L);
    FloatVector s5 = FloatVector.fromArray(S, start, 5 * L);
    FloatVector s6 = FloatVector.fromArray(S, start, 6 * L);
    FloatVector s7 = FloatVector.fromArray(S, start, 7 * L);
    for (int i = from, j = yo; i < end; i += WIDTH, j += WIDTH) {
      s0 = FloatVector.fromArray(S, x, i).fma(FloatVector.fromArray(S, y, j), s0);
      s1 = FloatVector.fromArray(S, x, i + L).fma(FloatVector.fromArray(S, y, j + L), s1);
      s2 = FloatVector.fromArray(S, x, i + 2 * L).fma(FloatVector.fromArray(S, y, j + 2 * L), s2);
      s3 = FloatVector.fromArray(S, x, i + 3 * L).fma(FloatVector.fromArray(S, y, j + 3 * L), s3);
      s4 = FloatVector.fromArray(S, x, i + 4 * L).fma(FloatVector.fromArray(S, y, j + 4 * L), s4);
      s5 = FloatVector.fromArray(S, x, i + 5 * L).fma(FloatVector.fromArray(S, y, j + 5 * L), s5);
      s6 = FloatVector.fromArray(S, x, i + 6 * L).fma(FloatVector.fromArray(S, y, j + 6 * L), s6);
      s7 = FloatVector.fromArray(S, x, i + 7 * L).fma(FloatVector.fromArray(S, y, j + 7 * L), s7);
    }
    s0 = s0.add(s4);
    s1 = s1.add(s5);
    s2 = s2.add(s6);
    s3 = s3.add(s7);
    s0 = s0.add(s2);
    s1 = s1.add(s3);
    s0.add(s1).intoArray(accumulators, 0);
  }

  private static void dot16(
      float[] x, int from, int end, float[] y, int yo, float[] start, float[] accumulators) {
    FloatVector s0 = FloatVector.fromArray(S, start, 0);
    FloatVector s1 = FloatVector.fromArray(S, start, L);
    FloatVector s2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, start, 3 * L);
    FloatVector s4 = FloatVector.fromArray(S, start, 4 * L);
    FloatVector s5 = FloatVector.fromArray(S, start, 5 * L);
    FloatVector s6 = FloatVector.fromArray(S, start, 6 * L);
    FloatVector s7 = FloatVector.fromArray(S, start, 7 * L);
    FloatVector s8 = FloatVector.fromArray(S, start, 8 * L);
    FloatVector s9 = FloatVector.fromArray(S, start, 9 * L);
    FloatVector s10 = FloatVector.fromArray(S, start, 10 * L);
    FloatVector s11 = FloatVector.fromArray(S, start, 11 * L);
    FloatVector s12 = FloatVector.fromArray(S, start, 12 * L);
    FloatVector s13 = FloatVector.fromArray(S, start, 13 * L);
    FloatVector s14 = FloatVector.fromArray(S, start, 14 * L);
    FloatVector s15 = FloatVector.fromArray(S, start, 15 * L);
    for (int i = from, j = yo; i < end; i += WIDTH, j += WIDTH) {
      s0 = FloatVector.fromArray(S, x, i).fma(FloatVector.fromArray(S, y, j), s0);
      s1 = FloatVector.fromArray(S, x, i + L).fma(FloatVector.fromArray(S, y, j + L), s1);
      s2 = FloatVector.fromArray(S, x, i + 2 * L).fma(FloatVector.fromArray(S, y, j + 2 * L), s2);
      s3 = FloatVector.fromArray(S, x, i + 3 * L).fma(FloatVector.fromArray(S, y, j + 3 * L), s3);
      s4 = FloatVector.fromArray(S, x, i + 4 * L).fma(FloatVector.fromArray(S, y, j + 4 * L), s4);
      s5 = FloatVector.fromArray(S, x, i + 5 * L).fma(FloatVector.fromArray(S, y, j + 5 * L), s5);
      s6 = FloatVector.fromArray(S, x, i + 6 * L).fma(FloatVector.fromArray(S, y, j + 6 * L), s6);
      s7 = FloatVector.fromArray(S, x, i + 7 * L).fma(FloatVector.fromArray(S, y, j + 7 * L), s7);
      s8 = FloatVector.fromArray(S, x, i + 8 * L).fma(FloatVector.fromArray(S, y, j + 8 * L), s8);
      s9 = FloatVector.fromArray(S, x, i + 9 * L).fma(FloatVector.fromArray(S, y, j + 9 * L), s9);
      s10 =
          FloatVector.fromArray(S, x, i + 10 * L).fma(FloatVector.fromArray(S, y, j + 10 * L), s10);
      s11 =
          FloatVector.fromArray(S, x, i + 11 * L).fma(FloatVector.fromArray(S, y, j + 11 * L), s11);
      s12 =
          FloatVector.fromArray(S, x, i + 12 * L).fma(FloatVector.fromArray(S, y, j + 12 * L), s12);
      s13 =
          FloatVector.fromArray(S, x, i + 13 * L).fma(FloatVector.fromArray(S, y, j + 13 * L), s13);
      s14 =
          FloatVector.fromArray(S, x, i + 14 * L).fma(FloatVector.fromArray(S, y, j + 14 * L), s14);
      s15 =
          FloatVector.fromArray(S, x, i + 15 * L).fma(FloatVector.fromArray(S, y, j + 15 * L), s15);
    }
    s0 = s0.add(s8);
    s1 = s1.add(s9);
    s2 = s2.add(s10);
    s3 = s3.add(s11);
    s4 = s4.add(s12);
    s5 = s5.add(s13);
    s6 = s6.add(s14);
    s7 = s7.add(s15);
    s0 = s0.add(s4);
    s1 = s1.add(s5);
    s2 = s2.add(s6);
    s3 = s3.add(s7);
    s0 = s0.add(s2);
    s1 = s1.add(s3);
    s0.add(s1).intoArray(accumulators, 0);
  }
}
