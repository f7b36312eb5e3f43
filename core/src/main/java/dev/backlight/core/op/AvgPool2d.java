package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The mean of every window of images (n, c, h, w). Padding is zeros, which count in the divisor or not, as
/// the options say. Its transpose is [AvgPool2dInput].
public record AvgPool2d(Pool2dOptions options) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    return new Spec[] {in[0].with(options.output(in[0].shape()))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    run(options, in[0], out[0], false);
  }

  /// Means of windows from `x` into `y`, or transposed: the cotangents of means from `y` back into `x`.
  static void run(Pool2dOptions options, Block x, Block y, boolean transposed) {
    Strided.clear(transposed ? x : y);
    Shape made = y.shape();
    int h = x.shape().size(2);
    int w = x.shape().size(3);
    int place = 0;
    for (int plane = 0; plane < made.elements(0, 2); plane++) {
      for (int i = 0; i < made.size(2); i++) {
        for (int j = 0; j < made.size(3); j++) {
          int top = i * options.strideH() - options.padH();
          int left = j * options.strideW() - options.padW();
          int bottom = Math.min(top + options.kernelH(), h);
          int right = Math.min(left + options.kernelW(), w);
          top = Math.max(top, 0);
          left = Math.max(left, 0);
          double n =
              options.countPadding()
                  ? options.kernelH() * options.kernelW()
                  : (bottom - top) * (right - left);
          for (int p = top; p < bottom; p++) {
            for (int q = left; q < right; q++) {
              int from = (plane * h + p) * w + q;
              if (transposed) {
                x.set(from, x.get(from) + y.get(place) / n);
              } else {
                y.set(place, y.get(place) + x.get(from) / n);
              }
            }
          }
          place++;
        }
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new AvgPool2dInput(options, at.x().shape()), at.g());
  }
}
