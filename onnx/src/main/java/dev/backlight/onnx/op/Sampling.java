package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Objects;

/// Tensors (n, c, ...) at the points of a grid (n, ..., d), with derivatives in both.
///
/// Every result is a sum over the neighbours of a point: one of them, two or four along each axis.
final class Sampling {
  private final Tensor x;
  private final boolean corners;
  private final String padding;
  private final int dimensions;

  private Sampling(Tensor x, boolean corners, String padding) {
    this.x = x;
    this.corners = corners;
    this.padding = padding;
    this.dimensions = x.rank() - 2;
  }

  static void addTo(Operators all) {
    all.one("GridSample", Sampling::sampled);
  }

  private static Tensor sampled(NodeCall node) {
    Tensor x = node.floats(0);
    Tensor grid = node.floats(1);
    int d = x.rank() - 2;
    if (d < 1 || grid.rank() != x.rank() || grid.size(-1) != d || grid.size(0) != x.size(0)) {
      throw new Refusal(
          "needs (n, c, ...) and points (n, ..., d), got " + x.shape() + " and " + grid.shape());
    }
    String mode =
        NodeCall.oneOf(
            "mode",
            node.text("mode", node.opset() < 20 ? "bilinear" : "linear"),
            "linear",
            "bilinear",
            "nearest",
            "cubic",
            "bicubic");
    String padding =
        NodeCall.oneOf(
            "padding_mode", node.text("padding_mode", "zeros"), "zeros", "border", "reflection");
    return new Sampling(x, node.flag("align_corners"), padding).at(grid, mode.replace("bi", ""));
  }

  /// Between the pixels, from -1 to 1 over the edges of the image, with zeros around it.
  static Tensor linear(Tensor x, Tensor grid) {
    return new Sampling(x, false, "zeros").at(grid, "linear");
  }

  private Tensor at(Tensor grid, String mode) {
    int taps = mode.equals("nearest") ? 1 : mode.equals("linear") ? 2 : 4;
    Tensor[] floors = new Tensor[dimensions];
    Tensor[] rests = new Tensor[dimensions];
    for (int i = 0; i < dimensions; i++) {
      int size = x.size(2 + i);
      // Coordinates come in the order x, y, z, axes in the order z, y, x.
      int which = dimensions - 1 - i;
      Tensor g = grid.slice(-1, which, which + 1).squeeze(-1);
      Tensor place = corners ? g.add(1).mul((size - 1) / 2.0) : g.add(1).mul(size).sub(1).div(2);
      if (taps < 4) {
        place = inside(place, size);
      }
      floors[i] = taps == 1 ? place.round() : place.floor();
      rests[i] = place.sub(floors[i]);
    }
    Tensor sum = null;
    int combinations = (int) Math.pow(taps, dimensions);
    for (int c = 0; c < combinations; c++) {
      Tensor part = one(floors, rests, taps, c);
      sum = sum == null ? part : sum.add(part);
    }
    return Objects.requireNonNull(sum);
  }

  /// What one combination of neighbours adds.
  private Tensor one(Tensor[] floors, Tensor[] rests, int taps, int combination) {
    Tensor flat = null;
    Tensor weight = null;
    Tensor seen = null;
    int left = combination;
    for (int i = 0; i < dimensions; i++) {
      int size = x.size(2 + i);
      int tap = left % taps;
      left /= taps;
      int shift = taps == 4 ? tap - 1 : tap;
      Tensor place = floors[i].add(shift);
      if (taps == 4) {
        place = inside(place, size);
      }
      Tensor valid = place.ge(0).and(place.le(size - 1));
      seen = seen == null ? valid : seen.and(valid);
      Tensor index = place.clamp(0, size - 1).round().to(DType.I64);
      flat = flat == null ? index : flat.mul(size).add(index);
      if (taps > 1) {
        Tensor share = taps == 2 ? linear(rests[i], tap) : cubic(rests[i], tap);
        weight = weight == null ? share : weight.mul(share);
      }
    }
    Tensor values = gathered(Objects.requireNonNull(flat));
    Tensor kept = Objects.requireNonNull(seen).unsqueeze(1).where(values, 0);
    return weight == null ? kept : kept.mul(weight.unsqueeze(1));
  }

  private static Tensor linear(Tensor rest, int tap) {
    return tap == 0 ? rest.oneMinus() : rest;
  }

  private static Tensor cubic(Tensor rest, int tap) {
    double a = -0.75;
    Tensor t = tap < 2 ? rest.add(1 - tap) : rest.neg().add(tap - 1);
    // Near neighbours by the inner polynomial of Keys, far ones by the outer.
    return tap == 1 || tap == 2
        ? t.mul(a + 2).sub(a + 3).mul(t).mul(t).add(1)
        : t.sub(5).mul(t).add(8).mul(t).sub(4).mul(a);
  }

  /// The elements (n, c, ...) at flat places (n, ...).
  private Tensor gathered(Tensor flat) {
    int n = x.size(0);
    int c = x.size(1);
    Tensor rows = x.reshape(Shape.of(n, c, x.shape().elements(2, x.rank())));
    int points = flat.shape().elements(1, flat.rank());
    Tensor index = flat.reshape(Shape.of(n, 1, points)).expand(Shape.of(n, c, points));
    int[] sizes = new int[flat.rank() + 1];
    sizes[0] = n;
    sizes[1] = c;
    System.arraycopy(flat.shape().sizes(), 1, sizes, 2, flat.rank() - 1);
    return rows.takeAlong(2, index).reshape(Shape.of(sizes));
  }

  /// Places beyond the tensor brought back, as the padding says.
  private Tensor inside(Tensor place, int size) {
    return switch (padding) {
      case "border" -> place.clamp(0, size - 1);
      case "reflection" -> reflected(place, size);
      default -> place;
    };
  }

  private Tensor reflected(Tensor place, int size) {
    double low = corners ? 0 : -0.5;
    double high = corners ? size - 1 : size - 0.5;
    double range = high - low;
    if (range == 0) {
      return place.mul(0);
    }
    Tensor away = place.sub(low).abs();
    Tensor turns = away.div(range).floor();
    Tensor rest = away.sub(turns.mul(range));
    Tensor even = turns.remainder(2).eq(0);
    Tensor back = even.where(rest.add(low), rest.neg().add(high));
    return back.clamp(0, size - 1);
  }
}
