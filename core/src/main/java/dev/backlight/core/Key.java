package dev.backlight.core;

import dev.backlight.core.kernel.Trigonometry;

/// Random state as a value: the same key gives the same draws, always and everywhere.
///
/// A key is never used up. Whoever needs different numbers asks with a different key: [#split()]
/// and [#split(int)] give independent keys, and [#fold] gives one for each number, such as a step
/// of training.
///
/// {@snippet :
/// Key key = Key.of(7);
/// Tensor a = key.normal(Shape.of(2, 3), DType.F32);
/// Tensor b = key.normal(Shape.of(2, 3), DType.F32); // the same numbers as a
/// Tensor c = key.fold(1).normal(Shape.of(2, 3), DType.F32); // other numbers
/// }
///
/// Draw `i` depends on the key and on `i` alone, so neither threads nor the shape change it: the
/// first ten draws of a hundred are the ten draws of ten. An `F32` draw is the `F64` draw with
/// fewer digits, so models of both precisions begin alike. Bits agree on all machines, because
/// logarithm and cosine are those of `StrictMath`. Two kinds of draws from one key are related;
/// split the key first.
///
/// The generator is Philox4x32-10: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as
/// 1, 2, 3*, SC 2011. The two components are the generator's key and the upper half of its counter;
/// they are public so that a checkpoint can hold them.
public record Key(long key, long stream) {
  // Digits of the square roots of 5 and 7. Splits and folds shuffle under keys of their own, so
  // that no new
  // key is made of bits that are also draws.
  private static final long SPLIT = 0x3C6EF372FE94F82BL;
  private static final long FOLD = 0xA54FF53A5F1D36F1L;

  private static final double ULP53 = 0x1p-53;

  /// The key of a seed.
  public static Key of(long seed) {
    return new Key(seed, 0);
  }

