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
  private static final VectorShuffle<Float> EVEN_ODD =
      VectorShuffle.fromOp(S, i -> i < L / 2 ? 2 * i : 2 * (i - L / 2) + 1);

  private static final VectorShuffle<Float> ODD_EVEN =
      VectorShuffle.fromOp(S, i -> i < L / 2 ? 2 * i + 1 : 2 * (i - L / 2));
  private static final VectorShuffle<Float> HALVES =
      VectorShuffle.fromOp(S, i -> (i + L / 2) % L);
  private static final VectorMask<Float> UPPER =
      VectorMask.fromLong(S, (1L << L) - (1L << L / 2));

  /// Each lane of one half twice.
  private static final VectorShuffle<Float> LOW_TWICE = VectorShuffle.fromOp(S, i -> i / 2);

  private static final VectorShuffle<Float> HIGH_TWICE =
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
    int end = to * s.oh() * count;
    int at = from * s.oh() * count;
    for (int plane = from; plane < to; plane++) {
      for (int i = 0; i < s.oh(); i++, at += count) {
        int top = (plane * s.h() + 2 * i) * s.w();
        int whole = whole(count, at, end, top + s.w(), x.length);
        row(x, top, s.w(), y, index, at, whole);
        int last = Math.min(whole, count);
        if (last < count && last >= L) {
          int j = count - L;
          row(x, top + 2 * j, s.w(), y, index, at + j, L);
        } else {
          FloatPooling.pairs(x, top + 2 * last, s.w(), y, index, at + last, count - last);
        }
      }
    }
  }

  /// How many windows of a row whole vectors do: at most one vector does more than there are.
  private static int whole(int count, int at, int end, int bottom, int length) {
    boolean mayDoMore = count < L && at + L <= end && bottom + 2 * L <= length;
    return mayDoMore ? L : count / L * L;
  }

  private static void row(float[] x, int top, int w, float[] y, int[] index, int at, int count) {
    for (int j = 0; j < count; j += L) {
      int k = top + 2 * j;
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
      upper.blend(lower, larger).intoArray(y, at + j);
      upperPlaces.blend(places, larger.cast(I)).intoArray(index, at + j);
    }
  }

  /// As [FloatPooling#maxInput] for such windows.
  static void maxInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    int count = s.ow();
    int w = s.w();
    int at = from * s.oh() * count;
    int end = to * s.h() * w;
    int length = Math.min(g.length, index.length);
    for (int plane = from; plane < to; plane++) {
      int top = plane * s.h() * w;
      for (int i = 0; i < s.oh(); i++, at += count, top += 2 * w) {
        boolean mayDoMore = count < L && at + L <= length && top + w + 2 * L <= end;
        int whole = mayDoMore ? L : count / L * L;
        if (whole == 0 || !belong(index, at, count, top, w)) {
          FloatPooling.maxInputRows(g, index, at, dx, plane, i, s);
          continue;
        }
        spread(g, index, at, whole, dx, top, w);
        if (whole < count) {
          int j = count - L;
          spread(g, index, at + j, L, dx, top + 2 * j, w);
        }
        for (int k = 2 * count; k < w; k++) {
          dx[top + k] = 0f;
          dx[top + w + k] = 0f;
        }
      }
      Arrays.fill(dx, top, (plane + 1) * s.h() * w, 0f);
    }
  }

  /// Whether each place lies in its window.
  private static boolean belong(int[] index, int at, int count, int top, int w) {
    int whole = count / L * L;
    VectorMask<Integer> others = I.maskAll(false);
    for (int j = 0; j < whole; j += L) {
      IntVector k = IntVector.fromArray(I, index, at + j).sub(WINDOWS.add(top + 2 * j));
      VectorMask<Integer> here = k.and(~1).eq(0).or(k.sub(w).and(~1).eq(0));
      others = others.or(here.not());
    }
    boolean all = !others.anyTrue();
    for (int j = whole; j < count; j++) {
      int k = index[at + j] - top - 2 * j;
      all &= (k & ~1) == 0 | (k - w & ~1) == 0;
    }
    return all;
  }

  private static void spread(
      float[] g, int[] index, int at, int count, float[] dx, int top, int w) {
    for (int j = 0; j < count; j += L) {
      int k = top + 2 * j;
      // As if it were added to 0, which makes 0 of -0.
      FloatVector slope = FloatVector.fromArray(S, g, at + j).add(0f);
      IntVector chosen = IntVector.fromArray(I, index, at + j);
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
