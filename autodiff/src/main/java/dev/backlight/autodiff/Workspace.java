package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The memory that the programs inside the nodes of one player take turns in.
///
/// Only one node runs at a time, so a chain of a hundred calls needs the memory of the largest. A
/// program inside a program gets what lies behind its surroundings' share.
final class Workspace {
  private final Map<DType, List<Object>> arrays;
  private final Map<DType, Integer> from;

  /// Those of all fused nodes, which also know whether to look out for NaN and infinities.
  private final Fused.Registers registers;

  /// For programs that run at the same time as those here.
  private final List<Workspace> others;

  /// What holds the same numbers at every play, whichever program reads it.
  private final Set<Block> fixed;

  private Workspace(
      Map<DType, List<Object>> arrays,
      Map<DType, Integer> from,
      Fused.Registers registers,
      List<Workspace> others,
      Set<Block> fixed) {
    this.arrays = arrays;
    this.from = from;
    this.registers = registers;
    this.others = others;
    this.fixed = fixed;
  }

  void fix(Block constant) {
    fixed.add(constant);
  }

  boolean isFixed(Block block) {
    return fixed.contains(block);
  }

  void check() {
    registers.check();
  }

  boolean isChecked() {
    return registers.isChecked();
  }

  Fused.Registers registers() {
    return registers;
  }

  /// Fresh memory for the nests among the nodes of a program.
  static Workspace of(Program program) {
    return allocate(need(program), identities());
  }

  /// Fresh memory for programs that take turns.
  static Workspace of(List<Nest.Use> uses) {
    return of(uses, identities());
  }

  private static Workspace of(List<Nest.Use> uses, Set<Block> fixed) {
    Map<DType, List<Integer>> most = new EnumMap<>(DType.class);
    uses.forEach(use -> raise(most, need(use)));
    return allocate(most, fixed);
  }

  private static Set<Block> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static Workspace allocate(Map<DType, List<Integer>> need, Set<Block> fixed) {
    Map<DType, List<Object>> arrays = new EnumMap<>(DType.class);
    need.forEach((dtype, sizes) ->
        arrays.put(
            dtype,
            sizes.stream().map(n -> Block.allocate(Spec.of(Shape.of(n), dtype)).array()).toList()));
    return new Workspace(arrays, Map.of(), new Fused.Registers(), new ArrayList<>(), fixed);
  }

  private static Map<DType, List<Integer>> need(Program program) {
    Map<DType, List<Integer>> most = new EnumMap<>(DType.class);
    for (Node node : program.nodes) {
      if (node.op() instanceof Nest nest) {
        nest.uses().forEach(use -> raise(most, need(use)));
      }
    }
    return most;
  }

  private static Map<DType, List<Integer>> need(Nest.Use use) {
    Program program = use.body().program.playable();
    MemoryPlan plan = new MemoryPlan(program, use.given());
    Map<DType, List<Integer>> all = new EnumMap<>(DType.class);
    for (int slot : plan.bySize()) {
      all.computeIfAbsent(plan.types.get(slot), _ -> new ArrayList<>()).add(plan.sizes.get(slot));
    }
    need(program)
        .forEach(
            (dtype, sizes) -> all.computeIfAbsent(dtype, _ -> new ArrayList<>()).addAll(sizes));
    return all;
  }

  private static void raise(Map<DType, List<Integer>> most, Map<DType, List<Integer>> other) {
    other.forEach((dtype, sizes) -> {
      List<Integer> mine = most.computeIfAbsent(dtype, _ -> new ArrayList<>());
      for (int i = 0; i < sizes.size(); i++) {
        if (i < mine.size()) {
          mine.set(i, Math.max(mine.get(i), sizes.get(i)));
        } else {
          mine.add(sizes.get(i));
        }
      }
    });
  }

  /// An array for each slot of a plan.
  Object[] take(MemoryPlan plan) {
    Map<DType, Integer> next = new EnumMap<>(DType.class);
    next.putAll(from);
    Object[] slots = new Object[plan.types.size()];
    for (int slot : plan.bySize()) {
      DType dtype = plan.types.get(slot);
      int i = next.getOrDefault(dtype, 0);
      slots[slot] = arrays.getOrDefault(dtype, List.of()).get(i);
      next.put(dtype, i + 1);
    }
    return slots;
  }

  /// What is left behind the share of a plan.
  Workspace behind(MemoryPlan plan) {
    Map<DType, Integer> next = new EnumMap<>(DType.class);
    next.putAll(from);
    plan.types.forEach(dtype -> next.merge(dtype, 1, Integer::sum));
    return new Workspace(arrays, next, registers, others, fixed);
  }

  /// Fresh memory for programs that run while others run here.
  Workspace beside(List<Nest.Use> uses) {
    Workspace other = of(uses, fixed);
    others.add(other);
    return other;
  }

  long bytes() {
    long bytes = 0;
    for (Map.Entry<DType, List<Object>> each : arrays.entrySet()) {
      for (Object array : each.getValue()) {
        bytes += (long) each.getKey().bytes() * java.lang.reflect.Array.getLength(array);
      }
    }
    for (Workspace other : others) {
      bytes += other.bytes();
    }
    return bytes;
  }
}
