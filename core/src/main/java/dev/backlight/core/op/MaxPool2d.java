package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The largest element of every window of images (n, c, h, w): two outputs, the values and the `I32` place
/// of each in its own image, `row · w + column`.
///
/// A selection: of several that are the largest it is the first, which alone gets the gradient. Padding is
/// never selected.
public record MaxPool2d(Pool2dOptions options) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape made = options.output(in[0].shape());
    return new Spec[] {in[0].with(made), Spec.of(made, DType.I32)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape image = in[0].shape();
    Shape made = out[0].shape();
    int h = image.size(2);
    int w = image.size(3);
    int place = 0;
    for (int plane = 0; plane < made.elements(0, 2); plane++) {
      for (int i = 0; i < made.size(2); i++) {
        for (int j = 0; j < made.size(3); j++) {
          int top = i * options.strideH() - options.padH();
          int left = j * options.strideW() - options.padW();
          int best = -1;
          double largest = Double.NaN;
          for (int p = Math.max(top, 0); p < Math.min(top + options.kernelH(), h); p++) {
            for (int q = Math.max(left, 0); q < Math.min(left + options.kernelW(), w); q++) {
              double x = in[0].get((plane * h + p) * w + q);
              if (best < 0 || (!(x <= largest) && largest == largest)) {
                best = p * w + q;
                largest = x;
              }
            }
          }
          out[0].set(place, largest);
          out[1].i32()[place++] = best;
        }
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Shape x = at.x().shape();
    Shape planes = Shape.of(x.size(0), x.size(1), at.y().size(2) * at.y().size(3));
    return at.g()
        .reshape(planes)
        .addAlong(2, at.y(1).reshape(planes), x.size(2) * x.size(3))
        .reshape(x);
  }
}
