package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleStandardize;
import dev.backlight.core.kernel.FloatStandardize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brought to mean 0 and variance 1 over some axes: `y = r (x - mean(x))` with `r = 1 / √(var(x) +
/// eps)` and the biased variance. The core of batch, layer, group and instance normalisation.
///
/// Outputs: `y` of the shape of `x`, and `r`, in which the axes keep size 1. The variance is
/// gathered about the mean, so that a large mean costs no digits.
///
/// Both derivatives are read off the outputs: `x̄ = r (ȳ - mean(ȳ) - y mean(ȳ y)) - r̄ r² y / n`.
/// As they are tensor expressions in `y` and `r`, which have derivatives themselves, every order is
/// right; fused forms elsewhere are known to be wrong at the third.
public record Standardize(List<Integer> axes, double eps) implements Op.Coupled {
  public Standardize {
    axes = List.copyOf(axes);
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "standardize needs a finite eps of at least 0, got " + eps);
    }
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Spec left = Axes.left(in[0], axes, true);
    if (Axes.count(in[0].shape(), axes) == 0) {
      throw new ShapeException(
          "standardize needs at least one element along axes " + axes + ", got " + in[0].shape());
    }
    return new Spec[] {in[0], left};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Shape shape = in[0].shape();
    return new Groups(
        places(shape, 0, false), places(shape, 0, true), run(shape), Axes.count(shape, axes), eps);
  }

  /// How many elements of a group lie side by side.
  private int run(Shape shape) {
    int last = shape.rank() - 1;
    return Axes.reduced(axes, last) ? shape.size(last) : 1;
  }

  /// Where every group begins, or where every run of one group begins relative to that.
  private int[] places(Shape shape, int axis, boolean within) {
    if (axis == shape.rank()) {
      return new int[] {0};
    }
    int[] inner = places(shape, axis + 1, within);
    boolean reduced = Axes.reduced(axes, axis);
    boolean asRun = reduced && axis == shape.rank() - 1;
    if (reduced != within || asRun) {
      return inner;
    }
    int[] all = new int[shape.size(axis) * inner.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i / inner.length * shape.stride(axis) + inner[i % inner.length];
    }
    return all;
  }

  /// The kernel for one shape: the place of every group and of the runs within it.
  private static final class Groups extends Split {
    private final int[] groups;
    private final int[] runs;
    private final int length;
    private final int count;
    private final double eps;

    Groups(int[] groups, int[] runs, int length, int count, double eps) {
      super(parts(groups.length, 8L * groups.length * count));
      this.groups = groups;
      this.runs = runs;
      this.length = length;
      this.count = count;
      this.eps = eps;
    }

    @Override
    void run(int part, int parts, Block[] in, Block[] out) {
      boolean single = in[0].dtype() == DType.F32;
      int end = begin(part + 1, parts, groups.length);
      for (int g = begin(part, parts, groups.length); g < end; g++) {
        double scale =
            single
                ? FloatStandardize.group(
                    in[0].f32(), groups[g], runs, length, count, eps, out[0].f32())
                : DoubleStandardize.group(
                    in[0].f64(), groups[g], runs, length, count, eps, out[0].f64());
        out[1].set(g, scale);
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor y = at.y(0);
    Tensor r = at.y(1);
    Tensor sent = null;
    if (at.arrived(0)) {
      Tensor g = at.g(0);
      sent = g.sub(mean(g)).sub(y.mul(mean(g.mul(y)))).mul(r);
    }
    if (at.arrived(1)) {
      int n = Axes.count(at.x().shape(), axes);
      Tensor more = at.g(1).mul(r.square()).div(-n).mul(y);
      sent = sent == null ? more : sent.add(more);
    }
    return sent;
  }

  private Tensor mean(Tensor x) {
    return Tensor.apply(new Sum(axes, true), x).div(Axes.count(x.shape(), axes));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Standardize(axes.stream().map(a -> a + 1).toList(), eps), at.x(0));
  }
}
