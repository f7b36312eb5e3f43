package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Chain;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Reciprocal;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Sqrt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which pointwise values the groups of [Fusion] compute anew instead of reading what another group
/// would have to write for them.
///
/// The gradient of a GELU reads four values that the function made on its way. Three of them are a
/// few operations on what both can read, so nobody writes them, and the player needs no memory for
/// them from the function to its gradient.
///
/// A value is computed anew by all its readers, or by none, if that saves more bytes of memory
/// traffic than it costs, and takes no more than one operation for each byte: that is about what a
/// byte from the third cache takes. Divisions and roots count eightfold, ops without a formula are
/// never done twice. Inputs that are kept longer for it may not be larger than the value itself.
/// The same ops are computed on the same values: every bit stays.
final class Rematerialisation {
  private static final int SLOW = 8;

  /// More than any value is worth.
  private static final long NEVER = 1 << 20;

  private final Program p;
  private final @Nullable Node[] makers;
  private final int[] place;
  private final int[] group;

  private final Joining joining;

  /// The members of each group.
  private final Map<Integer, List<Integer>> members = new HashMap<>();

  /// Values that lie in memory.
  private final Set<Integer> written;

  /// The nodes that each group runs again, in order.
  private final Map<Integer, Set<Integer>> again = new TreeMap<>();

  /// Whether a node could be a member of a group.
  @FunctionalInterface
  interface Joining {
    boolean test(int group, int node);
  }

  private Rematerialisation(
      Program p, int[] place, int[] group, Set<Integer> written, Joining joining) {
    this.p = p;
    makers = p.makers();
    this.place = place;
    this.group = group;
    this.written = new HashSet<>(written);
    this.joining = joining;
    for (int n = 0; n < group.length; n++) {
      members.computeIfAbsent(group[n], _ -> new ArrayList<>()).add(n);
    }
  }

  /// The nodes that each group runs besides its own.
  ///
  /// @param group the group of every node, negative if it has none
  /// @param written values that groups write for others
  static Map<Integer, Set<Integer>> of(
      Program p, int[] place, int[] group, Set<Integer> written, Joining joining) {
    Rematerialisation pass = new Rematerialisation(p, place, group, written, joining);
    Map<Integer, Set<Integer>> readers = pass.readers();
    // Last ones first: what is run again may read a value that is then computed anew itself.
    for (int value : new TreeSet<>(readers.keySet()).descendingSet()) {
      pass.consider(value, readers);
    }
    return pass.again;
  }

  /// The groups that read each value that one of the others makes pointwise; no value that also
  /// somebody else reads.
  private Map<Integer, Set<Integer>> readers() {
    Map<Integer, Set<Integer>> readers = new TreeMap<>();
    for (int n = 0; n < group.length; n++) {
      Node node = p.nodes.get(n);
      for (int k = 0; k < node.arity(); k++) {
        int value = node.input(k);
        if (isMember(value) && group[place[value]] != group[n]) {
          readers.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(group[n]);
        }
      }
    }
    Set<Integer> given = new HashSet<>();
    Arrays.stream(p.outputs).forEach(given::add);
    p.guards.forEach(guard -> given.add(guard.value()));
    readers
        .entrySet()
        .removeIf(e -> given.contains(e.getKey()) || e.getValue().stream().anyMatch(g -> g < 0));
    return readers;
  }

  /// Whether a value is made by a pointwise member of a group.
  private boolean isMember(int value) {
    Node maker = makers[value];
    return maker != null && group[place[value]] >= 0 && Fusion.isPointwise(maker);
  }

  /// What it takes a group to have a value.
  private final class Bill {
    final int reader;
    final Set<Integer> local = new HashSet<>();
    final Set<Integer> read = new HashSet<>();
    final Set<Integer> nodes = new TreeSet<>();
    final Set<Integer> kept = new HashSet<>();
    long operations;
    long bytes;

    Bill(int reader) {
      this.reader = reader;
      members.getOrDefault(reader, List.of()).forEach(this::enter);
      again.getOrDefault(reader, Set.of()).forEach(this::enter);
    }

    private void enter(int n) {
      Node node = p.nodes.get(n);
      for (int k = 0; k < node.outputs().size(); k++) {
        local.add(node.output() + k);
      }
      Arrays.stream(node.inputs()).forEach(read::add);
    }

    /// Adds what it takes to run the maker of a value.
    void run(int value) {
      Node maker = makers[value];
      int n = place[value];
      if (maker == null || !isMember(value) || !joining.test(reader, n)) {
        operations = NEVER;
        return;
      }
      operations += cost(maker);
      nodes.add(n);
      local.add(value);
      for (int k = 0; k < maker.arity() && operations < NEVER; k++) {
        have(maker.input(k));
      }
    }

    private void have(int value) {
      if (local.contains(value)) {
        return;
      }
      Node maker = makers[value];
      if (maker != null && maker.op() instanceof Expand) {
        // Read at its source; one that spreads numbers of rows stays where it is.
        operations = group[place[value]] < 0 ? operations : NEVER;
      } else if (maker != null && group[place[value]] >= 0 && !written.contains(value)) {
        run(value);
      } else if (read.add(value)) {
        bytes += size(value);
        if (maker != null) {
          kept.add(value);
        }
      }
    }
  }

  private void consider(int value, Map<Integer, Set<Integer>> readers) {
    Set<Integer> all = readers.getOrDefault(value, Set.of());
    long saved = size(value) * (1L + all.size());
    long operations = 0;
    Set<Integer> kept = new HashSet<>();
    Map<Integer, Bill> bills = new TreeMap<>();
    for (int reader : all) {
      Bill bill = new Bill(reader);
      bill.run(value);
      bills.put(reader, bill);
      saved -= bill.bytes;
      operations += bill.operations;
      kept.addAll(bill.kept);
    }
    long longer = kept.stream().mapToLong(this::size).sum();
    long elements = p.specs[value].shape().elements();
    if (saved <= 0 || operations * elements > saved || longer > size(value)) {
      return;
    }
    written.remove(value);
    bills.forEach((reader, bill) -> {
      again.computeIfAbsent(reader, _ -> new TreeSet<>()).addAll(bill.nodes);
      for (int n : bill.nodes) {
        for (int input : p.nodes.get(n).inputs()) {
          if (readers.containsKey(input) && !bill.nodes.contains(place[input])) {
            readers.get(input).add(reader);
          }
        }
      }
    });
  }

  private long size(int value) {
    Spec spec = p.specs[value];
    return (long) spec.shape().elements() * spec.dtype().bytes();
  }

  /// Operations for an element.
  private long cost(Node node) {
    if (node.op() instanceof Reshape) {
      return 0;
    }
    DType[] in =
        Arrays.stream(node.inputs()).mapToObj(v -> p.specs[v].dtype()).toArray(DType[]::new);
    int cost = Chain.cost(node.op(), p.specs[node.output()].dtype(), in);
    boolean slow =
        node.op() instanceof Div
            || node.op() instanceof Over
            || node.op() instanceof Sqrt
            || node.op() instanceof Reciprocal;
    return cost < 0 ? NEVER : slow ? SLOW * (long) cost : cost;
  }
}
