package dev.backlight.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Groups of nodes in an order in which each finds what it reads; otherwise as they were.
final class GroupOrder {
  private GroupOrder() {}

  /// The groups in order. A node may be run again by other groups than its own.
  ///
  /// @param makers the node that makes each value, `null` if none does
  /// @param own the key of the group that a node belongs to
  static List<List<Node>> of(
      Map<Integer, List<Node>> keyed, @Nullable Node[] makers, ToIntFunction<Node> own) {
    List<List<Node>> groups = List.copyOf(keyed.values());
    Map<Integer, Integer> index = new HashMap<>();
    keyed.keySet().forEach(key -> index.put(key, index.size()));
    List<Set<Integer>> readers = new ArrayList<>();
    groups.forEach(_ -> readers.add(new LinkedHashSet<>()));
    int[] waiting = new int[groups.size()];
    for (int g = 0; g < waiting.length; g++) {
      for (Node node : groups.get(g)) {
        for (int k = 0; k < node.arity(); k++) {
          Node maker = makers[node.input(k)];
          int from = maker == null ? g : index.getOrDefault(own.applyAsInt(maker), g);
          if (from != g && readers.get(from).add(g)) {
            waiting[g]++;
          }
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int g = 0; g < waiting.length; g++) {
      if (waiting[g] == 0) {
        ready.add(g);
      }
    }
    List<List<Node>> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int g = ready.remove();
      order.add(groups.get(g));
      for (int reader : readers.get(g)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    return order;
  }
}
