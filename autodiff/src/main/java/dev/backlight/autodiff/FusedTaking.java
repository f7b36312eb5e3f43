package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Parts;
import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs a [FusedImages]: its loops take the parts of the convolution's result as they come. Until
/// the loops are ready, and where every node is to be looked at, the nodes run one after the other.
final class FusedTaking implements Op.Kernel, Parts.Taker {
  /// Elements that are pooled at a time, while they are in the first cache.
  private static final int POOLED = 1 << 13;

  private final FusedImages op;
  private final FusedLoops loops;
  private final Fused.Registers registers;
  private final boolean[] fixed;
  private final boolean always;
  private final int plane;
  private final Op.Kernel convolution;
  private final FusedPieces pieces;
  private final FusedLooping.Worker[] workers;
  private final Parts.@Nullable Pooling pooling;
  private final Block[] grouped;
  private final Block[] pooled;

  /// For each worker, planes that the pool reads and nobody else does.
  private final Block[] passing;

  private @Nullable Apart apart;

  FusedTaking(
      FusedImages op,
      Block[] in,
      Block[] out,
      Fused.Registers registers,
      boolean[] fixed,
      boolean always) {
    this.op = op;
    this.registers = registers;
    this.fixed = fixed;
    this.always = always;
    Fused chain = op.chain();
    loops = Objects.requireNonNull(FusedLoops.of(chain));
    Spec made = op.made();
    plane = made.shape().size(2) * made.shape().size(3);
    convolution = Parts.of(op.maker().op(), op.specs(), made, fixed, this);
    pooling = op.pooling();
    passing = new Block[Threads.count()];
    Arrays.setAll(passing, w -> planes(0));
    Block nothing = Block.allocate(made.with(Shape.of(0)));
    Block[] reads = op.readByGroup(in, nothing);
    grouped = op.writtenByGroup(out, nothing);
    pooled = op.writtenByPool(out);
    FusedPieces.Worker[] memory = new FusedPieces.Worker[passing.length];
    Arrays.setAll(
        memory, w -> new FusedPieces.Worker(chain, reads, grouped, registers.of(w, chain)));
    workers = new FusedLooping.Worker[memory.length];
    Arrays.setAll(workers, w -> new FusedLooping.Worker(loops, reads, grouped, memory[w]));
    pieces = new FusedPieces(chain, memory, registers);
  }

  /// Memory for planes that the pool reads.
  private Block planes(int count) {
    return Block.allocate(op.made().with(Shape.of(count * plane)));
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (registers.isChecked() || !(loops.isReady() || always)) {
      if (apart == null) {
        apart = new Apart(in, out);
      }
      apart.run();
      return;
    }
    apart = null;
    pieces.forget();
    convolution.run(in, out);
  }

  @Override
  public void take(int first, int count, int begin, int end, Object z, int at, int step, int w) {
    if (pooling != null) {
      int some = step == plane ? Math.max(1, POOLED / plane) : 1;
      for (int p = 0; p < count; p += some) {
        pool(first + p, Math.min(some, count - p), z, at + p * step, w);
      }
    } else if (end - begin == plane && step == plane) {
      chain(first * plane, (first + count) * plane, z, at, w);
    } else {
      for (int p = 0; p < count; p++) {
        int from = (first + p) * plane;
        chain(from + begin, from + end, z, at + p * step, w);
      }
    }
  }

  /// What the group makes of elements `from … to` of the result, which lie at `z[at]`.
  private void chain(int from, int to, Object z, int at, int w) {
    workers[w].lend(op.staged(), z, from - at);
    workers[w].run(from, to);
  }

  /// What the pool makes of some whole planes.
  private void pool(int first, int count, Object z, int at, int w) {
    int from = first * plane;
    if (op.drops()) {
      if (passing[w].size() < count * plane) {
        passing[w] = planes(count);
      }
      workers[w].lend(FusedLoops.output(op.pooled()), passing[w].array(), from);
    }
    chain(from, from + count * plane, z, at, w);
    Object planes = (op.drops() ? passing[w] : grouped[op.pooled()]).array();
    Objects.requireNonNull(pooling)
        .run(planes, op.drops() ? first : 0, pooled, first, first + count);
  }

  /// The nodes one after the other, through memory that nobody needs later.
  private final class Apart {
    private final Block[] given;
    private final Block[] made;
    private final Block[] reads;
    private final Block[] writes;
    private final Op.Kernel first;
    private final Op.Kernel second;
    private final Block[] pools;

    Apart(Block[] in, Block[] out) {
      Spec spec = op.made();
      made = new Block[] {Block.allocate(spec)};
      given = Arrays.copyOf(in, op.maker().arity());
      first = op.maker().op().planned(op.specs(), new Spec[] {spec}, fixed);
      reads = op.readByGroup(in, made[0]);
      writes = op.writtenByGroup(out, made[0]);
      if (op.drops()) {
        writes[op.pooled()] = Block.allocate(op.group().outputs().get(op.pooled()));
      }
      second = op.chain().bound(reads, writes, registers);
      pools = op.pool() == null ? new Block[0] : new Block[] {writes[op.pooled()]};
    }

    void run() {
      first.run(given, made);
      if (registers.isChecked()) {
        NotFinite.check(op.maker(), given, made);
      }
      second.run(reads, writes);
      Node pool = op.pool();
      if (pool != null && pooling != null) {
        pooling.run(pools[0].array(), 0, pooled, 0, made[0].size() / plane);
        if (registers.isChecked()) {
          NotFinite.check(pool, pools, pooled);
        }
      }
    }
  }
}
