package dev.backlight.nn.train;

import dev.backlight.core.Block;

/// Copies rows of examples into the inputs of a player, without allocating.
final class Gather {
  private Gather() {}

  /// Rows `order[from]`, `order[from + 1]`, ... of `source`, as many as `target` holds.
  static void rows(Block source, int[] order, int from, Block target) {
    int count = target.shape().size(0);
    int width = count == 0 ? 0 : target.size() / count;
    Object read = source.array();
    Object write = target.array();
    for (int i = 0; i < count; i++) {
      System.arraycopy(read, order[from + i] * width, write, i * width, width);
    }
  }
}
