package dev.backlight.core.op;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.kernel.Conv2dShape;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// The sizes of convolutions and poolings as the kernels take them.
///
/// Recent ones are remembered, because a replay may allocate nothing and an op, being a record, has
/// no place for them. They are immutable and any thread may answer with another's: what is
/// remembered never shows.
final class Sizes {
  /// A power of two. Sizes that meet in one slot replace each other, which costs an allocation each
  /// time.
  private static final int SLOTS = 1024;

  private static final @Nullable Conv2dShape[] CONVOLUTIONS = new Conv2dShape[SLOTS];
  private static final @Nullable Pool2dShape[] POOLS = new Pool2dShape[SLOTS];

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
    int slot = slot(at.hashCode() * 31 + x.hashCode() * 17 + w.hashCode());
    @Nullable Conv2dShape known = CONVOLUTIONS[slot];
    if (known == null || !fits(known, at, x, w)) {
      known =
          new Conv2dShape(
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
      CONVOLUTIONS[slot] = known;
    }
    return known;
  }

  private static boolean fits(Conv2dShape known, Conv2dOptions at, Shape x, Shape w) {
    return known.n() == x.size(0)
        && known.c() == x.size(1)
        && known.h() == x.size(2)
        && known.w() == x.size(3)
        && known.o() == w.size(0)
        && known.kh() == w.size(2)
        && known.kw() == w.size(3)
        && known.sh() == at.strideH()
        && known.sw() == at.strideW()
        && known.ph() == at.padH()
        && known.pw() == at.padW()
        && known.dh() == at.dilationH()
        && known.dw() == at.dilationW()
        && known.groups() == at.groups();
  }

  /// The sizes of a pooling of `x` into `y`.
  static Pool2dShape of(Pool2dOptions at, Shape x, Shape y) {
    int slot = slot(at.hashCode() * 31 + x.hashCode());
    @Nullable Pool2dShape known = POOLS[slot];
    if (known == null || !fits(known, at, x)) {
      known =
          new Pool2dShape(
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
      POOLS[slot] = known;
    }
    return known;
  }

  private static boolean fits(Pool2dShape known, Pool2dOptions at, Shape x) {
    return known.n() == x.size(0)
        && known.c() == x.size(1)
        && known.h() == x.size(2)
        && known.w() == x.size(3)
        && known.kh() == at.kernelH()
        && known.kw() == at.kernelW()
        && known.sh() == at.strideH()
        && known.sw() == at.strideW()
        && known.ph() == at.padH()
        && known.pw() == at.padW()
        && known.countPadding() == at.countPadding();
  }

  private static int slot(int hash) {
    return (hash * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(SLOTS - 1);
  }
}
