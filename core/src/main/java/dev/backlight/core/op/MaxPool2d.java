package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// The largest element of every window of images (n, c, h, w): two outputs, the values and the
/// `I32` place of each in the whole of `x`, counted row-major.
///
/// A selection: of several that are the largest it is the first, which alone gets the gradient.
/// Padding is never selected. Its transpose is [MaxPool2dInput].
public record MaxPool2d(Pool2dOptions options) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape made = options.output(in[0].shape());
    return new Spec[] {in[0].with(made), Spec.of(made, DType.I32)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Pool2dShape sizes = Sizes.of(options, in[0].shape(), out[0].shape());
    int planes = sizes.n() * sizes.c();
    return new Split(Split.parts(planes, 8L * in[0].shape().elements())) {
      @Override
      void run(int part, int parts, Block[] x, Block[] y) {
        int from = begin(part, parts, planes);
        int to = begin(part + 1, parts, planes);
        planes(x[0].array(), 0, y, sizes, from, to);
      }
    };
  }

  /// Planes `from … to`, where the array x begins with plane `held`.
  static void planes(Object x, int held, Block[] y, Pool2dShape sizes, int from, int to) {
    int[] places = y[1].i32();
    if (x instanceof float[] single) {
      FloatLoops.current().maxPool2d(single, held, y[0].f32(), places, sizes, from, to);
    } else {
      DoubleLoops.current().maxPool2d((double[]) x, held, y[0].f64(), places, sizes, from, to);
    }
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new MaxPool2dInput(options, at.x().shape()), at.g(), at.y(1));
  }

  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    Tensor[] y = Tensor.applyAll(this, Images.folded(at.x(0)));
    Tensor values = Images.unfolded(y[0], n, at.one(0).size(0));
    Tensor places = Images.unfolded(y[1], n, at.one(0).size(0));
    return new Tensor[] {values, places.to(DType.F64).sub(starts(n, at.one(0))).to(DType.I32)};
  }

  /// Where the images of each of `n` examples begin: their places are counted from there.
  static Tensor starts(int n, Shape one) {
    return Tensor.arange(n, DType.F64).mul(one.elements()).reshape(n, 1, 1, 1, 1);
  }
}
