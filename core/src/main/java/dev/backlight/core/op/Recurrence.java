package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleScans;
import dev.backlight.core.kernel.FloatScans;
import org.jspecify.annotations.Nullable;

/// A linear recurrence of the first order along an axis: `y[k] = a[k] · y[k − 1] + b[k]` from `y[0]
/// = b[0]`, or from the end if `reverse`. `a[0]` is not read.
///
/// Its cotangents are a recurrence in the other direction, `b̄[k] = ȳ[k] + a[k + 1] · b̄[k + 1]`,
/// and `ā[k] = b̄[k] · y[k − 1]`: no division anywhere, so that running products are right at
/// zeros.
public record Recurrence(int axis, boolean reverse) implements Op.Coupled {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    Check.same(this, in);
    in[0].shape().axis(axis);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    if (in[0].dtype() == DType.F32) {
      FloatScans.recurrence(in[0].f32(), in[1].f32(), out[0].f32(), outer, n, inner, reverse);
    } else {
      DoubleScans.recurrence(in[0].f64(), in[1].f64(), out[0].f64(), outer, n, inner, reverse);
    }
  }

  @Override
  public @Nullable Tensor[] vjps(Site at) {
    if (at.x(0).size(axis) == 0) {
      return new Tensor[] {at.g(), at.g()};
    }
    Tensor ahead = shifted(at.x(0), !reverse);
    Tensor b = Tensor.apply(new Recurrence(axis, !reverse), ahead, at.g());
    return new Tensor[] {b.mul(shifted(at.y(), reverse)), b};
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  /// The element after each place (`forward`) or before it, and zero at the end.
  private Tensor shifted(Tensor x, boolean forward) {
    int n = x.size(axis);
    return forward ? x.slice(axis, 1, n).pad(axis, 0, 1) : x.slice(axis, 0, n - 1).pad(axis, 1, 0);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Recurrence(Axes.behind(axis), reverse), at.all());
  }
}
