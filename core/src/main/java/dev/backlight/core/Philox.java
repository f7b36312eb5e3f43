package dev.backlight.core;

/// The counter-based generator Philox4x32-10: a fixed shuffle of 128-bit counters for each 64-bit
/// key.
///
/// Salmon, Moraes, Dror, Shaw: *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
final class Philox {
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  /// The first two words of the result, the first in the low half.
  long low;

  /// The last two words of the result, the third in the low half.
  long high;

  /// Computes the block of one counter. Every argument holds two words, the first in its low half.
  void block(long key, long counterLow, long counterHigh) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    int c0 = (int) counterLow;
    int c1 = (int) (counterLow >>> 32);
    int c2 = (int) counterHigh;
    int c3 = (int) (counterHigh >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = M0 * (c0 & 0xFFFFFFFFL);
      long p1 = M1 * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    low = pair(c0, c1);
    high = pair(c2, c3);
  }

  private static long pair(int first, int second) {
    return first & 0xFFFFFFFFL | (long) second << 32;
  }
}
