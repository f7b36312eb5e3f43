package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleConvolution;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatConvolution;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// The mean of every window of images (n, c, h, w). Padding is zeros, which count in the divisor or
/// not, as the options say. Its transpose is [AvgPool2dInput].
public record AvgPool2d(Pool2dOptions options) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    return new Spec[] {in[0].with(options.output(in[0].shape()))};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Pool2dShape sizes = Sizes.of(options, in[0].shape(), out[0].shape());
    if (in[0].dtype() == DType.F32) {
      FloatConvolution planned = FloatLoops.current().avgPool2d(sizes);
      return (x, y) -> planned.run(x[0].f32(), x[0].f32(), y[0].f32());
    }
    DoubleConvolution planned = DoubleLoops.current().avgPool2d(sizes);
    return (x, y) -> planned.run(x[0].f64(), x[0].f64(), y[0].f64());
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new AvgPool2dInput(options, at.x().shape()), at.g());
  }

  @Override
  public Tensor[] batch(Batch at) {
    Tensor y = Tensor.apply(this, Images.folded(at.x(0)));
    return new Tensor[] {Images.unfolded(y, at.size(), at.one(0).size(0))};
  }
}
