package dev.backlight.core;

/// What stands beyond the ends of an axis, for `abcd` with two elements before.
public enum Padding {
  /// The mirror image without the element at the end: `cb|abcd`.
  REFLECT {
    @Override
    int place(int i, int n) {
      int period = Math.max(1, 2 * (n - 1));
      int at = Math.floorMod(i, period);
      return at < n ? at : period - at;
    }
  },
  /// The mirror image with the element at the end: `ba|abcd`.
  SYMMETRIC {
    @Override
    int place(int i, int n) {
      int at = Math.floorMod(i, 2 * n);
      return at < n ? at : 2 * n - 1 - at;
    }
  },
  /// The element at the end: `aa|abcd`.
  REPLICATE {
    @Override
    int place(int i, int n) {
      return Math.clamp(i, 0, n - 1);
    }
  },
  /// The other end: `cd|abcd`.
  CIRCULAR {
    @Override
    int place(int i, int n) {
      return Math.floorMod(i, n);
    }
  };

  /// Which of `n` elements stands at place `i`, which may lie outside.
  abstract int place(int i, int n);
}
