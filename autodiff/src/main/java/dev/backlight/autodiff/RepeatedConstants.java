package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Expand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes large constants that repeat a few numbers broadcasts of these again, for players.
///
/// What does not depend on an input is computed when a tape is recorded, and so a number for each
/// channel becomes one for each element where it meets an image. [Fusion] reads broadcasts at their
/// source: the few numbers stay in the first cache, where the many would have come from memory at
/// every play. Values keep every bit.
final class RepeatedConstants {
  private RepeatedConstants() {}

  static Program shrink(Program p) {
    boolean[] fit = read(p);
    Map<Integer, Block> constants = new LinkedHashMap<>();
    List<Spec> specs = new ArrayList<>(Arrays.asList(p.specs));
    List<Node> nodes = new ArrayList<>();
    p.constants.forEach((value, block) -> {
      Tensor source = fit[value] ? source(block) : null;
      if (source == null) {
        constants.put(value, block);
        return;
      }
      Spec spec = p.specs[value];
      nodes.add(
          new Node(
              new Expand(spec.shape()),
              new int[] {specs.size()},
              value,
              List.of(spec),
              "",
              null,
              null));
      constants.put(specs.size(), source.block());
      specs.add(source.spec());
    });
    if (nodes.isEmpty()) {
      return p;
    }
    p.nodes.forEach(node -> nodes.add(node.numbered(node.inputs(), node.output())));
    return DeadCode.remove(p.rewritten(constants, nodes, specs, p.values()));
  }

  /// Which values are large and read by nothing but pointwise nodes.
  private static boolean[] read(Program p) {
    boolean[] fit = new boolean[p.specs.length];
    for (int value : p.constants.keySet()) {
      fit[value] = p.specs[value].shape().elements() >= Fusion.LEAST;
    }
    for (Node node : p.nodes) {
      for (int k = 0; k < node.arity(); k++) {
        fit[node.input(k)] &= node.op().isPointwise() && node.outputs().size() == 1;
      }
    }
    Arrays.stream(p.outputs).forEach(value -> fit[value] = false);
    p.guards.forEach(guard -> fit[guard.value()] = false);
    return fit;
  }

  /// The numbers that are repeated, or `null` if there are as many as elements, or if they are not
  /// repeated in a way that is read at the source.
  private static @Nullable Tensor source(Block block) {
    Tensor all = Tensor.over(block);
    Tensor source = all;
    int inner = 1;
    for (int axis = all.rank() - 1; axis >= 0; axis--) {
      int n = all.size(axis);
      if (n > 1 && repeats(block.array(), block.size(), n * inner, inner)) {
        source = source.slice(axis, 0, 1);
      }
      inner *= n;
    }
    boolean read =
        source.elements() < all.elements()
            && Fused.Read.repeated(source.shape(), all.shape()) != null;
    return read ? source : null;
  }

  /// Whether in every stretch of `n` elements each is the one `step` before.
  private static boolean repeats(Object array, int size, int n, int step) {
    for (int at = 0; at < size; at += n) {
      int end = at + n;
      int differs =
          switch (array) {
            case float[] x -> Arrays.mismatch(x, at, end - step, x, at + step, end);
            case double[] x -> Arrays.mismatch(x, at, end - step, x, at + step, end);
            case int[] x -> Arrays.mismatch(x, at, end - step, x, at + step, end);
            case long[] x -> Arrays.mismatch(x, at, end - step, x, at + step, end);
            case boolean[] x -> Arrays.mismatch(x, at, end - step, x, at + step, end);
            default -> 0;
          };
      if (differs >= 0) {
        return false;
      }
    }
    return true;
  }
}
