package dev.backlight.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Windows of two by two elements in vectors: a lane is a window.
///
/// A row of windows that does not fill its last vector is finished by one that begins earlier, or,
/// if it has fewer windows than there are lanes, by one that writes into the next rows, which come
/// later. What reads or would write too far is left to the plain loop.
final class FloatTwoByTwo {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(32 * L));

  /// Even lanes in the lower half, odd ones in the upper half; and the other way round.
  static final VectorShuffle<Float> EVEN_ODD =
      VectorShuffle.fromOp(S, i -> i < L / 2 ? 2 * i : 2 * (i - L / 2) + 1);

  static final VectorShuffle<Float> ODD_EVEN =
      VectorShuffle.fromOp(S, i -> i < L / 2 ? 2 * i + 1 : 2 * (i - L / 2));
  private static final VectorShuffle<Float> HALVES = VectorShuffle.fromOp(S, i -> (i + L / 2) % L);
  static final VectorMask<Float> UPPER = VectorMask.fromLong(S, (1L << L) - (1L << L / 2));

  /// Each lane of one half twice.
  static final VectorShuffle<Float> LOW_TWICE = VectorShuffle.fromOp(S, i -> i / 2);

  static final VectorShuffle<Float> HIGH_TWICE =
      VectorShuffle.fromOp(S, i -> L / 2 + i / 2);
  private static final VectorShuffle<Integer> LOW_TWICE_I = VectorShuffle.fromOp(I, i -> i / 2);
  private static final VectorShuffle<Integer> HIGH_TWICE_I =
      VectorShuffle.fromOp(I, i -> L / 2 + i / 2);

  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final IntVector PLACES = IntVector.zero(I).addIndex(1);
  private static final IntVector WINDOWS = IntVector.zero(I).addIndex(2);

  private FloatTwoByTwo() {}

  /// As [FloatPooling#max] for such windows.
  static void max(float[] x, float[] y, int[] index, Pool2dShape s, int from, int to) {
    int count = s.ow();
    int w = s.w();
    int end = to * s.oh() * count;
    for (int plane = from; plane < to; plane++) {
      int top = plane * s.h() * w;
      int at = plane * s.oh() * count;
      if (count >= L) {
        int whole = count / L * L;
        max(x, top, w, y, index, at, count, whole, s.oh());
        if (whole < count) {
          int j = count - L;
          max(x, top + 2 * j, w, y, index, at + j, count, L, s.oh());
        }
        continue;
      }
      int rows = Math.min(rows(at, count, end - L), rows(top + w, 2 * w, x.length - 2 * L));
      rows = Math.min(rows, s.oh());
      max(x, top, w, y, index, at, count, L, rows);
      for (int i = rows; i < s.oh(); i++) {
        FloatPooling.pairs(x, top + 2 * i * w, w, y, index, at + i * count, count);
      }
    }
  }

  /// How many steps from `first` on are not beyond `last`.
  private static int rows(int first, int step, int last) {
    return first > last ? 0 : (last - first) / step + 1;
  }

  /// Of `rows` rows of windows, `row` of them each, the first `count`, a whole number of vectors.
  private static void max(
      float[] x, int top, int w, float[] y, int[] index, int at, int row, int count, int rows) {
    for (int i = 0; i < rows; i++) {
      int first = top + 2 * i * w;
      int to = at + i * row;
      for (int j = 0; j < count; j += L) {
        int k = first + 2 * j;
        FloatVector a = FloatVector.fromArray(S, x, k).rearrange(EVEN_ODD);
        FloatVector b = FloatVector.fromArray(S, x, k + L).rearrange(ODD_EVEN);
        FloatVector even = a.blend(b, UPPER);
        FloatVector odd = b.blend(a, UPPER).rearrange(HALVES);
        IntVector places = WINDOWS.add(k);
        VectorMask<Float> larger = odd.lt(even).or(odd.eq(even)).not().and(even.eq(even));
        FloatVector upper = even.blend(odd, larger);
        IntVector upperPlaces = places.blend(places.add(1), larger.cast(I));
        a = FloatVector.fromArray(S, x, k + w).rearrange(EVEN_ODD);
        b = FloatVector.fromArray(S, x, k + w + L).rearrange(ODD_EVEN);
        even = a.blend(b, UPPER);
        odd = b.blend(a, UPPER).rearrange(HALVES);
        places = places.add(w);
        larger = odd.lt(even).or(odd.eq(even)).not().and(even.eq(even));
        FloatVector lower = even.blend(odd, larger);
        places = places.blend(places.add(1), larger.cast(I));
        larger = lower.lt(upper).or(lower.eq(upper)).not().and(upper.eq(upper));
        upper.blend(lower, larger).intoArray(y, to + j);
        upperPlaces.blend(places, larger.cast(I)).intoArray(index, to + j);
      }
    }
  }

  /// As [FloatPooling#maxInput] for such windows.
  static void maxInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    int count = s.ow();
    int w = s.w();
    int end = to * s.h() * w;
    int length = Math.min(g.length, index.length);
    for (int plane = from; plane < to; plane++) {
      int top = plane * s.h() * w;
      int at = plane * s.oh() * count;
      int whole = Math.max(L, count / L * L);
      int rows = s.oh();
      if (count < L) {
        rows = Math.min(rows, rows(at, count, length - L));
        rows = Math.min(rows, rows(top + w, 2 * w, end - 2 * L));
      }
      int j = Math.max(0, count - L);
      if (!belong(index, at, count, whole, rows, top, w)
          || !belong(index, at + j, count, L, rows, top + 2 * j, w)) {
        FloatPooling.maxInput(g, index, dx, s, plane, plane + 1);
        continue;
      }
      spread(g, index, at, count, whole, rows, dx, top, w);
      if (whole < count) {
        spread(g, index, at + j, count, L, rows, dx, top + 2 * j, w);
      }
      for (int i = 0; i < rows && 2 * count < w; i++) {
        dx[top + (2 * i + 1) * w - 1] = 0f;
        dx[top + (2 * i + 2) * w - 1] = 0f;
      }
      for (int i = rows; i < s.oh(); i++) {
        FloatPooling.maxInputRows(g, index, at + i * count, dx, plane, i, s);
      }
      Arrays.fill(dx, top + 2 * s.oh() * w, top + s.h() * w, 0f);
    }
  }

  /// Whether each place lies in its window, in the first `count` of `rows` rows of `row` each.
  private static boolean belong(int[] index, int at, int row, int count, int rows, int top, int w) {
    VectorMask<Integer> there = I.indexInRange(0, row);
    VectorMask<Integer> others = I.maskAll(false);
    for (int i = 0; i < rows; i++) {
      int first = top + 2 * i * w;
      int from = at + i * row;
      for (int j = 0; j < count; j += L) {
        IntVector k = IntVector.fromArray(I, index, from + j).sub(WINDOWS.add(first + 2 * j));
        VectorMask<Integer> here = k.and(~1).eq(0).or(k.sub(w).and(~1).eq(0));
        others = others.or(here.not());
      }
    }
    return !others.and(there).anyTrue();
  }

  private static void spread(
      float[] g, int[] index, int at, int row, int count, int rows, float[] dx, int top, int w) {
    for (int i = 0; i < rows; i++) {
      int first = top + 2 * i * w;
      int from = at + i * row;
      for (int j = 0; j < count; j += L) {
        int k = first + 2 * j;
        // As if it were added to 0, which makes 0 of -0.
        FloatVector slope = FloatVector.fromArray(S, g, from + j).add(0f);
        IntVector chosen = IntVector.fromArray(I, index, from + j);
        IntVector place = PLACES.add(k);
        FloatVector low = slope.rearrange(LOW_TWICE);
        FloatVector high = slope.rearrange(HIGH_TWICE);
        IntVector lowChosen = chosen.rearrange(LOW_TWICE_I);
        IntVector highChosen = chosen.rearrange(HIGH_TWICE_I);
        ZERO.blend(low, lowChosen.eq(place).cast(S)).intoArray(dx, k);
        ZERO.blend(high, highChosen.eq(place.add(L)).cast(S)).intoArray(dx, k + L);
        ZERO.blend(low, lowChosen.eq(place.add(w)).cast(S)).intoArray(dx, k + w);
        ZERO.blend(high, highChosen.eq(place.add(w + L)).cast(S)).intoArray(dx, k + w + L);
      }
    }
  }
}
