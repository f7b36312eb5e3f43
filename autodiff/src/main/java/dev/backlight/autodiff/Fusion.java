package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Reshape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Brings pointwise nodes that feed each other, and what goes along their rows, together into one
/// [Fused] node, for players: their large values then live a piece at a time in the cache and are
/// never written to memory.
///
/// A node has a stage: how many times one has to leave a chain of nodes that may be members of one
/// group on the longest way to it; what is needed only later, and reads no more than one large
/// value that a node made, is put off to the stage of those who need it. Connected members of one
/// stage are a group. No way can lead out of a group and back into it, because leaving means a
/// higher stage.
///
/// Pointwise nodes may be members if their sizes are equal, others if their [Rows] are.
///
/// Reshapes inside a group cost nothing, as elements are counted off in order; a broadcast that
/// only groups read is read by them where its source is. Values keep every bit.
final class Fusion {
  /// Smaller values are in the cache anyway.
  static final int LEAST = 2 * Fused.PIECE;

  /// From here on a single node is worth sharing among threads.
  static final int SHARED = 64 * Fused.PIECE;

  private final Program p;
  private final @Nullable Node[] makers;
  private final int[] place;

  /// The rows that each node goes along, or `null`.
  private final @Nullable Rows[] rows;

  /// For each node the first one of its group; its own place if it has none.
  private final int[] group;

  /// Whether not all members of a group are pointwise.
  private final boolean[] mixed;

  /// The nodes that a group runs again besides its own.
  private Map<Integer, Set<Integer>> again = Map.of();

  private Fusion(Program p) {
    this.p = p;
    makers = p.makers();
    place = new int[p.specs.length];
    for (int n = 0; n < p.nodes.size(); n++) {
      for (int k = 0; k < p.nodes.get(n).outputs().size(); k++) {
        place[p.nodes.get(n).output() + k] = n;
      }
    }
    rows = Rows.of(p);
    group = new int[p.nodes.size()];
    Arrays.setAll(group, i -> i);
    mixed = new boolean[group.length];
  }

  /// The program as players run it.
  static Program fuse(Program p) {
    return fuse(p, true);
  }

  /// As [#fuse(Program)]; without `anew` no node is run twice.
  static Program fuse(Program p, boolean anew) {
    Fusion fusion = new Fusion(p);
    if (!fusion.group()) {
      return p;
    }
    if (anew) {
      fusion.again =
          Rematerialisation.of(p, fusion.place, fusion.group, fusion.outside(), fusion::isJoining);
    }
    return DeadCode.remove(fusion.fused());
  }

  /// Whether a node could be a member of the group that another leads.
  private boolean isJoining(int leader, int n) {
    return isFree(n) && size(p.nodes.get(n)) == groupSize(n) && isWithin(leader, n);
  }

  /// Whether a node may be a member of a group.
  private boolean isFree(int n) {
    Node node = p.nodes.get(n);
    return rows[n] != null || size(node) >= LEAST && isPointwise(node);
  }

  /// Whether every element of the only output depends on the same element of the inputs.
  static boolean isPointwise(Node node) {
    return node.outputs().size() == 1 && (node.op() instanceof Reshape || node.op().isPointwise());
  }

  private int size(Node node) {
    return p.specs[node.output()].shape().elements();
  }

  /// Elements of the group that a node may be a member of.
  private int groupSize(int n) {
    Rows along = rows[n];
    return along == null ? size(p.nodes.get(n)) : along.elements();
  }

  /// Whether a node that may be a member may be one of the same group as another, which it reads.
  private boolean isWithin(int n, int m) {
    return Objects.equals(rows[n], rows[m]) && groupSize(n) == groupSize(m);
  }

