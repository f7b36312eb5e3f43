package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.parallel.Threads;
import org.jspecify.annotations.Nullable;

/// The steps of a [Scan] over a batch whose examples do not depend on each other: each thread takes
/// some of the examples through all steps. So threads meet once, where otherwise they would meet in
/// every product of every step; no bit depends on who takes which.
final class Shards implements Op.Kernel, Threads.Task {
  /// Operations of all steps below which a second thread is not worth it.
  private static final long WORTH = 1 << 21;

  /// Examples that a thread should have: each reads all weights in every step.
  private static final int LEAST = 4;

  private final Scan op;
  private final Block[] in;
  private final Block[] out;
  private final Workspace workspace;
  private final Steps[] shards;
  private @Nullable Steps whole;

  private Shards(Scan op, Block[] in, Block[] out, Workspace workspace, Steps[] shards) {
    this.op = op;
    this.in = in;
    this.out = out;
    this.workspace = workspace;
    this.shards = shards;
  }

  /// The steps, shared among so many threads where that can be and pays.
  static Op.Kernel of(Scan op, Block[] in, Block[] out, Workspace workspace, int threads) {
    Steps[] shards = shards(op, in, out, workspace, threads);
    return shards == null
        ? Steps.whole(op, in, out, workspace)
        : new Shards(op, in, out, workspace, shards);
  }

  private static Steps @Nullable [] shards(
      Scan op, Block[] in, Block[] out, Workspace workspace, int threads) {
    boolean[] along = new boolean[in.length];
    int rows = 0;
    for (int i = 0; i < in.length; i++) {
      along[i] = i < op.carries() || op.mapped().get(i);
      if (along[i]) {
        Shape shape = op.body().input(i).shape();
        int size = shape.rank() == 0 ? 0 : shape.size(0);
        if (i > 0 && size != rows) {
          return null;
        }
        rows = size;
      }
    }
    int parts = Math.min(threads, rows / LEAST);
    if (parts < 2 || op.flops() < WORTH) {
      return null;
    }
    Steps[] shards = new Steps[parts];
    for (int part = 0; part < parts; part++) {
      int first = rows * part / parts;
      int some = rows * (part + 1) / parts - first;
      Body body = op.body().shard(along, rows, some);
      if (body == null) {
        return null;
      }
      Workspace own = workspace.beside(op.uses(body));
      shards[part] = Steps.of(op, body, in, out, rows, first, some, own);
    }
    return shards;
  }

  @Override
  public void run(Block[] same, Block[] too) {
    if (workspace.isChecked()) {
      whole().run(same, too);
    } else {
      Threads.run(shards.length, this);
    }
  }

  /// What a play that is checked runs, as its complaint tells of whole tensors.
  private Steps whole() {
    Steps all = whole;
    if (all == null) {
      whole = all = Steps.whole(op, in, out, workspace);
    }
    return all;
  }

  @Override
  public void run(int part, int worker) {
    shards[part].run(in, out);
  }
}
