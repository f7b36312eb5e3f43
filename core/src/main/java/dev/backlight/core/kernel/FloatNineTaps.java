package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The sums of a window of 3 by 3 in vectors of positions, for two filters at once: 18 of them in
/// registers, for eleven loads.
final class FloatNineTaps {
  private static final int LANES = FloatTileLoops.LANES;
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;

  private FloatNineTaps() {}

  /// As [FloatTileLoops#nineTaps] for the lanes from `lane` on.
  static void run(
      float[] x,
      int xo,
      int apart,
      int row,
      float[] g,
      int go,
      int other,
      int n,
      int lane,
      float[] sums,
      int so) {
    FloatVector a0 = FloatVector.zero(S);
    FloatVector b0 = FloatVector.zero(S);
    FloatVector a1 = FloatVector.zero(S);
    FloatVector b1 = FloatVector.zero(S);
    FloatVector a2 = FloatVector.zero(S);
    FloatVector b2 = FloatVector.zero(S);
    FloatVector a3 = FloatVector.zero(S);
    FloatVector b3 = FloatVector.zero(S);
    FloatVector a4 = FloatVector.zero(S);
    FloatVector b4 = FloatVector.zero(S);
    FloatVector a5 = FloatVector.zero(S);
    FloatVector b5 = FloatVector.zero(S);
    FloatVector a6 = FloatVector.zero(S);
    FloatVector b6 = FloatVector.zero(S);
    FloatVector a7 = FloatVector.zero(S);
    FloatVector b7 = FloatVector.zero(S);
    FloatVector a8 = FloatVector.zero(S);
    FloatVector b8 = FloatVector.zero(S);
    for (int i = lane; i < n; i += LANES) {
      FloatVector a = FloatVector.fromArray(S, g, go + i);
      FloatVector b = FloatVector.fromArray(S, g, go + other + i);
      FloatVector v = FloatVector.fromArray(S, x, xo + i);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      v = FloatVector.fromArray(S, x, xo + i + apart);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      v = FloatVector.fromArray(S, x, xo + i + 2 * apart);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      v = FloatVector.fromArray(S, x, xo + i + row);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
      v = FloatVector.fromArray(S, x, xo + i + row + apart);
      a4 = a.fma(v, a4);
      b4 = b.fma(v, b4);
      v = FloatVector.fromArray(S, x, xo + i + row + 2 * apart);
      a5 = a.fma(v, a5);
      b5 = b.fma(v, b5);
      v = FloatVector.fromArray(S, x, xo + i + 2 * row);
      a6 = a.fma(v, a6);
      b6 = b.fma(v, b6);
      v = FloatVector.fromArray(S, x, xo + i + 2 * row + apart);
      a7 = a.fma(v, a7);
      b7 = b.fma(v, b7);
      v = FloatVector.fromArray(S, x, xo + i + 2 * row + 2 * apart);
      a8 = a.fma(v, a8);
      b8 = b.fma(v, b8);
    }
    int to = so + lane;
    FloatVector.fromArray(S, sums, to).add(a0).intoArray(sums, to);
    FloatVector.fromArray(S, sums, to + LANES).add(a1).intoArray(sums, to + LANES);
    FloatVector.fromArray(S, sums, to + 2 * LANES).add(a2).intoArray(sums, to + 2 * LANES);
    FloatVector.fromArray(S, sums, to + 3 * LANES).add(a3).intoArray(sums, to + 3 * LANES);
    FloatVector.fromArray(S, sums, to + 4 * LANES).add(a4).intoArray(sums, to + 4 * LANES);
    FloatVector.fromArray(S, sums, to + 5 * LANES).add(a5).intoArray(sums, to + 5 * LANES);
    FloatVector.fromArray(S, sums, to + 6 * LANES).add(a6).intoArray(sums, to + 6 * LANES);
    FloatVector.fromArray(S, sums, to + 7 * LANES).add(a7).intoArray(sums, to + 7 * LANES);
    FloatVector.fromArray(S, sums, to + 8 * LANES).add(a8).intoArray(sums, to + 8 * LANES);
    FloatVector.fromArray(S, sums, to + 9 * LANES).add(b0).intoArray(sums, to + 9 * LANES);
    FloatVector.fromArray(S, sums, to + 10 * LANES).add(b1).intoArray(sums, to + 10 * LANES);
    FloatVector.fromArray(S, sums, to + 11 * LANES).add(b2).intoArray(sums, to + 11 * LANES);
    FloatVector.fromArray(S, sums, to + 12 * LANES).add(b3).intoArray(sums, to + 12 * LANES);
    FloatVector.fromArray(S, sums, to + 13 * LANES).add(b4).intoArray(sums, to + 13 * LANES);
    FloatVector.fromArray(S, sums, to + 14 * LANES).add(b5).intoArray(sums, to + 14 * LANES);
    FloatVector.fromArray(S, sums, to + 15 * LANES).add(b6).intoArray(sums, to + 15 * LANES);
    FloatVector.fromArray(S, sums, to + 16 * LANES).add(b7).intoArray(sums, to + 16 * LANES);
    FloatVector.fromArray(S, sums, to + 17 * LANES).add(b8).intoArray(sums, to + 17 * LANES);
  }
}
