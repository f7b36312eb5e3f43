package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Reshape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Which values of a program share memory: two whose lives do not overlap may.
///
/// Inputs, outputs and constants have memory of their own, so that inputs stay for the next play
/// and outputs until then. A node never writes where it reads, except that the reshape of a value
/// that a node made lies where that value lies, and costs nothing, and that a fused node writes
/// over what nobody reads any more, where that is safe ([Overwriting]).
final class MemoryPlan {
  /// Elements up to which any slot will do, and how many times as large as a value it may be from
  /// there on: the numbers of rows, which live long, are not to hold the memory of an image.
  private static final int SMALL = 1024;

  private static final int WIDE = 8;

  /// The slot of each value; -1 for constants and for values that are given.
  final int[] slot;

  final List<DType> types = new ArrayList<>();
  final List<Integer> sizes = new ArrayList<>();

  MemoryPlan(Program p) {
    this(p, new boolean[p.specs.length]);
  }

  /// A plan that leaves out the values that are `given`: somebody else has their memory.
  MemoryPlan(Program p, boolean[] given) {
    slot = new int[p.specs.length];
    Arrays.fill(slot, -1);
    for (int i = 0; i < p.inputs; i++) {
      slot[i] = given[i] ? -1 : open(p.specs[i]);
    }
    int[] lastUse = lastUses(p);
    int[] same = aliases(p, given, lastUse);
    Free free = new Free();
    for (int n = 0; n < p.nodes.size(); n++) {
      Node node = p.nodes.get(n);
      BitSet over = new BitSet();
      for (int k = 0; k < node.outputs().size(); k++) {
        int value = node.output() + k;
        if (given[value]) {
          continue;
        }
        if (same[value] != value) {
          slot[value] = slot[same[value]];
          continue;
        }
        if (lastUse[value] == Integer.MAX_VALUE) {
          slot[value] = open(p.specs[value]);
          continue;
        }
        int dying = node.op() instanceof Fused op ? dying(op, node, k, n, lastUse, p, over) : -1;
        slot[value] = dying < 0 ? take(free, p.specs[value]) : dying;
      }
      for (int k = 0; k < node.arity(); k++) {
        int value = node.input(k);
        if (slot[value] < 0 || !over.get(slot[value])) {
          release(value, n, lastUse, p, free);
        }
      }
      for (int k = 0; k < node.outputs().size(); k++) {
        release(node.output() + k, n, lastUse, p, free);
      }
    }
  }

  /// The slot of an input that an output may be written over, which is then `over`; -1 if there is
  /// none.
  private int dying(Fused op, Node node, int output, int n, int[] lastUse, Program p, BitSet over) {
    for (int i = 0; i < node.arity(); i++) {
      int value = node.input(i);
      boolean ends = value >= p.inputs && slot[value] >= 0 && lastUse[value] == n;
      if (ends && !over.get(slot[value]) && isSafe(op, node, slot[value], output)) {
        over.set(slot[value]);
        return slot[value];
      }
    }
    return -1;
  }

  /// Whether an output may be written over all inputs that lie in a slot.
  private boolean isSafe(Fused op, Node node, int where, int output) {
    return IntStream.range(0, node.arity())
        .filter(i -> slot[node.input(i)] == where)
        .allMatch(i -> Overwriting.isSafe(op, i, output));
  }

  /// The value whose memory each value has: its own, or that of what it is a reshape of. The first
  /// of them is read until the last of them is.
  private static int[] aliases(Program p, boolean[] given, int[] lastUse) {
    int[] same = IntStream.range(0, p.specs.length).toArray();
    boolean[] made = new boolean[p.specs.length];
    for (Node node : p.nodes) {
      int value = node.output();
      for (int k = 0; k < node.outputs().size(); k++) {
        made[value + k] = true;
      }
      if (node.op() instanceof Reshape) {
        int from = same[node.input(0)];
        boolean free = made[from] && !given[from] && lastUse[from] != Integer.MAX_VALUE;
        if (free && !given[value] && lastUse[value] != Integer.MAX_VALUE) {
          same[value] = from;
          lastUse[from] = Math.max(lastUse[from], lastUse[value]);
        }
      }
    }
    for (int value = 0; value < same.length; value++) {
      lastUse[value] = lastUse[same[value]];
    }
    return same;
  }

