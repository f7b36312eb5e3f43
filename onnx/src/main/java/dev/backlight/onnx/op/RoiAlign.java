package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Regions of images brought to one size without rounding their edges: each bin is the mean, or the
/// largest, of points between the pixels. With derivatives in the image and in the regions.
///
/// He, Gkioxari, Dollár, Girshick: Mask R-CNN (2017). The largest is taken of the four weighted
/// neighbours of each point, as ONNX has it.
///
/// @param x images (n, c, h, w)
/// @param height of the result
/// @param width of the result
/// @param max whether bins are their largest, rather than their mean
record RoiAlign(Tensor x, int height, int width, boolean max) {
  /// Places along one axis (r, p): the lower neighbour, the upper one, and how far it is to it.
  private record Places(Tensor low, Tensor high, Tensor rest, Tensor inside) {}

  /// @param starts (r, 2) of y and x
  /// @param bins (r, 2), the sizes of a bin
  /// @param image (r)
  /// @param gridY how many points a bin has along y
  /// @param gridX how many along x
  Tensor of(Tensor starts, Tensor bins, Tensor image, int gridY, int gridX) {
    int r = starts.size(0);
    int c = x.size(1);
    if (gridY < 1 || gridX < 1) {
      return Tensor.zeros(Shape.of(r, c, height, width), x.dtype());
    }
    Places ys = places(starts, bins, 0, height, gridY);
    Places xs = places(starts, bins, 1, width, gridX);
    Tensor rows = x.permute(0, 2, 3, 1).reshape(x.size(0) * x.size(2) * x.size(3), c);
    Tensor first = image.mul(x.size(2)).reshape(r, 1, 1);
    Tensor inside = ys.inside.unsqueeze(2).and(xs.inside.unsqueeze(1)).unsqueeze(3);
    Tensor sum = null;
    for (int corner = 0; corner < 4; corner++) {
      boolean up = corner / 2 == 1;
      boolean right = corner % 2 == 1;
      Tensor at =
          first
              .add((up ? ys.high : ys.low).unsqueeze(2))
              .mul(x.size(3))
              .add((right ? xs.high : xs.low).unsqueeze(1));
      Tensor weight =
          (up ? ys.rest : ys.rest.oneMinus())
              .unsqueeze(2)
              .mul((right ? xs.rest : xs.rest.oneMinus()).unsqueeze(1))
              .unsqueeze(3);
      Tensor values = rows.take(0, at.flatten()).reshape(r, at.size(1), at.size(2), c);
      Tensor part = inside.where(values.mul(weight), 0);
      sum = sum == null ? part : max ? sum.maximum(part) : sum.add(part);
    }
    Tensor grid = java.util.Objects.requireNonNull(sum).reshape(r, height, gridY, width, gridX, c);
    return (max ? grid.amax(2, 4) : grid.mean(2, 4)).permute(0, 3, 1, 2);
  }

  private Places places(Tensor starts, Tensor bins, int axis, int count, int grid) {
    int size = x.size(2 + axis);
    double[] steps = new double[count * grid];
    for (int i = 0; i < steps.length; i++) {
      int whole = i / grid;
      steps[i] = whole + (i % grid + 0.5) / grid;
    }
    Tensor bin = bins.slice(1, axis, axis + 1);
    Tensor at = starts.slice(1, axis, axis + 1).add(bin.mul(Tensor.of(steps).to(x.dtype())));
    Tensor inside = at.ge(-1).and(at.le(size));
    Tensor place = at.clamp(0, size - 1);
    Tensor low = place.floor();
    Tensor whole = low.to(DType.I64);
    return new Places(whole, whole.add(1).minimum(size - 1), place.sub(low), inside);
  }
}
