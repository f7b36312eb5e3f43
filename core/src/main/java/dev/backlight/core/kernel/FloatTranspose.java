package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes a square of lanes by lanes in registers: it keeps products with a transposed matrix
/// within 10 % of the others, where moving single elements costs as much as the product of a few
/// hundred rows.
///
/// In stage d, rows i and i + d exchange those halves of each 2d lanes that stand across; after the
/// stages L/2, …, 2, 1 rows have become columns. Flat code on purpose; it was written by a loop,
/// once. Each begins with the laps of a [WarmUp].
final class FloatTranspose {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private static final VectorShuffle<Float> SWAP8 = swap(8);
  private static final VectorMask<Float> HIGH8 = high(8);
  private static final VectorMask<Float> LOW8 = HIGH8.not();
  private static final VectorShuffle<Float> SWAP4 = swap(4);
  private static final VectorMask<Float> HIGH4 = high(4);
  private static final VectorMask<Float> LOW4 = HIGH4.not();
  private static final VectorShuffle<Float> SWAP2 = swap(2);
  private static final VectorMask<Float> HIGH2 = high(2);
  private static final VectorMask<Float> LOW2 = HIGH2.not();
  private static final VectorShuffle<Float> SWAP1 = swap(1);
  private static final VectorMask<Float> HIGH1 = high(1);
  private static final VectorMask<Float> LOW1 = HIGH1.not();

  private FloatTranspose() {}

  private static VectorShuffle<Float> swap(int d) {
    return VectorShuffle.fromOp(S, lane -> (lane ^ d) & (L - 1));
  }

  private static VectorMask<Float> high(int d) {
    long bits = 0;
    for (int lane = 0; lane < L; lane++) {
      bits |= (long) (lane / d & 1) << lane;
    }
    return VectorMask.fromLong(S, bits);
  }

  /// Rows of L elements at `x[xo]`, `x[xo + xs]`, … become columns: row k of the result is at `y[yo
  /// + k·ys]`.
  ///
  /// The rows of the result are written in order, so that with `ys < L` each one covers the excess
  /// of the one before.
  static void square(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    switch (L) {
      case 16 -> square16(x, xo, xs, y, yo, ys);
      case 8 -> square8(x, xo, xs, y, yo, ys);
      case 4 -> square4(x, xo, xs, y, yo, ys);
      case 2 -> square2(x, xo, xs, y, yo, ys);
      default -> throw new AssertionError(L);
    }
  }

