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

/// The transpose of [Conv2d] in its weight: from the images `x` and `g` of the output's shape to
/// the shape `weight`.
public record Conv2dWeight(Conv2dOptions options, Shape weight) implements Op.Bilinear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    Shape needed = Sizes.output(this, options, in[0].shape(), weight);
    if (!in[1].shape().equals(needed)) {
      throw new ShapeException(
          "conv2dweight needs g " + needed + " for x " + in[0].shape() + ", got " + in[1].shape());
    }
    return new Spec[] {in[0].with(weight)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Conv2dShape sizes = Sizes.of(options, in[0].shape(), out[0].shape(), in[1].shape());
    if (in[0].dtype() == DType.F32) {
      FloatConvolution planned = FloatLoops.current().conv2dWeight(sizes);
      return (x, y) -> planned.run(x[0].f32(), x[1].f32(), y[0].f32());
    }
    DoubleConvolution planned = DoubleLoops.current().conv2dWeight(sizes);
    return (x, y) -> planned.run(x[0].f64(), x[1].f64(), y[0].f64());
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return Sizes.flops(out[0].shape(), in[1].shape());
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x(0);
    Tensor g = at.x(1);
    return i == 0
        ? Tensor.apply(new Conv2dInput(options, x.shape()), g, at.g())
        : Tensor.apply(new Conv2d(options), x, at.g());
  }

  /// Every example is a group of channels.
  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    if (n == 0) {
      return Images.none(this, at);
    }
    Op all =
        new Conv2dWeight(options.groups(n * options.groups()), weight.with(0, n * weight.size(0)));
    Tensor w = Tensor.apply(all, Images.channels(at.all(0)), Images.channels(at.all(1)));
    return new Tensor[] {Images.unfolded(w, n, weight.size(0))};
  }
}
