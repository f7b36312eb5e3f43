package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Conv2dShape;
import dev.backlight.core.kernel.DoubleConvolution;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatConvolution;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The two-dimensional cross-correlation of images with windows, as neural nets call convolution:
/// `y[n, o, i, j] = Σ x[n, c, i·s + p·d − pad, j·s + q·d − pad] · w[o, c, p, q]`.
///
/// Inputs: `x` (n, c, h, w) and a weight (o, c/groups, kh, kw). With [Conv2dInput] and
/// [Conv2dWeight] it is one trilinear form: the derivatives of each of the three are the other two,
/// so no order is missing.
public record Conv2d(Conv2dOptions options) implements Op.Bilinear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    return new Spec[] {in[0].with(Sizes.output(this, options, in[0].shape(), in[1].shape()))};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    return planned(in, out, new boolean[2]);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out, boolean[] fixed) {
    Conv2dShape sizes = Sizes.of(options, in[0].shape(), in[1].shape(), out[0].shape());
    if (in[0].dtype() == DType.F32) {
      FloatConvolution planned = FloatLoops.current().conv2d(sizes).fixed(fixed[1]);
      return (x, y) -> planned.run(x[0].f32(), x[1].f32(), y[0].f32());
    }
    DoubleConvolution planned = DoubleLoops.current().conv2d(sizes).fixed(fixed[1]);
    return (x, y) -> planned.run(x[0].f64(), x[1].f64(), y[0].f64());
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return Sizes.flops(in[1].shape(), out[0].shape());
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x(0);
    Tensor w = at.x(1);
    return i == 0
        ? Tensor.apply(new Conv2dInput(options, x.shape()), at.g(), w)
        : Tensor.apply(new Conv2dWeight(options, w.shape()), x, at.g());
  }

  /// Windows that all examples share see more images; windows of each example's own are groups.
  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    if (n == 0) {
      return Images.none(this, at);
    }
    if (!at.isMapped(1)) {
      Tensor y = Tensor.apply(this, Images.folded(at.x(0)), at.x(1));
      return new Tensor[] {Images.unfolded(y, n, at.one(0).size(0))};
    }
    Tensor windows = Images.folded(at.x(1));
    boolean shared = !at.isMapped(0) && options.groups() == 1;
    Tensor y =
        shared
            ? Tensor.apply(this, at.x(0), windows)
            : Tensor.apply(
                new Conv2d(options.groups(n * options.groups())),
                Images.channels(at.all(0)),
                windows);
    return new Tensor[] {Images.examples(y, n)};
  }
}
