package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleConvolution;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatConvolution;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// The transpose of [AvgPool2d]: every element of `g` is spread evenly over its window of images of
/// shape `x`.
public record AvgPool2dInput(Pool2dOptions options, Shape x) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape needed = options.output(x);
    if (!in[0].shape().equals(needed)) {
      throw new ShapeException(
          "avgpool2dinput needs g " + needed + " for x " + x + ", got " + in[0].shape());
    }
    return new Spec[] {in[0].with(x)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Pool2dShape sizes = Sizes.of(options, out[0].shape(), in[0].shape());
    if (in[0].dtype() == DType.F32) {
      FloatConvolution planned = FloatLoops.current().avgPool2dInput(sizes);
      return (g, dx) -> planned.run(g[0].f32(), g[0].f32(), dx[0].f32());
    }
    DoubleConvolution planned = DoubleLoops.current().avgPool2dInput(sizes);
    return (g, dx) -> planned.run(g[0].f64(), g[0].f64(), dx[0].f64());
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new AvgPool2d(options), at.g());
  }

  @Override
  public Tensor[] batch(Batch at) {
    Op all = new AvgPool2dInput(options, x.with(0, at.size() * x.size(0)));
    Tensor y = Tensor.apply(all, Images.folded(at.x(0)));
    return new Tensor[] {Images.unfolded(y, at.size(), x.size(0))};
  }
}