  private static void square16(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector r0 = FloatVector.fromArray(S, x, xo);
    FloatVector r1 = FloatVector.fromArray(S, x, xo + xs);
    FloatVector r2 = FloatVector.fromArray(S, x, xo + 2 * xs);
    FloatVector r3 = FloatVector.fromArray(S, x, xo + 3 * xs);
    FloatVector r4 = FloatVector.fromArray(S, x, xo + 4 * xs);
    FloatVector r5 = FloatVector.fromArray(S, x, xo + 5 * xs);
    FloatVector r6 = FloatVector.fromArray(S, x, xo + 6 * xs);
    FloatVector r7 = FloatVector.fromArray(S, x, xo + 7 * xs);
    FloatVector r8 = FloatVector.fromArray(S, x, xo + 8 * xs);
    FloatVector r9 = FloatVector.fromArray(S, x, xo + 9 * xs);
    FloatVector r10 = FloatVector.fromArray(S, x, xo + 10 * xs);
    FloatVector r11 = FloatVector.fromArray(S, x, xo + 11 * xs);
    FloatVector r12 = FloatVector.fromArray(S, x, xo + 12 * xs);
    FloatVector r13 = FloatVector.fromArray(S, x, xo + 13 * xs);
    FloatVector r14 = FloatVector.fromArray(S, x, xo + 14 * xs);
    FloatVector r15 = FloatVector.fromArray(S, x, xo + 15 * xs);
    FloatVector t;
    t = r8.blend(r0, HIGH8).rearrange(SWAP8);
    r0 = r0.blend(t, HIGH8);
    r8 = r8.blend(t, LOW8);
    t = r9.blend(r1, HIGH8).rearrange(SWAP8);
    r1 = r1.blend(t, HIGH8);
    r9 = r9.blend(t, LOW8);
    t = r10.blend(r2, HIGH8).rearrange(SWAP8);
    r2 = r2.blend(t, HIGH8);
    r10 = r10.blend(t, LOW8);
    t = r11.blend(r3, HIGH8).rearrange(SWAP8);
    r3 = r3.blend(t, HIGH8);
    r11 = r11.blend(t, LOW8);
    t = r12.blend(r4, HIGH8).rearrange(SWAP8);
    r4 = r4.blend(t, HIGH8);
    r12 = r12.blend(t, LOW8);
    t = r13.blend(r5, HIGH8).rearrange(SWAP8);
    r5 = r5.blend(t, HIGH8);
    r13 = r13.blend(t, LOW8);
    t = r14.blend(r6, HIGH8).rearrange(SWAP8);
    r6 = r6.blend(t, HIGH8);
    r14 = r14.blend(t, LOW8);
    t = r15.blend(r7, HIGH8).rearrange(SWAP8);
    r7 = r7.blend(t, HIGH8);
    r15 = r15.blend(t, LOW8);
    t = r4.blend(r0, HIGH4).rearrange(SWAP4);
    r0 = r0.blend(t, HIGH4);
    r4 = r4.blend(t, LOW4);
    t = r5.blend(r1, HIGH4).rearrange(SWAP4);
    r1 = r1.blend(t, HIGH4);
    r5 = r5.blend(t, LOW4);
    t = r6.blend(r2, HIGH4).rearrange(SWAP4);
    r2 = r2.blend(t, HIGH4);
    r6 = r6.blend(t, LOW4);
    t = r7.blend(r3, HIGH4).rearrange(SWAP4);
    r3 = r3.blend(t, HIGH4);
    r7 = r7.blend(t, LOW4);
    t = r12.blend(r8, HIGH4).rearrange(SWAP4);
    r8 = r8.blend(t, HIGH4);
    r12 = r12.blend(t, LOW4);
    t = r13.blend(r9, HIGH4).rearrange(SWAP4);
    r9 = r9.blend(t, HIGH4);
    r13 = r13.blend(t, LOW4);
    t = r14.blend(r10, HIGH4).rearrange(SWAP4);
    r10 = r10.blend(t, HIGH4);
    r14 = r14.blend(t, LOW4);
    t = r15.blend(r11, HIGH4).rearrange(SWAP4);
    r11 = r11.blend(t, HIGH4);
    r15 = r15.blend(t, LOW4);
    t = r2.blend(r0, HIGH2).rearrange(SWAP2);
    r0 = r0.blend(t, HIGH2);
    r2 = r2.blend(t, LOW2);
    t = r3.blend(r1, HIGH2).rearrange(SWAP2);
    r1 = r1.blend(t, HIGH2);
    r3 = r3.blend(t, LOW2);
    t = r6.blend(r4, HIGH2).rearrange(SWAP2);
    r4 = r4.blend(t, HIGH2);
    r6 = r6.blend(t, LOW2);
    t = r7.blend(r5, HIGH2).rearrange(SWAP2);
    r5 = r5.blend(t, HIGH2);
    r7 = r7.blend(t, LOW2);
    t = r10.blend(r8, HIGH2).rearrange(SWAP2);
    r8 = r8.blend(t, HIGH2);
    r10 = r10.blend(t, LOW2);
    t = r11.blend(r9, HIGH2).rearrange(SWAP2);
    r9 = r9.blend(t, HIGH2);
    r11 = r11.blend(t, LOW2);
    t = r14.blend(r12, HIGH2).rearrange(SWAP2);
    r12 = r12.blend(t, HIGH2);
    r14 = r14.blend(t, LOW2);
    t = r15.blend(r13, HIGH2).rearrange(SWAP2);
    r13 = r13.blend(t, HIGH2);
    r15 = r15.blend(t, LOW2);
    t = r1.blend(r0, HIGH1).rearrange(SWAP1);
    r0 = r0.blend(t, HIGH1);
    r1 = r1.blend(t, LOW1);
    t = r3.blend(r2, HIGH1).rearrange(SWAP1);
    r2 = r2.blend(t, HIGH1);
    r3 = r3.blend(t, LOW1);
    t = r5.blend(r4, HIGH1).rearrange(SWAP1);
    r4 = r4.blend(t, HIGH1);
    r5 = r5.blend(t, LOW1);
    t = r7.blend(r6, HIGH1).rearrange(SWAP1);
    r6 = r6.blend(t, HIGH1);
    r7 = r7.blend(t, LOW1);
    t = r9.blend(r8, HIGH1).rearrange(SWAP1);
    r8 = r8.blend(t, HIGH1);
    r9 = r9.blend(t, LOW1);
    t = r11.blend(r10, HIGH1).rearrange(SWAP1);
    r10 = r10.blend(t, HIGH1);
    r11 = r11.blend(t, LOW1);
    t = r13.blend(r12, HIGH1).rearrange(SWAP1);
    r12 = r12.blend(t, HIGH1);
    r13 = r13.blend(t, LOW1);
    t = r15.blend(r14, HIGH1).rearrange(SWAP1);
    r14 = r14.blend(t, HIGH1);
    r15 = r15.blend(t, LOW1);
    r0.intoArray(y, yo);
    r1.intoArray(y, yo + ys);
    r2.intoArray(y, yo + 2 * ys);
    r3.intoArray(y, yo + 3 * ys);
    r4.intoArray(y, yo + 4 * ys);
    r5.intoArray(y, yo + 5 * ys);
    r6.intoArray(y, yo + 6 * ys);
    r7.intoArray(y, yo + 7 * ys);
    r8.intoArray(y, yo + 8 * ys);
    r9.intoArray(y, yo + 9 * ys);
    r10.intoArray(y, yo + 10 * ys);
    r11.intoArray(y, yo + 11 * ys);
    r12.intoArray(y, yo + 12 * ys);
    r13.intoArray(y, yo + 13 * ys);
    r14.intoArray(y, yo + 14 * ys);
    r15.intoArray(y, yo + 15 * ys);
  }

