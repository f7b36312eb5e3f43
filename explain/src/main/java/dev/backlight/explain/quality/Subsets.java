package dev.backlight.explain.quality;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Subsets of the features of an example.
final class Subsets {
  private Subsets() {}

  /// So many of d features, each subset as likely as any other.
  static boolean[] draw(int d, int size, Key key) {
    boolean[] in = new boolean[d];
    int[] order = key.permutation(d);
    for (int j = 0; j < size; j++) {
      in[order[j]] = true;
    }
    return in;
  }

  /// The same subset of every example, `BOOL` of the shape of x.
  static Tensor mask(Tensor x, boolean... subset) {
    Block mask = Block.allocate(Spec.of(x.shape(), DType.BOOL));
    for (int i = 0; i < mask.size(); i++) {
      mask.bool()[i] = subset[i % subset.length];
    }
    return Tensor.over(mask);
  }

  /// Of every example the elements at some places of an order of its own, `BOOL` of the shape of x.
  static Tensor masks(Tensor x, int[][] order, int from, int count) {
    Block mask = Block.allocate(Spec.of(x.shape(), DType.BOOL));
    int d = mask.size() / order.length;
    for (int i = 0; i < order.length; i++) {
      for (int k = from; k < Math.min(d, from + count); k++) {
        mask.bool()[i * d + order[i][k]] = true;
      }
    }
    return Tensor.over(mask);
  }
}
