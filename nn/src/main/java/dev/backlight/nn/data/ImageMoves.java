package dev.backlight.nn.data;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.function.IntFunction;

/// Copies of images (n, c, h, w) that begin elsewhere or run backwards.
final class ImageMoves {
  private ImageMoves() {}

  /// How one image is read: mirrored and flipped as a whole, then from this row and column on.
  record Move(boolean mirrored, boolean flipped, int top, int left) {}

  /// Images of this size, each read by its move; what lies beyond an image is 0.
  static Tensor moved(Tensor x, int height, int width, IntFunction<Move> moves) {
    requireImages(x);
    Block from = x.detached().block();
    if (from == null) {
      throw new IllegalStateException("an augmentation needs values, got " + x);
    }
    int channels = x.size(1);
    int h = x.size(2);
    int w = x.size(3);
    Block to = Block.allocate(Spec.of(Shape.of(x.size(0), channels, height, width), x.dtype()));
    for (int i = 0; i < x.size(0); i++) {
      Move move = moves.apply(i);
      for (int c = 0; c < channels; c++) {
        for (int row = 0; row < height; row++) {
          int r = row + move.top;
          if (r >= 0 && r < h) {
            int source = ((i * channels + c) * h + (move.flipped ? h - 1 - r : r)) * w;
            line(from, source, w, to, ((i * channels + c) * height + row) * width, width, move);
          }
        }
      }
    }
    return Tensor.over(to);
  }

  private static void line(
      Block from, int source, int w, Block to, int target, int width, Move move) {
    int first = Math.max(0, -move.left);
    int last = Math.min(width, w - move.left);
    if (!move.mirrored) {
      if (last > first) {
        System.arraycopy(
            from.array(), source + first + move.left, to.array(), target + first, last - first);
      }
      return;
    }
    for (int column = first; column < last; column++) {
      System.arraycopy(
          from.array(), source + w - 1 - (column + move.left), to.array(), target + column, 1);
    }
  }

  static void requireImages(Tensor x) {
    if (x.rank() != 4) {
      throw new ShapeException("an augmentation needs images (n, c, h, w), got " + x.shape());
    }
  }
}