  /// `n` keys, independent of each other and of this one's draws; the first ones do not depend on
  /// `n`.
  public Key[] split(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("split needs a count of at least 0, got " + n);
    }
    Key[] keys = new Key[n];
    for (int i = 0; i < n; i++) {
      keys[i] = derived(SPLIT, i);
    }
    return keys;
  }

  /// Two independent keys.
  public Pair split() {
    return new Pair(derived(SPLIT, 0), derived(SPLIT, 1));
  }

  /// What [Key#split()] gives: two independent keys.
  public record Pair(Key first, Key second) {}

  /// A key for this number, such as a step, an epoch or an example; different numbers give
  /// independent keys.
  public Key fold(long data) {
    return derived(FOLD, data);
  }

  private Key derived(long purpose, long data) {
    Philox philox = new Philox();
    philox.block(key ^ purpose, data, stream);
    return new Key(philox.low, philox.high);
  }

  private Generator generator() {
    Generator generator = new Generator();
    generator.use(key, stream);
    return generator;
  }

  // ---- draws ----

  /// Uniform in `[0, 1)`: multiples of 2⁻²⁴ for `F32`, of 2⁻⁵³ for `F64`.
  public Tensor uniform(Shape shape, DType dtype) {
    Block block = floats("uniform", shape, dtype);
    generator().uniform(block);
    return Tensor.over(block);
  }

  /// Uniform in `[low, high)`, both rounded to the dtype.
  public Tensor uniform(Shape shape, DType dtype, double low, double high) {
    Block block = floats("uniform", shape, dtype);
    boolean single = dtype == DType.F32;
    double from = single ? (float) low : low;
    double to = single ? (float) high : high;
    if (!(from < to) || !Double.isFinite(to - from)) {
      throw new IllegalArgumentException(
          "uniform needs low < high, finitely apart in " + dtype + ", got " + low + " and " + high);
    }
    // The sum may round up to the upper end itself.
    double last = single ? Math.nextDown((float) to) : Math.nextDown(to);
    Generator draws = generator();
    for (int i = 0; i < block.size(); i++) {
      block.set(i, Math.min(from + draws.uniform(i) * (to - from), last));
    }
    return Tensor.over(block);
  }

  /// Normal with mean 0 and variance 1.
  ///
  /// Box and Muller: draws `2j` and `2j + 1` are `r cos t` and `r sin t` with `r = √(-2 ln u)`.
  /// With 53 bits in `u` no draw lies further than 8.6 from 0.
  public Tensor normal(Shape shape, DType dtype) {
    Block block = floats("normal", shape, dtype);
    generator().normal(block);
    return Tensor.over(block);
  }

  /// `true` with probability `p`, as `BOOL`.
  public Tensor bernoulli(Shape shape, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("bernoulli needs a probability in 0..1, got " + p);
    }
    Block block = Block.allocate(Spec.of(shape, DType.BOOL));
    Generator draws = generator();
    for (int i = 0; i < block.size(); i++) {
      block.bool()[i] = draws.uniform(i) < p;
    }
    return Tensor.over(block);
  }

  /// Integers in `low..high-1`, each exactly as likely as any other, as `I32`.
  public Tensor integers(Shape shape, int low, int high) {
    if (low >= high) {
      throw new IllegalArgumentException("integers needs low < high, got " + low + " and " + high);
    }
    Block block = Block.allocate(Spec.of(shape, DType.I32));
    Generator draws = generator();
    for (int i = 0; i < block.size(); i++) {
      block.i32()[i] = (int) (low + draws.below(i, (long) high - low));
    }
    return Tensor.over(block);
  }

  /// The numbers `0..n-1` in random order, each order exactly as likely as any other.
  ///
  /// `Tensor.of(key.permutation(n))` picks rows in that order.
  public int[] permutation(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("permutation needs a count of at least 0, got " + n);
    }
    int[] order = new int[n];
    Generator draws = generator();
    for (int i = 0; i < n; i++) {
      int j = (int) draws.below(i, i + 1L);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static Block floats(String draw, Shape shape, DType dtype) {
    if (!dtype.isFloat()) {
      throw new DTypeException(draw + " needs F32 or F64, got " + dtype);
    }
    return Block.allocate(Spec.of(shape, dtype));
  }

  /// The memory to draw from one key after another without allocation. For engines.
  ///
  /// Every draw has 64 random bits: half a Philox block.
  public static final class Generator {
    private final Philox philox = new Philox();
    private long key;
    private long stream;
    private long current = -1;

    /// Memory at the key of seed 0.
    public Generator() {}

    /// Turns to the key of these two components.
    public void use(long key, long stream) {
      this.key = key;
      this.stream = stream;
      current = -1;
    }

    /// Fills a block of `F32` or `F64` as [Key#uniform(Shape, DType)] does.
    public void uniform(Block block) {
      for (int i = 0; i < block.size(); i++) {
        if (block.dtype() == DType.F32) {
          block.f32()[i] = (bits(i) >>> 40) * 0x1p-24f;
        } else {
          block.f64()[i] = (bits(i) >>> 11) * ULP53;
        }
      }
    }

    /// Fills a block of `F32` or `F64` as [Key#normal] does.
    public void normal(Block block) {
      for (int i = 0; i < block.size(); i += 2) {
        // 1 - u lies in (0, 1], so its logarithm is finite.
        double r = Math.sqrt(-2 * StrictMath.log(1 - uniform(i)));
        double t = 2 * Math.PI * uniform(i + 1);
        block.set(i, r * Trigonometry.cos(t));
        if (i + 1 < block.size()) {
          block.set(i + 1, r * Trigonometry.sin(t));
        }
      }
    }

    /// Writes the two components of [Key#fold] into a block of `I64`.
    public void fold(long data, Block into) {
      philox.block(key ^ FOLD, data, stream);
      current = -1;
      into.i64()[0] = philox.low;
      into.i64()[1] = philox.high;
    }

    private long bits(int i) {
      long counter = Integer.toUnsignedLong(i) >>> 1;
      if (counter != current) {
        philox.block(key, counter, stream);
        current = counter;
      }
      return (i & 1) == 0 ? philox.low : philox.high;
    }

    private double uniform(int i) {
      return (bits(i) >>> 11) * ULP53;
    }

    /// Lemire, *Fast random integer generation in an interval*, 2019: the upper half of a product
    /// is unbiased once the few values that would occur too often are drawn again, from a counter
    /// beyond those of `bits`.
    private long below(int i, long bound) {
      long x = bits(i);
      if (x * bound + Long.MIN_VALUE < bound + Long.MIN_VALUE) {
        long excess = Long.remainderUnsigned(-bound, bound);
        for (long again = 1; x * bound + Long.MIN_VALUE < excess + Long.MIN_VALUE; again++) {
          current = -1;
          philox.block(key, again << 32 | i, stream);
          x = philox.low;
        }
      }
      return Math.unsignedMultiplyHigh(x, bound);
    }
  }
}