  /// Finds the groups; whether there are any.
  private boolean group() {
    int[] stage = new int[p.nodes.size()];
    boolean[] free = new boolean[p.nodes.size()];
    for (int n = 0; n < stage.length; n++) {
      Node node = p.nodes.get(n);
      free[n] = isFree(n);
      for (int k = 0; k < node.arity(); k++) {
        Node maker = makers[node.input(k)];
        boolean atSource = free[n] && isReadAtSource(node.input(k));
        if (maker != null && atSource) {
          maker = makers[maker.input(0)];
        }
        if (maker != null) {
          int m = place[maker.output()];
          boolean within = free[n] && free[m] && isWithin(n, m) && !atSource;
          stage[n] = Math.max(stage[n], within ? stage[m] : stage[m] + 1);
        }
      }
    }
    putOff(stage, free);
    for (int n = 0; n < stage.length; n++) {
      Node node = p.nodes.get(n);
      for (int k = 0; free[n] && k < node.arity(); k++) {
        Node maker = makers[node.input(k)];
        if (maker != null) {
          int m = place[maker.output()];
          if (free[m] && stage[m] == stage[n] && isWithin(n, m)) {
            int one = root(m);
            int other = root(n);
            group[Math.max(one, other)] = Math.min(one, other);
          }
        }
      }
    }
    Map<Integer, Integer> work = new HashMap<>();
    for (int n = 0; n < group.length; n++) {
      group[n] = root(n);
      work.merge(group[n], free[n] ? worth(p.nodes.get(n)) : 0, Integer::sum);
      mixed[group[n]] |= rows[n] != null && !isPointwise(p.nodes.get(n));
    }
    boolean any = false;
    for (int n = 0; n < group.length; n++) {
      int size = mixed[group[n]] ? groupSize(n) : size(p.nodes.get(n));
      int least = size < LEAST ? Integer.MAX_VALUE : size >= SHARED ? 1 : 2;
      boolean stays = work.getOrDefault(group[n], 0) >= least;
      any |= stays;
      if (!stays) {
        group[n] = -1 - n;
      }
    }
    return any;
  }

  private void putOff(int[] stage, boolean[] free) {
    int[] latest = new int[stage.length];
    Arrays.fill(latest, Integer.MAX_VALUE);
    for (int output : p.outputs) {
      if (makers[output] != null) {
        latest[place[output]] = 0;
      }
    }
    for (int n = stage.length - 1; n >= 0; n--) {
      Node node = p.nodes.get(n);
      int large = 0;
      for (int k = 0; k < node.arity(); k++) {
        boolean made = makers[node.input(k)] != null && broadcast(node.input(k)) == null;
        large += made && p.specs[node.input(k)].shape().elements() >= size(node) ? 1 : 0;
      }
      if (free[n] && isPointwise(node) && large <= 1 && latest[n] < Integer.MAX_VALUE) {
        stage[n] = Math.max(stage[n], latest[n]);
      }
      for (int k = 0; k < node.arity(); k++) {
        Node maker = makers[node.input(k)];
        if (maker != null) {
          int m = place[maker.output()];
          boolean within = free[n] && free[m] && isWithin(n, m);
          latest[m] = Math.min(latest[m], within ? stage[n] : stage[n] - 1);
        }
      }
    }
  }

  /// What a node adds to a group: nothing, if it only moves.
  private int worth(Node node) {
    if (node.op() instanceof Reshape || node.op() instanceof Expand) {
      return 0;
    }
    int worth = 1;
    for (int k = 0; k < node.arity(); k++) {
      worth += broadcast(node.input(k)) == null ? 0 : 1;
    }
    return worth;
  }

  private int root(int n) {
    int r = n;
    while (group[r] != r) {
      r = group[r];
    }
    for (int i = n; group[i] != r; ) {
      int next = group[i];
      group[i] = r;
      i = next;
    }
    return r;
  }

  /// The broadcast that makes a value, if a group can read it at its source.
  private @Nullable Node broadcast(int value) {
    Node maker = makers[value];
    return maker != null && pattern(maker) != null ? maker : null;
  }

  /// Whether members never wait for a value, because they read what it repeats.
  private boolean isReadAtSource(int value) {
    Node maker = broadcast(value);
    return maker != null && rows[place[maker.output()]] == null;
  }

  private Fused.@Nullable Read pattern(Node maker) {
    return maker.op() instanceof Expand expand
        ? Fused.Read.repeated(p.specs[maker.input(0)].shape(), expand.to())
        : null;
  }

  private Program fused() {
    Map<Integer, List<Node>> groups = new LinkedHashMap<>();
    for (int n = 0; n < group.length; n++) {
      groups
          .computeIfAbsent(group[n], g -> new ArrayList<>(nodes(again.getOrDefault(g, Set.of()))))
          .add(p.nodes.get(n));
    }
    List<Spec> specs = new ArrayList<>(Arrays.asList(p.specs));
    int[] moved = p.values();
    Set<Integer> outside = outside();
    List<List<Node>> order = GroupOrder.of(groups, makers, n -> group[place[n.output()]]);
    List<Node> nodes = new ArrayList<>();
    for (List<Node> members : order) {
      boolean alone = group(members) < 0;
      nodes.add(alone ? members.getFirst() : fused(members, outside, specs, moved));
      // What only spreads numbers over rows is done again by itself for those outside.
      members.stream()
          .filter(n -> !alone && n.op() instanceof Expand && outside.contains(n.output()))
          .forEach(nodes::add);
    }
    List<Node> renamed = new ArrayList<>();
    for (Node node : nodes) {
      int[] in = node.inputs();
      for (int k = 0; k < in.length; k++) {
        in[k] = moved[in[k]];
      }
      renamed.add(node.numbered(in, node.output()));
    }
    return p.rewritten(p.constants, renamed, specs, moved);
  }

