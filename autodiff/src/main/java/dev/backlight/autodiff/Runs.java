package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The runs of a [Repeat], several at the same time where there are threads and a run is worth it.
///
/// Runs that go together have memory of their own each, and their results are added up in the order
/// of the runs: the bits are those of one thread.
final class Runs implements Op.Kernel, Threads.Task {
  /// Floating-point operations of a run below which it is not worth a thread.
  private static final long WORTH = 1 << 18;

  /// Bytes that all runs at a time may take together, if that is more than one takes.
  private static final long MOST = 1L << 28;

  private final Block[] in;
  private final Block[] out;
  private final int length;
  private final boolean[] slices;
  private final boolean[] stacks;
  private final Workspace workspace;
  private final Player<?, ?>[] players;
  private int first;

  Runs(Repeat op, Block[] in, Block[] out, Workspace workspace) {
    this.in = in;
    this.out = out;
    this.workspace = workspace;
    length = op.length();
    slices = Repeat.flags(op.mapped());
    stacks = Repeat.flags(op.stacked());
    @Nullable Block[] shared = in.clone();
    for (int i = 0; i < in.length; i++) {
      shared[i] = slices[i] ? null : in[i];
    }
    Player<?, ?> one = op.body().player(shared, new Block[out.length], workspace);
    int together = op.body().flops() < WORTH ? 1 : Math.min(Threads.count(), length);
    long room = Math.max(1, MOST / Math.max(1, one.bytes()));
    players = new Player<?, ?>[(int) Math.min(together, room)];
    players[0] = one;
    for (int p = 1; p < players.length; p++) {
      Workspace own = workspace.beside(op.uses());
      players[p] = op.body().player(shared, new Block[out.length], own);
    }
  }

  @Override
  public void run(Block[] same, Block[] too) {
    for (int k = 0; k < out.length; k++) {
      if (!stacks[k]) {
        fillZero(out[k]);
      }
    }
    // One that checks stops at the first fault, which with several at a time were any.
    int together = workspace.isChecked() ? 1 : players.length;
    for (first = 0; first < length; first += together) {
      int parts = Math.min(together, length - first);
      Threads.run(parts, this);
      for (int p = 0; p < parts; p++) {
        for (int k = 0; k < out.length; k++) {
          if (!stacks[k]) {
            accumulate(out[k], players[p].output(k));
          }
        }
      }
    }
  }

  @Override
  public void run(int part, int worker) {
    Player<?, ?> player = players[part];
    for (int i = 0; i < in.length; i++) {
      if (slices[i]) {
        Repeat.read(in[i], first + part, player.input(i));
      }
    }
    player.play();
    for (int k = 0; k < out.length; k++) {
      if (stacks[k]) {
        Repeat.write(player.output(k), out[k], first + part);
      }
    }
  }

  private static void fillZero(Block block) {
    switch (block.dtype()) {
      case F32 -> Arrays.fill(block.f32(), 0, block.size(), 0);
      case F64 -> Arrays.fill(block.f64(), 0, block.size(), 0);
      default -> throw new DTypeException("a sum needs F32 or F64, got " + block.dtype());
    }
  }

  private static void accumulate(Block sum, Block part) {
    int n = sum.size();
    if (sum.dtype() == DType.F32) {
      float[] s = sum.f32();
      float[] x = part.f32();
      for (int i = 0; i < n; i++) {
        s[i] += x[i];
      }
    } else {
      double[] s = sum.f64();
      double[] x = part.f64();
      for (int i = 0; i < n; i++) {
        s[i] += x[i];
      }
    }
  }
}
