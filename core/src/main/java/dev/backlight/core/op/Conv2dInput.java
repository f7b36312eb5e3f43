package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Conv2dShape;
import dev.backlight.core.kernel.DoubleConvolution;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatConvolution;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The transpose of [Conv2d] in its images: from `g` of the output's shape and the weight back to
/// the shape `x`. Also known as the transposed convolution.
public record Conv2dInput(Conv2dOptions options, Shape x) implements Op.Bilinear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    Shape needed = Sizes.output(this, options, x, in[1].shape());
    if (!in[0].shape().equals(needed)) {
      throw new ShapeException(
          "conv2dinput needs g " + needed + " for x " + x + ", got " + in[0].shape());
    }
    return new Spec[] {in[0].with(x)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    return planned(in, out, new boolean[2]);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out, boolean[] fixed) {
    Conv2dShape sizes = Sizes.of(options, out[0].shape(), in[1].shape(), in[0].shape());
    if (in[0].dtype() == DType.F32) {
      FloatConvolution planned = FloatLoops.current().conv2dInput(sizes).fixed(fixed[1]);
      return (x, y) -> planned.run(x[0].f32(), x[1].f32(), y[0].f32());
    }
    DoubleConvolution planned = DoubleLoops.current().conv2dInput(sizes).fixed(fixed[1]);
    return (x, y) -> planned.run(x[0].f64(), x[1].f64(), y[0].f64());
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return Sizes.flops(in[1].shape(), in[0].shape());
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor g = at.x(0);
    Tensor w = at.x(1);
    return i == 0
        ? Tensor.apply(new Conv2d(options), at.g(), w)
        : Tensor.apply(new Conv2dWeight(options, w.shape()), at.g(), g);
  }

  /// Windows that all examples share see more images; windows of each example's own are groups.
  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    if (n == 0) {
      return Images.none(this, at);
    }
    if (!at.isMapped(1)) {
      Op all = new Conv2dInput(options, x.with(0, n * x.size(0)));
      Tensor y = Tensor.apply(all, Images.folded(at.x(0)), at.x(1));
      return new Tensor[] {Images.unfolded(y, n, x.size(0))};
    }
    Op all = new Conv2dInput(options.groups(n * options.groups()), x.with(1, n * x.size(1)));
    Tensor y = Tensor.apply(all, Images.channels(at.all(0)), Images.folded(at.x(1)));
    return new Tensor[] {Images.examples(y, n)};
  }
}
