package dev.backlight.core.op;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.kernel.Conv2dShape;
import dev.backlight.core.kernel.Pool2dShape;

/// The sizes of convolutions and poolings as the kernels take them.
final class Sizes {
  private Sizes() {}

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

  /// The sizes of a convolution of `x` with `w` into `y`.
  static Conv2dShape of(Conv2dOptions at, Shape x, Shape w, Shape y) {
    return new Conv2dShape(
        x.size(0),
        x.size(1),
        x.size(2),
        x.size(3),
        w.size(0),
        w.size(2),
        w.size(3),
        at.strideH(),
        at.strideW(),
        at.padH(),
        at.padW(),
        at.dilationH(),
        at.dilationW(),
        at.groups(),
        y.size(2),
        y.size(3));
  }

  /// The sizes of a pooling of `x` into `y`.
  static Pool2dShape of(Pool2dOptions at, Shape x, Shape y) {
    return new Pool2dShape(
        x.size(0),
        x.size(1),
        x.size(2),
        x.size(3),
        at.kernelH(),
        at.kernelW(),
        at.strideH(),
        at.strideW(),
        at.padH(),
        at.padW(),
        y.size(2),
        y.size(3),
        at.countPadding());
  }

  /// Multiplications and additions of a convolution: each output sums over one window.
  static long flops(Shape weight, Shape output) {
    return 2L * output.elements() * weight.elements(1, weight.rank());
  }
}
