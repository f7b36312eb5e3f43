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

/// Running logarithms of sums of exponentials along an axis: `y[k] = log Σ_{j≤k} exp(x[j])`,
/// without overflow. Of only -∞ it is -∞, with the gradient 0.
///
/// The cotangent is `x̄[j] = exp(x[j] − y[j]) · s[j]` with `s[j] = ȳ[j] + exp(y[j] − y[j + 1]) ·
/// s[j + 1]`, whose exponents are never above 0.
public record LogCumSumExp(int axis) implements Op.Coupled {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
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
      FloatScans.logSumExp(in[0].f32(), out[0].f32(), outer, n, inner);
    } else {
      DoubleScans.logSumExp(in[0].f64(), out[0].f64(), outer, n, inner);
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x();
    Tensor y = at.y();
    int n = x.size(axis);
    if (n == 0) {
      return at.g();
    }
    // What is -∞ so far takes nothing; its exponents would be -∞ - -∞.
    Tensor none = y.eq(Double.NEGATIVE_INFINITY);
    Tensor zero = Tensor.zeros(y.shape(), y.dtype());
    Tensor safe = Tensor.where(none, zero, y);
    Tensor part = Tensor.where(none, zero, Tensor.where(none, zero, x).sub(safe).exp());
    Tensor kept =
        none.slice(axis, 0, n - 1)
            .where(
                zero.slice(axis, 0, n - 1),
                safe.slice(axis, 0, n - 1).sub(safe.slice(axis, 1, n)).exp());
    Tensor sent = Tensor.apply(new Recurrence(axis, true), kept.pad(axis, 0, 1), at.g());
    return part.mul(sent);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new LogCumSumExp(Axes.behind(axis)), at.x(0));
  }
}