  private static void square8(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector r0 = FloatVector.fromArray(S, x, xo);
    FloatVector r1 = FloatVector.fromArray(S, x, xo + xs);
    FloatVector r2 = FloatVector.fromArray(S, x, xo + 2 * xs);
    FloatVector r3 = FloatVector.fromArray(S, x, xo + 3 * xs);
    FloatVector r4 = FloatVector.fromArray(S, x, xo + 4 * xs);
    FloatVector r5 = FloatVector.fromArray(S, x, xo + 5 * xs);
    FloatVector r6 = FloatVector.fromArray(S, x, xo + 6 * xs);
    FloatVector r7 = FloatVector.fromArray(S, x, xo + 7 * xs);
    FloatVector t;
    t = r4.blend(r0, HIGH4).rearrange(SWAP4);
    r0 = r0.blend(t, HIGH4);
    r4 = r4.blend(t, LOW4);
    t = r5.blend(r1, HIGH4).rearrange(SWAP4);
    r1 = r1.blend(t, HIGH4);
    r5 = r5.blend(t, LOW4);
    t = r6.blend(r2, HIGH4).rearrange(SWAP4);
    r2 = r2.blend(t, HIGH4);
    r6 = r6.blend(t, LOW4);
    t = r7.blend(r3, HIGH4).rearrange(SWAP4);
    r3 = r3.blend(t, HIGH4);
    r7 = r7.blend(t, LOW4);
    t = r2.blend(r0, HIGH2).rearrange(SWAP2);
    r0 = r0.blend(t, HIGH2);
    r2 = r2.blend(t, LOW2);
    t = r3.blend(r1, HIGH2).rearrange(SWAP2);
    r1 = r1.blend(t, HIGH2);
    r3 = r3.blend(t, LOW2);
    t = r6.blend(r4, HIGH2).rearrange(SWAP2);
    r4 = r4.blend(t, HIGH2);
    r6 = r6.blend(t, LOW2);
    t = r7.blend(r5, HIGH2).rearrange(SWAP2);
    r5 = r5.blend(t, HIGH2);
    r7 = r7.blend(t, LOW2);
    t = r1.blend(r0, HIGH1).rearrange(SWAP1);
    r0 = r0.blend(t, HIGH1);
    r1 = r1.blend(t, LOW1);
    t = r3.blend(r2, HIGH1).rearrange(SWAP1);
    r2 = r2.blend(t, HIGH1);
    r3 = r3.blend(t, LOW1);
    t = r5.blend(r4, HIGH1).rearrange(SWAP1);
    r4 = r4.blend(t, HIGH1);
    r5 = r5.blend(t, LOW1);
    t = r7.blend(r6, HIGH1).rearrange(SWAP1);
    r6 = r6.blend(t, HIGH1);
    r7 = r7.blend(t, LOW1);
    r0.intoArray(y, yo);
    r1.intoArray(y, yo + ys);
    r2.intoArray(y, yo + 2 * ys);
    r3.intoArray(y, yo + 3 * ys);
    r4.intoArray(y, yo + 4 * ys);
    r5.intoArray(y, yo + 5 * ys);
    r6.intoArray(y, yo + 6 * ys);
    r7.intoArray(y, yo + 7 * ys);
  }

  private static void square4(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector r0 = FloatVector.fromArray(S, x, xo);
    FloatVector r1 = FloatVector.fromArray(S, x, xo + xs);
    FloatVector r2 = FloatVector.fromArray(S, x, xo + 2 * xs);
    FloatVector r3 = FloatVector.fromArray(S, x, xo + 3 * xs);
    FloatVector t;
    t = r2.blend(r0, HIGH2).rearrange(SWAP2);
    r0 = r0.blend(t, HIGH2);
    r2 = r2.blend(t, LOW2);
    t = r3.blend(r1, HIGH2).rearrange(SWAP2);
    r1 = r1.blend(t, HIGH2);
    r3 = r3.blend(t, LOW2);
    t = r1.blend(r0, HIGH1).rearrange(SWAP1);
    r0 = r0.blend(t, HIGH1);
    r1 = r1.blend(t, LOW1);
    t = r3.blend(r2, HIGH1).rearrange(SWAP1);
    r2 = r2.blend(t, HIGH1);
    r3 = r3.blend(t, LOW1);
    r0.intoArray(y, yo);
    r1.intoArray(y, yo + ys);
    r2.intoArray(y, yo + 2 * ys);
    r3.intoArray(y, yo + 3 * ys);
  }

  private static void square2(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector r0 = FloatVector.fromArray(S, x, xo);
    FloatVector r1 = FloatVector.fromArray(S, x, xo + xs);
    FloatVector t;
    t = r1.blend(r0, HIGH1).rearrange(SWAP1);
    r0 = r0.blend(t, HIGH1);
    r1 = r1.blend(t, LOW1);
    r0.intoArray(y, yo);
    r1.intoArray(y, yo + ys);
  }
}
