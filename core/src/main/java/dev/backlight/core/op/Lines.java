package dev.backlight.core.op;

import dev.backlight.core.Block;

/// Lines along an axis as keys that compare as the numbers do: NaN is the largest, and -0 is 0.
final class Lines {
  private Lines() {}

  /// Element `at` as such a key.
  static long key(Block x, int at) {
    return switch (x.dtype()) {
      case F32 -> key(x.f32()[at]);
      case F64 -> key(x.f64()[at]);
      case I32 -> x.i32()[at];
      case I64 -> x.i64()[at];
      case BOOL -> x.get(at) == 0 ? 0 : 1;
    };
  }

  private static long key(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  /// Sorts places by their keys, equal ones in the order in which they are: a merge sort from
  /// below.
  ///
  /// @return which of the two arrays has the sorted places
  static int[] sort(long[] keys, int[] places, int[] spare, int n) {
    int[] from = places;
    int[] to = spare;
    for (int width = 1; width < n; width *= 2) {
      for (int start = 0; start < n; start += 2 * width) {
        int middle = Math.min(start + width, n);
        int end = Math.min(start + 2 * width, n);
        int a = start;
        int b = middle;
        for (int i = start; i < end; i++) {
          boolean first = a < middle && (b >= end || keys[from[a]] <= keys[from[b]]);
          to[i] = first ? from[a++] : from[b++];
        }
      }
      int[] other = from;
      from = to;
      to = other;
    }
    return from;
  }

  /// Moves keys so that the one that would be at `place` if they were sorted is there. C. Hoare,
  /// "Find" (1961).
  static long select(long[] keys, int n, int place) {
    int low = 0;
    int high = n - 1;
    while (low < high) {
      long pivot = keys[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] < pivot) {
          i++;
        }
        while (keys[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (place <= j) {
        high = j;
      } else if (place >= i) {
        low = i;
      } else {
        break;
      }
    }
    return keys[place];
  }
}
