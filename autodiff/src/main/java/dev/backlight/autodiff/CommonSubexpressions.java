package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Merges nodes that compute the same: equal ops are interchangeable, so equal inputs mean equal
/// outputs.
///
/// Small constants with the same bits become one first. The first of several equal nodes stays,
/// with the label of whichever had one.
final class CommonSubexpressions {
  private static final int SMALL = 64;

  private CommonSubexpressions() {}

  private record Call(Op op, List<Integer> inputs) {}

  private record Bits(Object spec, List<Double> values, List<Boolean> negativeZero) {}

  static Program merge(Program p) {
    int[] same = new int[p.specs.length];
    Arrays.setAll(same, i -> i);
    Map<Bits, Integer> small = new HashMap<>();
    p.constants.forEach((value, block) -> {
      if (block.size() <= SMALL) {
        Integer first = small.putIfAbsent(bits(block), value);
        same[value] = first == null ? value : first;
      }
    });
    Map<Call, Integer> calls = new HashMap<>();
    List<Node> kept = new ArrayList<>();
    for (Node node : p.nodes) {
      int[] in = node.inputs();
      List<Integer> key = new ArrayList<>();
      for (int k = 0; k < in.length; k++) {
        in[k] = same[in[k]];
        key.add(in[k]);
      }
      Node moved = node.numbered(in, node.output());
      Integer first = calls.putIfAbsent(new Call(node.op(), key), kept.size());
      if (first == null) {
        kept.add(moved);
        continue;
      }
      Node twin = kept.get(first);
      for (int k = 0; k < node.outputs().size(); k++) {
        same[node.output() + k] = twin.output() + k;
      }
      if (twin.label() == null && node.label() != null) {
        kept.set(first, twin.named(node.label()));
      }
    }
    return new Program(
        p.inputs,
        p.captured,
        p.constants,
        kept,
        p.specs,
        Arrays.stream(p.outputs).map(v -> same[v]).toArray(),
        p.guards.stream()
            .map(g -> new Guard(same[g.value()], g.question(), g.answer(), g.where()))
            .distinct()
            .toList(),
        p.pins,
        p.recordedOn);
  }

  /// Doubles hold every small constant exactly except large longs, which [#distinguishable] keeps
  /// apart.
  private static Bits bits(Block block) {
    List<Double> values = new ArrayList<>();
    List<Boolean> negativeZero = new ArrayList<>();
    for (int i = 0; i < block.size(); i++) {
      double v = block.get(i);
      values.add(v);
      negativeZero.add(1 / v < 0);
    }
    Object identity = distinguishable(block) ? block.spec() : Tensor.over(block);
    return new Bits(identity, values, negativeZero);
  }

  private static boolean distinguishable(Block block) {
    return switch (block.dtype()) {
      case F32, F64, I32, BOOL -> true;
      case I64 -> {
        boolean exact = true;
        for (int i = 0; i < block.size(); i++) {
          exact &= Math.abs(block.get(i)) < 1L << 52;
        }
        yield exact;
      }
    };
  }
}
