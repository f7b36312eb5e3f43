package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// Where a place of a sequence is, told to layers that do not know of order.
public final class Positions {
  private Positions() {}

  /// Sines and cosines of places, (t, d): `sin(p / 10000^(2i/d))` in column `2i` and the cosine
  /// behind it, to be added to embeddings. A. Vaswani et al., "Attention is all you need" (2017).
  public static Tensor sinusoidal(int places, int width, DType dtype) {
    requireEven("sinusoidal positions need", width);
    Tensor angles = angles(places, width, DType.F64);
    return Tensor.stack(2, angles.sin(), angles.cos()).reshape(places, width).to(dtype);
  }

  /// Queries or keys (n, t, h·d), every pair `(x[i], x[i + d/2])` of a head turned by the angle `p
  /// / 10000^(2i/d)` of its place `p`: what two places say to each other then depends on their
  /// distance alone. J. Su et al., "RoFormer" (2021), with the halves of a head as pairs.
  public static Tensor rotary(Tensor x, int heads) {
    if (x.rank() != 3 || heads < 1 || x.size(2) % (2 * heads) != 0) {
      throw new ShapeException(
          "rotary positions need (n, t, h·d) with an even d for "
              + heads
              + " heads, got "
              + x.shape());
    }
    int t = x.size(1);
    int half = x.size(2) / heads / 2;
    Tensor angles = angles(t, 2 * half, DType.F64).reshape(t, 1, half);
    Tensor cos = angles.cos().to(x.dtype());
    Tensor sin = angles.sin().to(x.dtype());
    Tensor apart = x.reshape(x.size(0), t, heads, 2 * half);
    Tensor a = apart.slice(3, 0, half);
    Tensor b = apart.slice(3, half, 2 * half);
    return Tensor.concat(3, a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin)))
        .reshape(x.shape());
  }

  /// Where attention may look if only the first places of each memory are there: `BOOL` of (n, 1,
  /// 1, s).
  ///
  /// @param lengths (n) of integers
  /// @param places s
  public static Tensor lengths(Tensor lengths, int places) {
    if (lengths.rank() != 1) {
      throw new ShapeException("lengths need to be (n), got " + lengths.shape());
    }
    return Tensor.arange(places, DType.F64)
        .reshape(1, 1, 1, places)
        .lt(lengths.to(DType.F64).reshape(lengths.size(0), 1, 1, 1));
  }

  /// `p / 10000^(2i/d)`, (t, d/2).
  private static Tensor angles(int places, int width, DType dtype) {
    Tensor pace = Tensor.arange(width / 2, dtype).mul(-2 * Math.log(10000) / width).exp();
    return Tensor.arange(places, dtype).outer(pace);
  }

  private static void requireEven(String what, int width) {
    if (width < 2 || width % 2 != 0) {
      throw new IllegalArgumentException(what + " an even width, got " + width);
    }
  }
}
