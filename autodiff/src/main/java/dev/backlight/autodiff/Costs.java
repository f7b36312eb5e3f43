package dev.backlight.autodiff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What every node of a tape cost in one play: time, floating-point operations, bytes that it reads
/// and writes. It prints as a table, the dearest kind of op first.
///
/// Times are those of a single play, so a cold one tells of compiling more than of computing: play
/// a few thousand times before. [Player#costs()] makes it.
///
/// @param nodes one entry a node, in the order in which they ran
public record Costs(List<Cost> nodes) {
  /// What one node cost.
  ///
  /// @param node the node
  /// @param nanos how long it took
  /// @param flops floating-point operations, a multiplication with an addition as two
  /// @param bytes read and written
  public record Cost(Node node, long nanos, long flops, long bytes) {}

  /// What all nodes of one op cost together.
  ///
  /// @param op the name of the op
  /// @param count how many nodes
  /// @param nanos how long they took
  /// @param flops floating-point operations
  /// @param bytes read and written
  public record Sum(String op, int count, long nanos, long flops, long bytes) {
    private Sum plus(Cost cost) {
      return new Sum(
          op, count + 1, nanos + cost.nanos(), flops + cost.flops(), bytes + cost.bytes());
    }
  }

  public Costs {
    nodes = List.copyOf(nodes);
  }

  /// One entry for each op that occurs, the dearest first.
  public List<Sum> byOp() {
    Map<String, Sum> sums = new LinkedHashMap<>();
    for (Cost cost : nodes) {
      String op = cost.node().op().name();
      sums.put(op, sums.getOrDefault(op, new Sum(op, 0, 0, 0, 0)).plus(cost));
    }
    List<Sum> sorted = new ArrayList<>(sums.values());
    sorted.sort(Comparator.comparingLong(Sum::nanos).reversed());
    return List.copyOf(sorted);
  }

  /// All nodes together.
  public Sum total() {
    Sum total = new Sum("all", 0, 0, 0, 0);
    for (Cost cost : nodes) {
      total = total.plus(cost);
    }
    return total;
  }

  /// A table with a line for each op and one for all.
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-20s %6s %12s %6s %10s %12s %9s%n",
            "op", "nodes", "time", "share", "MFLOP", "bytes", "GFLOP/s"));
    Sum total = total();
    for (Sum sum : byOp()) {
      line(table, sum, total);
    }
    line(table, total, total);
    return table.toString().stripTrailing();
  }

  private static void line(StringBuilder table, Sum sum, Sum total) {
    double share = total.nanos() == 0 ? 0 : 100.0 * sum.nanos() / total.nanos();
    double speed = sum.nanos() == 0 ? 0 : (double) sum.flops() / sum.nanos();
    table.append(
        String.format(
            Locale.ROOT,
            "%-20s %6d %9.1f µs %5.1f%% %10.3f %12d %9.2f%n",
            sum.op(),
            sum.count(),
            sum.nanos() / 1e3,
            share,
            sum.flops() / 1e6,
            sum.bytes(),
            speed));
  }
}
