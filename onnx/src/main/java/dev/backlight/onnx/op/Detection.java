package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// What detectors need: regions of images pooled to one size, and boxes that overlap left out.
final class Detection {
  private Detection() {}

  static void addTo(Operators all) {
    all.one("RoiAlign", Detection::aligned);
    all.one("MaxRoiPool", Detection::pooled);
    all.add("NonMaxSuppression", node -> List.of(Value.of(NonMaxSuppression.of(node).selected())));
  }

  /// Images (n, c, h, w).
  private static Tensor images(NodeCall node) {
    Tensor x = node.floats(0);
    if (x.rank() != 4) {
      throw new Refusal("needs images (n, c, h, w), got " + x.shape());
    }
    return x;
  }

  /// Regions (r, k).
  private static Tensor regions(NodeCall node, int k) {
    Tensor regions = node.floats(1);
    if (regions.rank() != 2 || regions.size(1) != k) {
      throw new Refusal("needs regions (r, " + k + "), got " + regions.shape());
    }
    return regions;
  }

  private static Tensor column(Tensor x, int i) {
    return x.slice(1, i, i + 1);
  }

  // ---- RoiAlign ----

  private static Tensor aligned(NodeCall node) {
    Tensor x = images(node);
    Tensor rois = regions(node, 4);
    Tensor image = NodeCall.index(node.x(2), x.size(0)).to(DType.I64);
    if (image.rank() != 1 || image.size(0) != rois.size(0)) {
      throw new Refusal("needs an image for each of " + rois.shape() + ", got " + image.shape());
    }
    boolean max = NodeCall.oneOf("mode", node.text("mode", "avg"), "avg", "max").equals("max");
    String standard = node.opset() < 16 ? "output_half_pixel" : "half_pixel";
    boolean half =
        NodeCall.oneOf(
                "coordinate_transformation_mode",
                node.text("coordinate_transformation_mode", standard),
                "half_pixel",
                "output_half_pixel")
            .equals("half_pixel");
    int height = atLeastOne(node, "output_height");
    int width = atLeastOne(node, "output_width");
    int ratio = node.size("sampling_ratio", 0);
    Tensor scaled = rois.mul(node.real("spatial_scale", 1)).sub(half ? 0.5 : 0);
    Tensor w = column(scaled, 2).sub(column(scaled, 0));
    Tensor h = column(scaled, 3).sub(column(scaled, 1));
    Tensor bins =
        Tensor.concat(
            1, (half ? h : h.maximum(1)).div(height), (half ? w : w.maximum(1)).div(width));
    Tensor starts = Tensor.concat(1, column(scaled, 1), column(scaled, 0));
    if (ratio > 0) {
      return new RoiAlign(x, height, width, max).of(starts, bins, image, ratio, ratio);
    }
    // As many points as the region has pixels, which is another number for each region.
    node.constant(1);
    double[] sizes = bins.toDoubles();
    List<Tensor> each = new ArrayList<>();
    for (int r = 0; r < rois.size(0); r++) {
      each.add(
          new RoiAlign(x, height, width, max)
              .of(
                  starts.slice(0, r, r + 1),
                  bins.slice(0, r, r + 1),
                  image.slice(0, r, r + 1),
                  (int) Math.ceil(sizes[2 * r]),
                  (int) Math.ceil(sizes[2 * r + 1])));
    }
    return each.isEmpty()
        ? Tensor.zeros(Shape.of(0, x.size(1), height, width), x.dtype())
        : Tensor.concat(0, each);
  }

  private static int atLeastOne(NodeCall node, String name) {
    int size = node.size(name, 1);
    if (size < 1) {
      throw new Refusal("needs a " + name + " of at least 1, got " + size);
    }
    return size;
  }

  // ---- MaxRoiPool ----

  private static Tensor pooled(NodeCall node) {
    Tensor x = images(node);
    regions(node, 5);
    double[] rois = node.constant(1).toDoubles();
    int[] size = node.sizes("pooled_shape", 2, 0);
    double scale = node.real("spatial_scale", 1);
    if (size[0] < 1 || size[1] < 1) {
      throw new Refusal("needs a pooled_shape of two sizes of at least 1, got none");
    }
    List<Tensor> all = new ArrayList<>();
    for (int r = 0; r < rois.length / 5; r++) {
      double image = rois[5 * r];
      if (!(image >= 0 && image < x.size(0))) {
        throw new Refusal("needs images of 0.." + (x.size(0) - 1) + ", got " + image);
      }
      Tensor one = x.get((int) image);
      List<int[]> rows = bins(rois[5 * r + 2] * scale, rois[5 * r + 4] * scale, size[0], x.size(2));
      List<int[]> columns =
          bins(rois[5 * r + 1] * scale, rois[5 * r + 3] * scale, size[1], x.size(3));
      List<Tensor> cells = new ArrayList<>();
      for (int[] row : rows) {
        Tensor high = most(one, 1, row);
        for (int[] column : columns) {
          cells.add(most(high, 1, column));
        }
      }
      all.add(Tensor.stack(1, cells).reshape(x.size(1), size[0], size[1]));
    }
    return all.isEmpty()
        ? Tensor.zeros(Shape.of(0, x.size(1), size[0], size[1]), x.dtype())
        : Tensor.stack(0, all);
  }

  /// From where to where each of so many bins goes between two whole places.
  private static List<int[]> bins(double from, double to, int count, int limit) {
    double start = Math.round(from);
    double bin = Math.max(Math.round(to) - start + 1, 1) / count;
    List<int[]> bins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bins.add(
          new int[] {
            (int) Math.clamp(Math.floor(i * bin) + start, 0, limit),
            (int) Math.clamp(Math.ceil((i + 1) * bin) + start, 0, limit)
          });
    }
    return bins;
  }

  private static Tensor most(Tensor x, int axis, int[] bin) {
    return bin[0] < bin[1]
        ? x.slice(axis, bin[0], bin[1]).amax(axis)
        : Tensor.zeros(x.shape().without(axis), x.dtype());
  }
}
