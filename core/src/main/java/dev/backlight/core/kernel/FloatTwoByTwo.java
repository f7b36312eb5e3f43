package dev.backlight.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Windows of two by two elements in vectors: a lane is a window.
///
/// The lanes are in two halves, which lie side by side or, where rows are so short that one fits
/// into a half, one below the other. What does not fill its last vector is finished by one that
/// begins earlier, or by one that writes into the next rows, which come later. What reads or would
/// write too far is left to the plain loop.
final class FloatTwoByTwo {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(32 * L));

  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final FloatVector LANE = ZERO.addIndex(1);

  /// Of two vectors side by side every second element.
  static final FloatVector TWICE = ZERO.addIndex(2);

  private static final IntVector LANE_I = IntVector.zero(I).addIndex(1);
  private static final IntVector TWICE_I = IntVector.zero(I).addIndex(2);

  /// Of elements in a row, which window each belongs to, and whether it is the second there.
  private static final FloatVector PAIR = pairs();

  private static final IntVector PAIR_I = LANE_I.lanewise(VectorOperators.LSHR, 1);
  private static final IntVector SIDE = LANE_I.and(1);

  private FloatTwoByTwo() {}

  private static FloatVector pairs() {
    float[] pairs = new float[L];
    for (int i = 0; i < L; i++) {
      pairs[i] = i / 2;
    }
    return FloatVector.fromArray(S, pairs, 0);
  }

  /// How many rows of windows a vector holds.
  private static int rowsAtOnce(Pool2dShape s) {
    return s.ow() <= L / 2 && s.oh() > 1 ? 2 : 1;
  }

  /// How many windows its first half holds.
  private static int half(Pool2dShape s) {
    return rowsAtOnce(s) == 2 ? s.ow() : L / 2;
  }

  /// How far behind the elements of the first half those of the second begin.
  private static int second(Pool2dShape s) {
    return rowsAtOnce(s) == 2 ? 2 * s.w() : L;
  }

  /// How many rows of windows of a plane vectors can do, if no more than `elements`, which begin
  /// with plane `held`, and no more than `windows` may be touched.
  private static int rows(Pool2dShape s, int plane, int held, int elements, int windows) {
    if (s.ow() >= L) {
      return s.oh();
    }
    int second = (plane - held) * s.h() * s.w() + s.w() + second(s);
    int last = last(plane * s.oh() * s.ow(), s.ow(), windows - L);
    last = Math.min(last, last(second, 2 * s.w(), elements - L));
    return last < 0 ? 0 : Math.min(s.oh(), last + rowsAtOnce(s));
  }

  /// The last of the places `first`, `first + step`, … that is not beyond `end`, counted from 0; -1
  /// if none is.
  private static int last(int first, int step, int end) {
    return first > end ? -1 : (end - first) / step;
  }

  /// As [FloatPooling#max] for such windows.
  static void max(float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to) {
    int skip = held * s.h() * s.w();
    int windows = to * s.oh() * s.ow();
    int whole = to;
    while (whole > from && rows(s, whole - 1, held, x.length, windows) < s.oh()) {
      whole--;
    }
    max(s, x, y, index, skip, from, whole, s.oh());
    for (int plane = whole; plane < to; plane++) {
      int rows = rows(s, plane, held, x.length, windows);
      max(s, x, y, index, skip, plane, plane + 1, rows);
      for (int i = rows; i < s.oh(); i++) {
        int top = (plane * s.h() + 2 * i) * s.w() - skip;
        FloatPooling.pairs(x, top, s.w(), skip, y, index, (plane * s.oh() + i) * s.ow(), s.ow());
      }
    }
  }

  /// Of planes `from … to` the first `rows` rows of windows.
  private static void max(
      Pool2dShape s, float[] x, float[] y, int[] index, int skip, int from, int to, int rows) {
    int whole = Math.max(L, s.ow() / L * L);
    max(s, x, y, index, skip, from, to, rows, 0, whole);
    if (whole < s.ow()) {
      max(s, x, y, index, skip, from, to, rows, s.ow() - L, s.ow());
    }
  }

  /// Of each row the windows `begin … end`, a whole number of vectors.
  private static void max(
      Pool2dShape s,
      float[] x,
      float[] y,
      int[] index,
      int skip,
      int from,
      int to,
      int rows,
      int begin,
      int end) {
    int w = s.w();
    int by = rowsAtOnce(s);
    int half = half(s);
    int second = second(s);
    for (int plane = from; plane < to; plane++) {
      for (int done = 0; done < rows; done += by) {
        int i = Math.min(done, rows - by);
        int first = plane * s.h() * s.w() - skip + 2 * i * w;
        int at = (plane * s.oh() + i) * s.ow();
        for (int j = begin; j < end; j += L) {
          int k = first + 2 * j;
          VectorMask<Float> below = LANE.compare(VectorOperators.GE, half);
          FloatVector left = TWICE.blend(TWICE.add(L - 2 * half), below);
          FloatVector right = left.add(1f);
          IntVector place = TWICE_I.blend(TWICE_I.add(second - 2 * half), below.cast(I));
          FloatVector a = FloatVector.fromArray(S, x, k);
          FloatVector b = FloatVector.fromArray(S, x, k + second);
          FloatVector even = left.selectFrom(a, b);
          FloatVector odd = right.selectFrom(a, b);
          VectorMask<Float> stays = odd.compare(VectorOperators.LE, even);
          stays = stays.or(even.compare(VectorOperators.NE, even));
          FloatVector upper = odd.blend(even, stays);
          IntVector upperPlace = place.add(1).blend(place, stays.cast(I));
          a = FloatVector.fromArray(S, x, k + w);
          b = FloatVector.fromArray(S, x, k + w + second);
          even = left.selectFrom(a, b);
          odd = right.selectFrom(a, b);
          stays = odd.compare(VectorOperators.LE, even);
          stays = stays.or(even.compare(VectorOperators.NE, even));
          FloatVector lower = odd.blend(even, stays);
          IntVector lowerPlace = place.add(w + 1).blend(place.add(w), stays.cast(I));
          stays = lower.compare(VectorOperators.LE, upper);
          stays = stays.or(upper.compare(VectorOperators.NE, upper));
          lower.blend(upper, stays).intoArray(y, at + j);
          lowerPlace.blend(upperPlace, stays.cast(I)).add(k + skip).intoArray(index, at + j);
        }
      }
    }
  }

  /// As [FloatPooling#maxInput] for such windows.
  static void maxInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    int windows = Math.min(g.length, index.length);
    int elements = to * s.h() * s.w();
    int whole = to;
    while (whole > from && rows(s, whole - 1, 0, elements, windows) < s.oh()) {
      whole--;
    }
    int vectors = Math.max(L, s.ow() / L * L);
    boolean belong = spread(s, g, index, dx, from, whole, 0, vectors);
    if (vectors < s.ow()) {
      belong &= spread(s, g, index, dx, from, whole, s.ow() - L, s.ow());
    }
    for (int plane = from; plane < whole && belong; plane++) {
      int top = plane * s.h() * s.w();
      for (int i = 0; i < 2 * s.oh() && 2 * s.ow() < s.w(); i++) {
        dx[top + (i + 1) * s.w() - 1] = 0f;
      }
      Arrays.fill(dx, top + 2 * s.oh() * s.w(), top + s.h() * s.w(), 0f);
    }
    FloatPooling.maxInput(g, index, dx, s, belong ? whole : from, to);
  }

  /// Spreads what windows `begin … end` of each row have chosen, a whole number of vectors; whether
  /// every place was in its window.
  private static boolean spread(
      Pool2dShape s, float[] g, int[] index, float[] dx, int from, int to, int begin, int end) {
    int w = s.w();
    int rows = s.oh();
    int by = rowsAtOnce(s);
    int half = half(s);
    int second = second(s);
    VectorMask<Integer> others = I.maskAll(false);
    for (int plane = from; plane < to; plane++) {
      for (int done = 0; done < rows; done += by) {
        int i = Math.min(done, rows - by);
        int first = plane * s.h() * s.w() + 2 * i * w;
        int at = (plane * s.oh() + i) * s.ow();
        for (int j = begin; j < end; j += L) {
          int k = first + 2 * j;
          VectorMask<Integer> below = LANE_I.compare(VectorOperators.GE, half);
          IntVector place = TWICE_I.blend(TWICE_I.add(second - 2 * half), below);
          // As if it were added to 0, which makes 0 of -0.
          FloatVector slope = FloatVector.fromArray(S, g, at + j).add(0f);
          IntVector chosen = IntVector.fromArray(I, index, at + j).sub(place.add(k));
          VectorMask<Integer> outside = chosen.and(~1).compare(VectorOperators.NE, 0);
          outside = outside.and(chosen.sub(w).and(~1).compare(VectorOperators.NE, 0));
          others = others.or(outside);
          FloatVector low = PAIR.selectFrom(slope);
          IntVector lowChosen = PAIR_I.selectFrom(chosen);
          FloatVector high = PAIR.add(half).selectFrom(slope);
          IntVector highChosen = PAIR_I.add(half).selectFrom(chosen);
          FloatVector highUpper = ZERO.blend(high, highChosen.eq(SIDE).cast(S));
          ZERO.blend(low, lowChosen.eq(SIDE).cast(S)).intoArray(dx, k);
          if (by == 1) {
            highUpper.intoArray(dx, k + second);
          }
          ZERO.blend(low, lowChosen.eq(SIDE.add(w)).cast(S)).intoArray(dx, k + w);
          if (by == 2) {
            highUpper.intoArray(dx, k + second);
          }
          ZERO.blend(high, highChosen.eq(SIDE.add(w)).cast(S)).intoArray(dx, k + w + second);
        }
      }
    }
    return !others.and(I.indexInRange(0, by * s.ow())).anyTrue();
  }
}
