package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import org.jspecify.annotations.Nullable;

/// A convolution or one of its transposes, planned for its sizes: made once for a node, run at
/// every replay, by one caller at a time. A run allocates nothing once its memory has grown.
///
/// The work is cut into units by sizes alone and shared among [Threads]; each unit is computed by
/// one thread in an order of its own, so bits depend on nothing but the sizes and the numbers.
public abstract class FloatConvolution {
  /// Is handed a result part by part, each while it is still in the cache.
  @FunctionalInterface
  public interface Taker {
    /// Takes elements `begin … end` of `count` planes, of which the first is number `first` of all
    /// planes of the result. They begin at `z[at]`, the planes `apart` elements from each other,
    /// and stay there until this returns.
    ///
    /// @param worker who calls: no two that do at the same time have the same number
    void take(int first, int count, int begin, int end, float[] z, int at, int apart, int worker);
  }

  /// The longest chain of multiply-adds in a sum: changing it changes results.
  static final int BLOCK = 256;

  /// Multiplications below which a second thread takes longer to come than the first to finish.
  private static final long WORTH = 1 << 18;

  private static final float[] NOWHERE = {};

  final FloatScalarLoops loops;

  /// Multiplications of a run.
  final long work;

  private FloatTileLoops tiles = FloatScalarTiles.LOOPS;

  /// Who gets the result of this run, if it is not written down.
  @Nullable Taker taker;

  FloatConvolution(FloatScalarLoops loops, long work) {
    this.loops = loops;
    this.work = work;
  }

  /// `z` of the two factors: all of it is written.
  public final void run(float[] x, float[] y, float[] z) {
    tiles = loops.tiles(work);
    compute(x, y, z);
  }

  /// As [#run(float[], float[], float[])], but hands the result over in parts, every element once,
  /// instead of writing it down. Who runs which part is open, and so is their order.
  public final void run(float[] x, float[] y, Taker taker) {
    this.taker = taker;
    try {
      run(x, y, NOWHERE);
    } finally {
      this.taker = null;
    }
  }

  /// How many elements that lie side by side in a plane every part has at least: those of a plane
  /// if parts are whole planes, 0 if the result cannot be handed over.
  public int part() {
    return 0;
  }

  /// Tells whether the second factor will be the same at every run. Answers this.
  public FloatConvolution fixed(boolean second) {
    return this;
  }

  /// The loops of this run: the same from its beginning to its end, as panels depend on them.
  final FloatTileLoops tiles() {
    return tiles;
  }

  abstract void compute(float[] x, float[] y, float[] z);

  /// As many pieces of at most `most` that each of `units` should be cut into, so that all threads
  /// have something to do. Pieces must not change bits.
  final int pieces(int units, int most) {
    if (Threads.count() == 1 || work < WORTH || units >= 2 * Threads.count()) {
      return 1;
    }
    int wanted = Math.ceilDiv(2 * Threads.count(), Math.max(1, units));
    return Math.clamp(Math.min(wanted, work / (WORTH / 2)), 1, Math.max(1, most));
  }

  /// Runs all units, by this thread alone if there is little to do.
  final void share(int units, Threads.Task task) {
    if (work < WORTH) {
      for (int unit = 0; unit < units; unit++) {
        task.run(unit, 0);
      }
    } else {
      Threads.run(units, task);
    }
  }
}
