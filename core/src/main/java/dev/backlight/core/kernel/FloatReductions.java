package dev.backlight.core.kernel;

import static dev.backlight.core.kernel.FloatScalarReductions.CHUNK;
import static dev.backlight.core.kernel.FloatScalarReductions.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Sums and extremes in vectors, in the order that [FloatScalarReductions] defines: the
/// accumulators of that class are the lanes of 4, 8 or 16 vectors here.
///
/// `reduceLanes(ADD)` is not used anywhere: its order, and so its bits, change when C2 takes over.
final class FloatReductions {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final int VECTORS = WIDTH / L;

  /// What accumulators begin with where there is no remainder: to read it from where it has just
  /// been written in smaller parts takes as long as some ten vectors.
  static final float[] ZEROS = new float[WIDTH];

  // What is so far behind each lane.
  private static final VectorShuffle<Float> BEHIND_8 = VectorShuffle.iota(S, 8 % L, 1, true);
  private static final VectorShuffle<Float> BEHIND_4 = VectorShuffle.iota(S, 4 % L, 1, true);
  private static final VectorShuffle<Float> BEHIND_2 = VectorShuffle.iota(S, 2 % L, 1, true);

  private FloatReductions() {}

  @SuppressWarnings("cast") // in the double copy
  static float sum(float[] x, int from, int n, float[] accumulators) {
    if (n <= CHUNK) {
      return sumOfChunk(x, from, n, accumulators);
    }
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      total += sumOfChunk(x, from + i, Math.min(CHUNK, n - i), accumulators);
    }
    return (float) total;
  }

  private static float sumOfChunk(float[] x, int from, int n, float[] accumulators) {
    if (n < WIDTH) {
      return FloatScalarReductions.sum(x, from, n, accumulators);
    }
    float[] start = n % WIDTH == 0 ? ZEROS : accumulators;
    if (start == accumulators) {
      FloatScalarReductions.startSum(x, from, n, accumulators);
    }
    int end = from + n - n % WIDTH;
    switch (VECTORS) {
      case 4 -> sum4(x, from, end, start, accumulators);
      case 8 -> sum8(x, from, end, start, accumulators);
      default -> sum16(x, from, end, start, accumulators);
    }
    return foldLanes(accumulators);
  }

  /// Adds the upper half onto the lower half until one is left.
  static float fold(float[] accumulators) {
    foldVectors(accumulators);
    return foldLanes(accumulators);
  }

  private static void foldVectors(float[] accumulators) {
    for (int half = WIDTH / 2; half >= L; half /= 2) {
      for (int j = 0; j < half; j += L) {
        FloatVector.fromArray(S, accumulators, j)
            .add(FloatVector.fromArray(S, accumulators, j + half))
            .intoArray(accumulators, j);
      }
    }
  }

  /// The same for as many as a vector has.
  static float foldLanes(float[] a) {
    FloatVector v = FloatVector.fromArray(S, a, 0);
    if (L > 8) {
      v = v.add(v.rearrange(BEHIND_8));
    }
    if (L > 4) {
      v = v.add(v.rearrange(BEHIND_4));
    }
    if (L > 2) {
      v = v.add(v.rearrange(BEHIND_2));
    }
    return v.lane(0) + v.lane(1);
  }

  /// Adds `Σ (x − shift)` and `Σ (x − shift)²` to two sums, in the order of
  /// [FloatScalarReductions#moments].
  static void moments(float[] x, int from, int n, float shift, FloatSums memory, double[] sums) {
    for (int i = 0; i < n; i += CHUNK) {
      int count = Math.min(CHUNK, n - i);
      int end = from + i + count - count % WIDTH;
      boolean whole = VECTORS == 4 && count % WIDTH == 0;
      if (!whole) {
        FloatScalarReductions.startMoments(x, from + i, count, shift, memory);
      }
      if (VECTORS == 4) {
        moments4(x, from + i, end, shift, whole, memory.accumulators, memory.tail);
      } else {
        momentsInMemory(x, from + i, end, shift, memory.accumulators, memory.tail);
        foldVectors(memory.accumulators);
        foldVectors(memory.tail);
      }
      sums[0] += foldLanes(memory.accumulators);
      sums[1] += foldLanes(memory.tail);
    }
  }

  /// Zeros in the vectors in which they are read next: what was written in smaller parts is waited
  /// for.
  static void clear(float[] accumulators) {
    for (int j = 0; j < WIDTH; j += L) {
      FloatVector.zero(S).intoArray(accumulators, j);
    }
  }

  private static void moments4(
      float[] x, int from, int end, float shift, boolean whole, float[] a, float[] q) {
    float[] start = whole ? ZEROS : a;
    float[] squares = whole ? ZEROS : q;
    FloatVector k = FloatVector.broadcast(S, shift);
    FloatVector a0 = FloatVector.fromArray(S, start, 0);
    FloatVector a1 = FloatVector.fromArray(S, start, L);
    FloatVector a2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector a3 = FloatVector.fromArray(S, start, 3 * L);
    FloatVector q0 = FloatVector.fromArray(S, squares, 0);
    FloatVector q1 = FloatVector.fromArray(S, squares, L);
    FloatVector q2 = FloatVector.fromArray(S, squares, 2 * L);
    FloatVector q3 = FloatVector.fromArray(S, squares, 3 * L);
    for (int i = from; i < end; i += WIDTH) {
      FloatVector d0 = FloatVector.fromArray(S, x, i).sub(k);
      FloatVector d1 = FloatVector.fromArray(S, x, i + L).sub(k);
      FloatVector d2 = FloatVector.fromArray(S, x, i + 2 * L).sub(k);
      FloatVector d3 = FloatVector.fromArray(S, x, i + 3 * L).sub(k);
      a0 = a0.add(d0);
      a1 = a1.add(d1);
      a2 = a2.add(d2);
      a3 = a3.add(d3);
      q0 = d0.fma(d0, q0);
      q1 = d1.fma(d1, q1);
      q2 = d2.fma(d2, q2);
      q3 = d3.fma(d3, q3);
    }
    a0 = a0.add(a2);
    a1 = a1.add(a3);
    q0 = q0.add(q2);
    q1 = q1.add(q3);
    a0.add(a1).intoArray(a, 0);
    q0.add(q1).intoArray(q, 0);
  }

  /// Where vectors are narrow there are too many accumulators for registers.
  private static void momentsInMemory(
      float[] x, int from, int end, float shift, float[] a, float[] q) {
    FloatVector k = FloatVector.broadcast(S, shift);
    for (int i = from; i < end; i += L) {
      int j = (i - from) & (WIDTH - 1);
      FloatVector d = FloatVector.fromArray(S, x, i).sub(k);
      FloatVector.fromArray(S, a, j).add(d).intoArray(a, j);
      d.fma(d, FloatVector.fromArray(S, q, j)).intoArray(q, j);
    }
  }

  /// `y[to+i] = ((x[from+i] − guess) − off) · scale`; the two places are why C2 does not do it.
  static void stretch(
      float[] x, int from, float guess, float off, float scale, float[] y, int to, int n) {
    int end = S.loopBound(n);
    for (int i = 0; i < end; i += L) {
      FloatVector.fromArray(S, x, from + i).sub(guess).sub(off).mul(scale).intoArray(y, to + i);
    }
    for (int i = end; i < n; i++) {
      y[to + i] = ((x[from + i] - guess) - off) * scale;
    }
  }

  static float max(float[] x, int from, int n) {
    int end = from + S.loopBound(n);
    FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m;
    int i = from;
    for (int pairs = end - L; i < pairs; i += 2 * L) {
      m = m.max(FloatVector.fromArray(S, x, i));
      m1 = m1.max(FloatVector.fromArray(S, x, i + L));
    }
    for (; i < end; i += L) {
      m = m.max(FloatVector.fromArray(S, x, i));
    }
    // Unlike a sum, a maximum has the same bits in every order.
    float max = m.max(m1).reduceLanes(VectorOperators.MAX);
    for (; i < from + n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  /// The largest, passing over NaN: compare and blend, two instructions instead of six.
  static float peak(float[] x, int from, int n) {
    int end = from + S.loopBound(n);
    FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m;
    FloatVector m2 = m;
    FloatVector m3 = m;
    int i = from;
    for (int fours = end - 3 * L; i < fours; i += 4 * L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      m = m.blend(v, v.compare(VectorOperators.GT, m));
      FloatVector v1 = FloatVector.fromArray(S, x, i + L);
      m1 = m1.blend(v1, v1.compare(VectorOperators.GT, m1));
      FloatVector v2 = FloatVector.fromArray(S, x, i + 2 * L);
      m2 = m2.blend(v2, v2.compare(VectorOperators.GT, m2));
      FloatVector v3 = FloatVector.fromArray(S, x, i + 3 * L);
      m3 = m3.blend(v3, v3.compare(VectorOperators.GT, m3));
    }
    for (; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      m = m.blend(v, v.compare(VectorOperators.GT, m));
    }
    float peak = m.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
    for (; i < from + n; i++) {
      peak = x[i] > peak ? x[i] : peak;
    }
    return peak;
  }

  static void sumColumns(float[] x, int rows, int cols, float[] out) {
    Arrays.fill(out, 0, cols, 0f);
    int r = 0;
    // Four rows at a time: one load and one store of the sums for four loads of x.
    for (; r + 3 < rows; r += 4) {
      addFourRows(x, r * cols, cols, out);
    }
    for (; r < rows; r++) {
      addRow(x, r * cols, cols, out);
    }
  }

  private static void addFourRows(float[] x, int from, int cols, float[] out) {
    int end = S.loopBound(cols);
    for (int c = 0; c < end; c += L) {
      FloatVector.fromArray(S, out, c)
          .add(FloatVector.fromArray(S, x, from + c))
          .add(FloatVector.fromArray(S, x, from + cols + c))
          .add(FloatVector.fromArray(S, x, from + 2 * cols + c))
          .add(FloatVector.fromArray(S, x, from + 3 * cols + c))
          .intoArray(out, c);
    }
    for (int c = end; c < cols; c++) {
      out[c] =
          out[c]
              + x[from + c]
              + x[from + cols + c]
              + x[from + 2 * cols + c]
              + x[from + 3 * cols + c];
    }
  }

  private static void addRow(float[] x, int from, int cols, float[] out) {
    int end = S.loopBound(cols);
    for (int c = 0; c < end; c += L) {
      FloatVector.fromArray(S, out, c).add(FloatVector.fromArray(S, x, from + c)).intoArray(out, c);
    }
    for (int c = end; c < cols; c++) {
      out[c] += x[from + c];
    }
  }

  private static void sum4(float[] x, int from, int end, float[] start, float[] accumulators) {
    FloatVector s0 = FloatVector.fromArray(S, start, 0);
    FloatVector s1 = FloatVector.fromArray(S, start, L);
    FloatVector s2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, start, 3 * L);
    for (int i = from; i < end; i += WIDTH) {
      s0 = s0.add(FloatVector.fromArray(S, x, i));
      s1 = s1.add(FloatVector.fromArray(S, x, i + L));
      s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * L));
    }
    s0 = s0.add(s2);
    s1 = s1.add(s3);
    s0.add(s1).intoArray(accumulators, 0);
  }

  private static void sum8(float[] x, int from, int end, float[] start, float[] accumulators) {
    FloatVector s0 = FloatVector.fromArray(S, start, 0);
    FloatVector s1 = FloatVector.fromArray(S, start, L);
    FloatVector s2 = FloatVector.fromArray(S, start, 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, start, 3 * L);
    FloatVector s4 = FloatVector.fromArray(S, start, 4 * L);
    FloatVector s5 = FloatVector.fromArray(S, start, 5 * L);
    FloatVector s6 = FloatVector.fromArray(S, start, 6 * L);
    FloatVector s7 = FloatVector.fromArray(S, start, 7 * L);
    for (int i = from; i < end; i += WIDTH) {
      s0 = s0.add(FloatVector.fromArray(S, x, i));
      s1 = s1.add(FloatVector.fromArray(S, x, i + L));
      s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * L));
      s4 = s4.add(FloatVector.fromArray(S, x, i + 4 * L));
      s5 = s5.add(FloatVector.fromArray(S, x, i + 5 * L));
      s6 = s6.add(FloatVector.fromArray(S, x, i + 6 * L));
      s7 = s7.add(FloatVector.fromArray(S, x, i + 7 * L));
    }
    s0 = s0.add(s4);
    s1 = s1.add(s5);
    s2 = s2.add(s6);
    s3 = s3.add(s7);
    s0 = s0.add(s2);
    s1 = s1.add(s3);
    s0.add(s1).intoArray(accumulators, 0);
  }

  private static void sum16(float[] x, int from, int end, float[] start, float[] accumulators) {
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
    for (int i = from; i < end; i += WIDTH) {
      s0 = s0.add(FloatVector.fromArray(S, x, i));
      s1 = s1.add(FloatVector.fromArray(S, x, i + L));
      s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * L));
      s4 = s4.add(FloatVector.fromArray(S, x, i + 4 * L));
      s5 = s5.add(FloatVector.fromArray(S, x, i + 5 * L));
      s6 = s6.add(FloatVector.fromArray(S, x, i + 6 * L));
      s7 = s7.add(FloatVector.fromArray(S, x, i + 7 * L));
      s8 = s8.add(FloatVector.fromArray(S, x, i + 8 * L));
      s9 = s9.add(FloatVector.fromArray(S, x, i + 9 * L));
      s10 = s10.add(FloatVector.fromArray(S, x, i + 10 * L));
      s11 = s11.add(FloatVector.fromArray(S, x, i + 11 * L));
      s12 = s12.add(FloatVector.fromArray(S, x, i + 12 * L));
      s13 = s13.add(FloatVector.fromArray(S, x, i + 13 * L));
      s14 = s14.add(FloatVector.fromArray(S, x, i + 14 * L));
      s15 = s15.add(FloatVector.fromArray(S, x, i + 15 * L));
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