  /// The last node that reads each value; forever for outputs, its own node for one that nobody
  /// reads.
  private static int[] lastUses(Program p) {
    int[] last = new int[p.specs.length];
    for (int n = 0; n < p.nodes.size(); n++) {
      Node node = p.nodes.get(n);
      for (int k = 0; k < node.arity(); k++) {
        last[node.input(k)] = n;
      }
      for (int k = 0; k < node.outputs().size(); k++) {
        last[node.output() + k] = n;
      }
    }
    for (int output : p.outputs) {
      last[output] = Integer.MAX_VALUE;
    }
    return last;
  }

  private void release(int value, int n, int[] lastUse, Program p, Free free) {
    boolean own = value < p.inputs || slot[value] < 0;
    if (!own && lastUse[value] == n) {
      free.add(slot[value], types.get(slot[value]), sizes.get(slot[value]));
    }
  }

  /// The smallest free slot that is large enough, but no far larger one; else the largest of the
  /// others, grown; else a new one.
  private int take(Free free, Spec spec) {
    int need = spec.shape().elements();
    int best = free.take(spec.dtype(), need);
    if (best < 0) {
      return open(spec);
    }
    sizes.set(best, Math.max(sizes.get(best), need));
    return best;
  }

  /// The slots that nobody needs at present, by type and size; of equal ones the first that became
  /// free is the first to be taken.
  private static final class Free {
    private final Map<DType, TreeMap<Integer, ArrayDeque<Integer>>> bySize =
        new EnumMap<>(DType.class);
    private final BitSet all = new BitSet();

    void add(int slot, DType dtype, int size) {
      if (!all.get(slot)) {
        all.set(slot);
        bySize
            .computeIfAbsent(dtype, _ -> new TreeMap<>())
            .computeIfAbsent(size, _ -> new ArrayDeque<>())
            .add(slot);
      }
    }

    /// Takes a slot out, -1 if there is none of this type.
    int take(DType dtype, int need) {
      TreeMap<Integer, ArrayDeque<Integer>> slots = bySize.get(dtype);
      if (slots == null || slots.isEmpty()) {
        return -1;
      }
      Map.Entry<Integer, ArrayDeque<Integer>> enough = slots.ceilingEntry(need);
      Map.Entry<Integer, ArrayDeque<Integer>> best = enough != null ? enough : slots.lastEntry();
      if (best.getKey() > Math.max(SMALL, (long) WIDE * need)) {
        best = slots.floorEntry(need);
      }
      if (best == null) {
        return -1;
      }
      int slot = best.getValue().remove();
      if (best.getValue().isEmpty()) {
        slots.remove(best.getKey());
      }
      all.clear(slot);
      return slot;
    }
  }

  private int open(Spec spec) {
    types.add(spec.dtype());
    sizes.add(spec.shape().elements());
    return types.size() - 1;
  }

  /// Fresh memory, one array a slot.
  Object[] allocate() {
    return IntStream.range(0, sizes.size())
        .mapToObj(s -> Block.allocate(Spec.of(Shape.of(sizes.get(s)), types.get(s))).array())
        .toArray();
  }

  /// All slots, the largest first.
  List<Integer> bySize() {
    return IntStream.range(0, sizes.size())
        .boxed()
        .sorted(Comparator.comparing((Integer s) -> sizes.get(s)).reversed())
        .toList();
  }

  /// How much memory a player of the program takes, without constants.
  long bytes() {
    long bytes = 0;
    for (int i = 0; i < types.size(); i++) {
      bytes += (long) types.get(i).bytes() * sizes.get(i);
    }
    return bytes;
  }

  /// A line for each slot: its size, and the values that lie in it one after the other.
  String describe(Program p) {
    List<StringJoiner> values = new ArrayList<>();
    for (int s = 0; s < types.size(); s++) {
      values.add(new StringJoiner(" "));
    }
    long apart = 0;
    for (int v = 0; v < slot.length; v++) {
      if (slot[v] >= 0) {
        values.get(slot[v]).add("%" + v);
        apart += (long) p.specs[v].dtype().bytes() * p.specs[v].shape().elements();
      }
    }
    StringBuilder text = new StringBuilder();
    for (int s = 0; s < types.size(); s++) {
      long bytes = (long) types.get(s).bytes() * sizes.get(s);
      text.append(
          String.format(Locale.ROOT, "slot %-4d %-4s %,12d bytes   ", s, types.get(s), bytes));
      text.append(values.get(s)).append('\n');
    }
    return text.append(String.format(Locale.ROOT, "%,d bytes; %,d without sharing", bytes(), apart))
        .toString();
  }
}
