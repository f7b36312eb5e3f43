package dev.backlight.onnx.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// Convolution whose kernel reads each of its elements at a place of its own, between the pixels:
/// Dai et al., Deformable Convolutional Networks (2017), with the masks of Zhu et al. (2018).
final class Deformable {
  private Deformable() {}

  static void addTo(Operators all) {
    all.one("DeformConv", Deformable::conv);
  }

  private static Tensor conv(NodeCall node) {
    Tensor x = node.floats(0);
    Tensor w = node.x(1);
    Tensor offset = node.x(2);
    if (x.rank() != 4 || w.rank() != 4 || offset.rank() != 4) {
      throw new Refusal(
          "needs images, weights and offsets of rank 4, got %s, %s and %s"
              .formatted(x.shape(), w.shape(), offset.shape()));
    }
    int n = x.size(0);
    int c = x.size(1);
    int groups = node.size("group", 1);
    int parts = node.size("offset_group", 1);
    int taps = w.size(2) * w.size(3);
    int oh = offset.size(2);
    int ow = offset.size(3);
    Windows windows = Windows.of(node, x, new int[] {w.size(2), w.size(3)});
    if (groups < 1
        || parts < 1
        || c != w.size(1) * groups
        || w.size(0) % groups != 0
        || c % parts != 0
        || offset.size(0) != n
        || offset.size(1) != 2 * parts * taps
        || oh != windows.count(x.shape(), 0, false)
        || ow != windows.count(x.shape(), 1, false)) {
      throw new Refusal(
          "needs images, weights and offsets that fit %d groups and %d of offsets, got %s, %s and %s"
              .formatted(groups, parts, x.shape(), w.shape(), offset.shape()));
    }
    Tensor moves = offset.reshape(n * parts, taps, 2, oh, ow);
    Tensor grid =
        Tensor.stack(
            4,
            List.of(
                places(moves, windows, 1, w, x.size(3)), places(moves, windows, 0, w, x.size(2))));
    Tensor read =
        Sampling.linear(
            x.reshape(n * parts, c / parts, x.size(2), x.size(3)),
            grid.reshape(n * parts, taps * oh, ow, 2));
    Tensor columns = read.reshape(n * parts, c / parts, taps, oh, ow);
    if (node.has(4)) {
      columns = columns.mul(node.x(4).reshape(n * parts, 1, taps, oh, ow));
    }
    Tensor flat = columns.reshape(n, groups, c / groups * taps, oh * ow);
    Tensor y = w.reshape(groups, w.size(0) / groups, c / groups * taps).matmul(flat);
    Tensor image = y.reshape(Shape.of(n, w.size(0), oh, ow));
    return node.has(3) ? image.add(Convolution.channels(node.x(3), image)) : image;
  }

  /// Where each element of the kernel reads along an axis, from -1 to 1 over the edges of the
  /// image: (n · parts, taps, oh, ow).
  private static Tensor places(Tensor moves, Windows windows, int axis, Tensor w, int size) {
    int taps = moves.size(1);
    int count = moves.size(3 + axis);
    int columns = w.size(3);
    double[] starts = new double[taps * count];
    for (int tap = 0; tap < taps; tap++) {
      int within = axis == 0 ? tap / columns : tap % columns;
      for (int i = 0; i < count; i++) {
        starts[tap * count + i] =
            i * windows.stride()[axis] - windows.before()[axis] + within * windows.dilation()[axis];
      }
    }
    Tensor base =
        Tensor.of(starts)
            .to(moves.dtype())
            .reshape(axis == 0 ? Shape.of(taps, count, 1) : Shape.of(taps, 1, count));
    Tensor place = moves.slice(2, axis, axis + 1).squeeze(2);
    // Moves come in the order y, x.
    return place.add(base).mul(2).add(1).div(size).sub(1);
  }
}
