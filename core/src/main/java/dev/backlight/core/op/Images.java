package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Images of many examples, (e, n, c, …), as images of one: the batching rules of windows.
final class Images {
  private Images() {}

  /// As (e·n, c, …): more images.
  static Tensor folded(Tensor x) {
    return x.reshape(x.shape().without(0).with(0, x.size(0) * x.size(1)));
  }

  /// Back from [#folded].
  static Tensor unfolded(Tensor y, int examples, int images) {
    return y.reshape(y.shape().with(0, images).prepend(examples));
  }

  /// As (n, e·c, …): more channels.
  static Tensor channels(Tensor x) {
    Tensor moved = Axes.swap(x, 0);
    return moved.reshape(moved.shape().without(1).with(1, x.size(0) * x.size(2)));
  }

  /// Back from [#channels].
  static Tensor examples(Tensor y, int examples) {
    Shape shape = y.shape();
    Shape split = shape.with(1, shape.size(1) / examples).with(0, examples).prepend(shape.size(0));
    return Axes.swap(y.reshape(split), 0);
  }

  /// What no examples give.
  static Tensor[] none(Op op, Batch at) {
    Spec[] one = new Spec[at.inputs()];
    for (int i = 0; i < one.length; i++) {
      one[i] = at.x(i).spec().with(at.one(i));
    }
    Spec made = op.infer(one)[0];
    return new Tensor[] {Tensor.zeros(made.shape().prepend(0), made.dtype())};
  }
}
