package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.parallel.Threads;
import org.jspecify.annotations.Nullable;

/// A kernel that runs in parts, shared among [Threads]. It belongs to one player.
abstract class Split implements Op.Kernel, Threads.Task {
  /// Work below which a second thread takes longer to come than the first to finish: about ten
  /// microseconds.
  static final long WORTH = 1 << 20;

  private final int parts;
  private Block @Nullable [] in;
  private Block @Nullable [] out;

  Split(int parts) {
    this.parts = parts;
  }

  /// As many parts as `n` things of so many operations each are worth, at most `n`.
  static int parts(int n, long operations) {
    long most = operations / (WORTH / 2);
    return most < 2 || Threads.count() == 1
        ? 1
        : (int) Math.min(n, Math.min(most, 4L * Threads.count()));
  }

  /// Where part `part` of `parts` of `n` things begins.
  static int begin(int part, int parts, int n) {
    return (int) ((long) n * part / parts);
  }

  @Override
  public final void run(Block[] in, Block[] out) {
    if (parts == 1) {
      run(0, 1, in, out);
      return;
    }
    this.in = in;
    this.out = out;
    Threads.run(parts, this);
  }

  @Override
  public final void run(int part, int worker) {
    if (in != null && out != null) {
      run(part, parts, in, out);
    }
  }

  /// Runs one of the parts.
  abstract void run(int part, int parts, Block[] in, Block[] out);
}
