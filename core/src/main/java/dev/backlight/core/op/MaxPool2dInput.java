package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// The transpose of [MaxPool2d] for the places that it chose: every element of `g` is added to
/// zeros of shape `x` where its window found the largest element.
///
/// Inputs: `g`, and the `I32` places of the same shape. Linear in `g`, and the places are held.
public record MaxPool2dInput(Pool2dOptions options, Shape x) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in[0]);
    if (in[1].dtype() != DType.I32) {
      throw new DTypeException("maxpool2dinput needs places of I32, got " + in[1].dtype());
    }
    Shape needed = options.output(x);
    if (!in[0].shape().equals(needed) || !in[1].shape().equals(needed)) {
      throw new ShapeException(
          "maxpool2dinput needs g and places "
              + needed
              + " for x "
              + x
              + ", got "
              + in[0].shape()
              + " and "
              + in[1].shape());
    }
    return new Spec[] {in[0].with(x)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Pool2dShape sizes = Sizes.of(options, x, in[0].shape());
    int planes = sizes.n() * sizes.c();
    return new Split(Split.parts(planes, 2L * x.elements())) {
      @Override
      void run(int part, int parts, Block[] from, Block[] to) {
        int first = begin(part, parts, planes);
        int end = begin(part + 1, parts, planes);
        int[] places = from[1].i32();
        if (to[0].dtype() == DType.F32) {
          FloatLoops.current()
              .maxPool2dInput(from[0].f32(), places, to[0].f32(), sizes, first, end);
        } else {
          DoubleLoops.current()
              .maxPool2dInput(from[0].f64(), places, to[0].f64(), sizes, first, end);
        }
      }
    };
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0
        ? at.g().flatten().takeAlong(0, at.x(1).flatten()).reshape(at.x(0).shape())
        : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    Tensor places = at.all(1).to(DType.F64).add(MaxPool2d.starts(n, x)).to(DType.I32);
    Op all = new MaxPool2dInput(options, x.with(0, n * x.size(0)));
    Tensor y = Tensor.apply(all, Images.folded(at.all(0)), Images.folded(places));
    return new Tensor[] {Images.unfolded(y, n, x.size(0))};
  }
}
