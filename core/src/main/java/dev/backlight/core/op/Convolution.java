package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;

/// What the three ops of a convolution share: the trilinear form `Σ y · w · x` over all places that a window
/// meets, of which each op sums out two factors and leaves the third.
final class Convolution {
  private Convolution() {}

  /// The shape of `y` for `x` (n, c, h, w) and a weight (o, c/groups, kh, kw).
  static Shape output(Op op, Conv2dOptions options, Shape x, Shape w) {
    boolean fits =
        x.rank() == 4
            && w.rank() == 4
            && x.size(1) == w.size(1) * options.groups()
            && w.size(0) % options.groups() == 0;
    if (!fits) {
      throw new ShapeException(
          op.name()
              + " needs x (n, c, h, w) and weight (o, c/groups, kh, kw)"
              + (options.groups() == 1 ? "" : " for " + options.groups() + " groups")
              + ", got "
              + x
              + " and "
              + w);
    }
    int height = options.height(x.size(2), w.size(2));
    int width = options.width(x.size(3), w.size(3));
    if (height < 1 || width < 1) {
      throw new ShapeException(
          op.name()
              + " needs a window that fits into the padded image, got x "
              + x
              + ", weight "
              + w
              + " and "
              + options);
    }
    return Shape.of(x.size(0), w.size(0), height, width);
  }

  /// Which factor a product is added to.
  enum Into {
    X,
    W,
    Y
  }

  /// Adds up one factor of the form from the other two.
  static void run(Conv2dOptions at, Into into, Block x, Block w, Block y) {
    Strided.clear(into == Into.X ? x : into == Into.W ? w : y);
    Shape image = x.shape();
    Shape window = w.shape();
    Shape made = y.shape();
    int perGroup = window.size(0) / at.groups();
    for (int n = 0; n < made.size(0); n++) {
      for (int o = 0; o < made.size(1); o++) {
        for (int c = 0; c < window.size(1); c++) {
          int plane = (n * image.size(1) + o / perGroup * window.size(1) + c) * image.size(2);
          int weights = (o * window.size(1) + c) * window.size(2);
          int results = (n * made.size(1) + o) * made.size(2);
          for (int i = 0; i < made.size(2); i++) {
            for (int p = 0; p < window.size(2); p++) {
              int row = i * at.strideH() - at.padH() + p * at.dilationH();
              if (row >= 0 && row < image.size(2)) {
                line(
                    at,
                    into,
                    x,
                    (plane + row) * image.size(3),
                    image.size(3),
                    w,
                    (weights + p) * window.size(3),
                    window.size(3),
                    y,
                    (results + i) * made.size(3),
                    made.size(3));
              }
            }
          }
        }
      }
    }
  }

  private static void line(
      Conv2dOptions at,
      Into into,
      Block x,
      int xs,
      int width,
      Block w,
      int ws,
      int kernel,
      Block y,
      int ys,
      int places) {
    for (int j = 0; j < places; j++) {
      for (int q = 0; q < kernel; q++) {
        int column = j * at.strideW() - at.padW() + q * at.dilationW();
        if (column >= 0 && column < width) {
          switch (into) {
            case X -> x.set(xs + column, x.get(xs + column) + w.get(ws + q) * y.get(ys + j));
            case W -> w.set(ws + q, w.get(ws + q) + x.get(xs + column) * y.get(ys + j));
            case Y -> y.set(ys + j, y.get(ys + j) + x.get(xs + column) * w.get(ws + q));
          }
        }
      }
    }
  }
}
