package dev.backlight.autodiff;

import dev.backlight.core.Block;
import java.util.ArrayList;
import java.util.List;

/// The first NaN or infinity of a checked play: the message names the op that made it, the user's
/// line, the place, and the range of what the op read.
public final class NotFinite extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private NotFinite(String message) {
    super(message);
  }

  /// Complains if a node made a NaN out of no NaN, or an infinity out of finite numbers. What
  /// enters as an infinity on purpose (a mask of -∞ before a softmax) is no fault of the node.
  static void check(Node node, Block[] in, Block[] out) {
    for (Block block : out) {
      int nan = first(block, true);
      if (nan >= 0 && !any(in, true)) {
        throw complaint(node, in, block, nan);
      }
      int infinite = first(block, false);
      if (infinite >= 0 && !any(in, false)) {
        throw complaint(node, in, block, infinite);
      }
    }
  }

  private static boolean any(Block[] blocks, boolean nanOnly) {
    for (Block block : blocks) {
      if (first(block, nanOnly) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// The place of the first NaN, or of the first that is not finite; -1 if there is none.
  private static int first(Block block, boolean nanOnly) {
    if (!block.dtype().isFloat()) {
      return -1;
    }
    for (int i = 0; i < block.size(); i++) {
      double v = block.get(i);
      if (nanOnly ? Double.isNaN(v) : !Double.isFinite(v)) {
        return i;
      }
    }
    return -1;
  }

  private static NotFinite complaint(Node node, Block[] in, Block made, int place) {
    StringBuilder text = new StringBuilder();
    if (node.behind() != null) {
      text.append("in the derivative of ").append(node.behind());
      text.append(node.where().isEmpty() ? "" : " at " + node.where()).append(": ");
      text.append(node.op().name());
    } else {
      text.append(node);
    }
    text.append(" made ").append(made.get(place)).append(" at ").append(index(made, place));
    List<String> ranges = new ArrayList<>();
    for (Block block : in) {
      ranges.add(block.shape() + " " + range(block));
    }
    text.append(", from ").append(String.join(" and ", ranges));
    return new NotFinite(text.toString());
  }

  private static String range(Block block) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < block.size(); i++) {
      least = Math.min(least, block.get(i));
      most = Math.max(most, block.get(i));
    }
    return block.size() == 0 ? "empty" : "in [" + least + ", " + most + "]";
  }

  private static List<Integer> index(Block block, int place) {
    List<Integer> index = new ArrayList<>();
    int rest = place;
    for (int axis = 0; axis < block.shape().rank(); axis++) {
      index.add(rest / block.shape().stride(axis));
      rest %= block.shape().stride(axis);
    }
    return index;
  }
}