  private List<Node> nodes(Set<Integer> places) {
    return places.stream().map(p.nodes::get).toList();
  }

  /// The group of which these are the nodes: those that are run again come first.
  private int group(List<Node> members) {
    return group[place[members.getLast().output()]];
  }

  /// Values that are read by nodes of other groups, by guards or by whoever plays.
  private Set<Integer> outside() {
    Set<Integer> outside = new LinkedHashSet<>();
    Arrays.stream(p.outputs).forEach(outside::add);
    p.guards.forEach(guard -> outside.add(guard.value()));
    for (int n = group.length - 1; n >= 0; n--) {
      Node node = p.nodes.get(n);
      boolean spread = node.op() instanceof Expand && outside.contains(node.output());
      for (int k = 0; k < node.arity(); k++) {
        int value = node.input(k);
        if (makers[value] != null && (spread || !has(group[n], value))) {
          outside.add(value);
        }
      }
    }
    again.forEach((g, places) -> {
      for (Node node : nodes(places)) {
        for (int value : node.inputs()) {
          if (makers[value] != null && !has(g, value)) {
            outside.add(value);
          }
        }
      }
    });
    return outside;
  }

  /// Whether a group makes a value for itself.
  private boolean has(int g, int value) {
    return group[place[value]] == g || again.getOrDefault(g, Set.of()).contains(place[value]);
  }

  /// One node for a group; its outputs get new numbers behind all others.
  private Node fused(List<Node> members, Set<Integer> outside, List<Spec> specs, int[] moved) {
    int mine = group(members);
    Rows along = mixed[mine] ? rows[mine] : null;
    FusedBuilder builder =
        along == null
            ? new FusedBuilder(size(members.getLast()), 0)
            : new FusedBuilder(along.elements(), along.columns());
    Map<Integer, Integer> local = new HashMap<>();
    List<Integer> inputs = new ArrayList<>();
    for (Node node : members) {
      int[] in = new int[node.arity()];
      for (int k = 0; k < in.length; k++) {
        int value = node.input(k);
        Integer known = local.get(value);
        if (known == null) {
          Node maker = isNarrow(value, along) ? null : broadcast(value);
          Fused.Read read = maker == null ? null : pattern(maker);
          inputs.add(maker == null ? value : maker.input(0));
          known = builder.read(p.specs[value], read == null ? Fused.Read.WHOLE : read);
          local.put(value, known);
        }
        in[k] = known;
      }
      boolean moves = node.op() instanceof Reshape;
      int first = moves ? in[0] : builder.step(node, read(node), in);
      for (int k = 0; k < node.outputs().size(); k++) {
        local.put(node.output() + k, first + k);
      }
    }
    List<Spec> made = new ArrayList<>();
    int first = specs.size();
    for (Node node : members) {
      for (int k = 0; k < node.outputs().size() && !(node.op() instanceof Expand); k++) {
        int value = node.output() + k;
        if (outside.contains(value) && group[place[value]] == mine) {
          moved[value] = specs.size();
          specs.add(p.specs[value]);
          made.add(p.specs[value]);
          builder.write(Objects.requireNonNull(local.get(value)));
        }
      }
    }
    Node leader =
        members.stream()
            .filter(n -> group[place[n.output()]] == mine && !(n.op() instanceof Reshape))
            .findFirst()
            .orElseThrow();
    return new Node(
        builder.build(),
        inputs.stream().mapToInt(i -> i).toArray(),
        first,
        List.copyOf(made),
        leader.where(),
        leader.behind(),
        null);
  }

  private boolean isNarrow(int value, @Nullable Rows along) {
    return along != null && p.specs[value].shape().elements() != along.elements();
  }

  private List<Spec> read(Node node) {
    return Arrays.stream(node.inputs()).mapToObj(value -> p.specs[value]).toList();
  }
}
