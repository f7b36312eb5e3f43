package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Chain;
import dev.backlight.core.op.Parts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A convolution, the pointwise nodes that alone read its result, and perhaps a pool of what they
/// make, as one: each part of the result goes through all of them while it is in the cache, and
/// large values that nobody else reads are never written down. Made by [ImageFusion] for players.
///
/// It reads what the convolution reads, then what the others read besides its result; it makes what
/// they make, then what the pool makes.
///
/// @param maker the convolution
/// @param read specs of what it reads
/// @param group the pointwise nodes, a [Fused]
/// @param staged which input of the group is the result of the convolution
/// @param pool the pool, if there is one
/// @param pooled which output of the group it reads
/// @param drops whether nobody else reads that
record FusedImages(
    Node maker,
    List<Spec> read,
    Node group,
    int staged,
    @Nullable Node pool,
    int pooled,
    boolean drops)
    implements Op.Nested {
  /// Such a node of these, or `null` if they cannot go through the cache together.
  static @Nullable FusedImages of(
      Node maker, List<Spec> read, Node group, int staged, @Nullable Node pool, boolean drops) {
    Fused chain = (Fused) group.op();
    Spec made = maker.outputs().getFirst();
    int rank = made.shape().rank();
    int plane = made.shape().size(rank - 2) * made.shape().size(rank - 1);
    int least = Parts.least(maker.op(), read.toArray(Spec[]::new), made);
    FusedLoops loops = chain.columns() > 0 ? null : FusedLoops.of(chain);
    boolean[] loaded = loops == null ? new boolean[0] : loops.loaded();
    int[] copied = loops == null ? new int[0] : loops.copied();
    boolean fits =
        loops != null
            && chain.elements() == made.shape().elements()
            && least >= (pool == null ? Chain.LEAST : Math.max(Chain.LEAST, plane))
            && loops.stages.stream().allMatch(stage -> stage.chain() != null)
            && IntStream.range(0, copied.length).allMatch(k -> copied[k] == FusedLoops.output(k))
            && IntStream.range(0, loaded.length)
                .allMatch(k -> isByPlanes(chain.reads().get(k), loaded[k], plane));
    int pooled = pool == null ? -1 : pool.input(0) - group.output();
    return fits ? new FusedImages(maker, read, group, staged, pool, pooled, drops) : null;
  }

  /// Whether a part of a plane can be read alone.
  private static boolean isByPlanes(Fused.Read read, boolean isLoaded, int plane) {
    if (read.isWhole()) {
      return !isLoaded;
    }
    return read.period() == 1 || (read.times() == 1 ? read.period() : read.times()) % plane == 0;
  }

  Fused chain() {
    return (Fused) group.op();
  }

  /// What the convolution makes.
  Spec made() {
    return maker.outputs().getFirst();
  }

  /// Of what the convolution reads.
  Spec[] specs() {
    return read.toArray(Spec[]::new);
  }

  /// How the pool goes about planes, `null` if there is none.
  Parts.@Nullable Pooling pooling() {
    return pool == null
        ? null
        : Parts.pooling(pool.op(), group.outputs().get(pooled), pool.outputs().getFirst());
  }

  /// The values that a node of these reads.
  int[] inputs() {
    return IntStream.concat(
            Arrays.stream(maker.inputs()),
            IntStream.range(0, group.arity()).filter(k -> k != staged).map(group::input))
        .toArray();
  }

  /// The values that it makes.
  int[] outputs() {
    List<Integer> all = new ArrayList<>();
    for (int k = 0; k < group.outputs().size(); k++) {
      if (!drops || k != pooled) {
        all.add(group.output() + k);
      }
    }
    for (int k = 0; pool != null && k < pool.outputs().size(); k++) {
      all.add(pool.output() + k);
    }
    return all.stream().mapToInt(i -> i).toArray();
  }

  /// Of the blocks that a node of these reads, those of the group, with one for the result of the
  /// convolution.
  Block[] readByGroup(Block[] in, Block result) {
    List<Block> all = new ArrayList<>(Arrays.asList(in).subList(maker.arity(), in.length));
    all.add(staged, result);
    return all.toArray(Block[]::new);
  }

  /// Of the blocks that it writes, those of the group, with one for what is dropped.
  Block[] writtenByGroup(Block[] out, Block dropped) {
    int n = group.outputs().size() - (drops ? 1 : 0);
    List<Block> all = new ArrayList<>(Arrays.asList(out).subList(0, n));
    if (drops) {
      all.add(pooled, dropped);
    }
    return all.toArray(Block[]::new);
  }

  /// Of the blocks that it writes, those of the pool.
  Block[] writtenByPool(Block[] out) {
    int n = pool == null ? 0 : pool.outputs().size();
    return Arrays.copyOfRange(out, out.length - n, out.length);
  }

  /// The kernel for these blocks; with `always` the loops run from the first play on, ready or not.
  Kernel bound(
      Block[] in, Block[] out, Fused.Registers registers, boolean[] fixed, boolean always) {
    return new FusedTaking(this, in, out, registers, fixed, always);
  }

  @Override
  public String name() {
    return Stream.of(maker, group, pool)
        .filter(Objects::nonNull)
        .map(node -> node.op().name())
        .reduce((a, b) -> a + " " + b)
        .orElseThrow();
  }

  @Override
  public Spec[] infer(Spec... in) {
    throw new UnsupportedOperationException("a fused node is made with its specs");
  }

  @Override
  public void run(Block[] in, Block[] out) {
    bound(in, out, new Fused.Registers(), new boolean[in.length], false).run(in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    throw new UnsupportedOperationException(
        "derivatives are taken of tapes, not of what players run");
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return maker.op().flops(specs(), new Spec[] {made()}) + chain().flops(in, out);
  }
}
