package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// Tensors at other sizes: the nearest element, or weighted sums of neighbours, axis by axis.
final class Resizing {
  private Resizing() {}

  static void addTo(Operators all) {
    all.one("Resize", node -> node.opset() < 11 ? upsampled(node) : resized(node));
    all.one("Upsample", Resizing::upsampled);
    all.one("AffineGrid", Resizing::affine);
  }

  /// How one axis is seen at another size.
  ///
  /// @param in its size
  /// @param out its new size
  /// @param scale the one by the other, before rounding
  /// @param start where it begins, of 1, for crops
  /// @param end where it ends, of 1, for crops
  private record Axis(int in, int out, double scale, double start, double end) {
    /// The place among the old elements of a new one.
    double place(int x, String mode) {
      return switch (mode) {
        case "half_pixel" -> (x + 0.5) / scale - 0.5;
        case "half_pixel_symmetric" ->
            in / 2.0 * (1 - out / (scale * in)) + (x + 0.5) / scale - 0.5;
        case "pytorch_half_pixel" -> out > 1 ? (x + 0.5) / scale - 0.5 : 0;
        // The size before rounding, as the reference implementation has it.
        case "align_corners" -> scale * in == 1 ? 0 : x * (in - 1.0) / (scale * in - 1);
        case "asymmetric" -> x / scale;
        case "tf_half_pixel_for_nn" -> (x + 0.5) / scale;
        default ->
            out > 1
                ? start * (in - 1) + x * (end - start) * (in - 1) / (out - 1)
                : 0.5 * (start + end) * (in - 1);
      };
    }
  }

  private static Tensor upsampled(NodeCall node) {
    Tensor x = node.x(0);
    double[] scales;
    float[] given = node.reals("scales");
    if (given != null) {
      scales = new double[given.length];
      Arrays.setAll(scales, i -> given[i]);
    } else {
      scales = node.constant(1).toDoubles();
    }
    String mode =
        NodeCall.oneOf("mode", node.text("mode", "nearest"), "nearest", "linear", "bilinear");
    String way = mode.equals("nearest") ? "nearest" : "linear";
    Tensor y = x;
    for (int i = 0; i < x.rank(); i++) {
      Axis axis = axis(scaled(scales, x)[i], x.size(i), scales[i]);
      y = along(node, y, i, axis, way, "asymmetric", "floor");
    }
    return y;
  }

  private static Axis axis(int out, int in, double scale) {
    return new Axis(in, out, scale, 0, 1);
  }

  private static int[] scaled(double[] scales, Tensor x) {
    if (scales.length != x.rank()) {
      throw new Refusal(
          "needs a scale for each axis of " + x.shape() + ", got " + Arrays.toString(scales));
    }
    long[] sizes = new long[scales.length];
    for (int i = 0; i < sizes.length; i++) {
      if (!(scales[i] > 0)) {
        throw new Refusal("needs scales above 0, got " + scales[i]);
      }
      sizes[i] = (long) Math.floor(x.size(i) * scales[i]);
    }
    return Library.room(NodeCall.shape(sizes)).sizes();
  }

  private static Tensor resized(NodeCall node) {
    Tensor x = node.x(0);
    int[] axes = new int[x.rank()];
    Arrays.setAll(axes, i -> i);
    long[] chosen = node.integers("axes");
    if (chosen != null) {
      axes = new int[chosen.length];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = NodeCall.axis(chosen[i], x);
      }
    }
    double[] scales = new double[axes.length];
    int[] sizes = new int[axes.length];
    boolean bySize = node.has(3) && node.x(3).elements() > 0;
    if (bySize) {
      sizes = node.sizes(3);
      needOneEach(sizes.length, axes);
      fit(node, x, axes, sizes, scales);
    } else {
      double[] given = node.constant(2).toDoubles();
      needOneEach(given.length, axes);
      double[] all = new double[x.rank()];
      Arrays.fill(all, 1);
      for (int i = 0; i < axes.length; i++) {
        scales[i] = given[i];
        all[axes[i]] = given[i];
      }
      int[] outs = scaled(all, x);
      for (int i = 0; i < axes.length; i++) {
        sizes[i] = outs[axes[i]];
      }
    }
    String coordinates =
        NodeCall.oneOf(
            "coordinate_transformation_mode",
            node.text("coordinate_transformation_mode", "half_pixel"),
            "half_pixel",
            "half_pixel_symmetric",
            "pytorch_half_pixel",
            "align_corners",
            "asymmetric",
            "tf_half_pixel_for_nn",
            "tf_crop_and_resize");
    boolean crops = coordinates.equals("tf_crop_and_resize");
    double[] roi = crops ? node.constant(1).toDoubles() : new double[2 * axes.length];
    needOneEach(roi.length / 2, axes);
    String mode =
        NodeCall.oneOf("mode", node.text("mode", "nearest"), "nearest", "linear", "cubic");
    Tensor y = x;
    for (int i = 0; i < axes.length; i++) {
      Axis axis =
          new Axis(
              x.size(axes[i]),
              sizes[i],
              scales[i],
              crops ? roi[i] : 0,
              crops ? roi[axes.length + i] : 1);
      y =
          along(
              node,
              y,
              axes[i],
              axis,
              mode,
              coordinates,
              node.text("nearest_mode", "round_prefer_floor"));
    }
    return crops ? extrapolated(node, y, x, axes, sizes, scales, roi) : y;
  }

  private static void needOneEach(int given, int[] axes) {
    if (given != axes.length) {
      throw new Refusal("needs " + axes.length + " numbers, one an axis, got " + given);
    }
  }

  private static void fit(NodeCall node, Tensor x, int[] axes, int[] sizes, double[] scales) {
    String policy =
        NodeCall.oneOf(
            "keep_aspect_ratio_policy",
            node.text("keep_aspect_ratio_policy", "stretch"),
            "stretch",
            "not_larger",
            "not_smaller");
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i < axes.length; i++) {
      scales[i] = (double) sizes[i] / x.size(axes[i]);
      least = Math.min(least, scales[i]);
      most = Math.max(most, scales[i]);
    }
    long[] all = Arrays.stream(x.shape().sizes()).asLongStream().toArray();
    for (int i = 0; i < axes.length; i++) {
      if (!policy.equals("stretch")) {
        scales[i] = policy.equals("not_larger") ? least : most;
        sizes[i] = (int) Math.floor(scales[i] * x.size(axes[i]) + 0.5);
      }
      all[axes[i]] = sizes[i];
    }
    Library.room(NodeCall.shape(all));
  }

  // ---- one axis ----

  private static Tensor along(
      NodeCall node,
      Tensor x,
      int axis,
      Axis how,
      String mode,
      String coordinates,
      String nearest) {
    if (how.in < 1) {
      throw new Refusal("needs at least one element along axis " + axis + ", got 0");
    }
    if (how.in == how.out && how.scale == 1 && how.start == 0 && how.end == 1) {
      return x;
    }
    if (mode.equals("nearest")) {
      long[] places = new long[how.out];
      for (int i = 0; i < places.length; i++) {
        double place = how.place(i, coordinates);
        double whole =
            switch (nearest) {
              case "floor" -> Math.floor(place);
              case "ceil" -> Math.ceil(place);
              case "round_prefer_ceil" -> Math.floor(place + 0.5);
              case "round_prefer_floor" -> Math.ceil(place - 0.5);
              default ->
                  throw new Refusal("needs a nearest_mode of the specification, got " + nearest);
            };
        places[i] = (long) Math.clamp(whole, 0, how.in - 1);
      }
      return x.take(axis, Tensor.of(Shape.of(places.length), places));
    }
    if (!x.dtype().isFloat()) {
      Tensor wide = along(node, x.to(DType.F64), axis, how, mode, coordinates, nearest);
      return wide.to(x.dtype());
    }
    Tensor weights = weights(node, how, mode, coordinates).to(x.dtype());
    Tensor last = x.moveAxis(axis, x.rank() - 1);
    return last.matmul(weights, false, true).moveAxis(x.rank() - 1, axis);
  }

  /// The matrix (out, in) of what each old element adds to each new one.
  private static Tensor weights(NodeCall node, Axis how, String mode, String coordinates) {
    Library.room(NodeCall.shape(how.out, how.in));
    boolean cubic = mode.equals("cubic");
    double a = node.real("cubic_coeff_a", -0.75);
    DoubleUnaryOperator kernel = cubic ? t -> cubic(t, a) : t -> Math.max(0, 1 - Math.abs(t));
    double stretch = node.flag("antialias") ? Math.min(1, how.scale) : 1;
    boolean excluding = node.flag("exclude_outside");
    int reach = (int) Math.ceil((cubic ? 2 : 1) / stretch);
    double[] all = new double[how.out * how.in];
    for (int i = 0; i < how.out; i++) {
      double place = how.place(i, coordinates);
      int left = (int) Math.ceil(place) - reach;
      double[] some = new double[2 * reach];
      double sum = 0;
      for (int k = 0; k < some.length; k++) {
        int at = left + k;
        boolean outside = at < 0 || at >= how.in;
        some[k] = excluding && outside ? 0 : kernel.applyAsDouble((at - place) * stretch);
        sum += some[k];
      }
      for (int k = 0; k < some.length; k++) {
        int at = Math.clamp(left + k, 0, how.in - 1);
        all[i * how.in + at] += some[k] / sum;
      }
    }
    return Tensor.of(Shape.of(how.out, how.in), all);
  }

  /// R. Keys, "Cubic convolution interpolation" (1981).
  private static double cubic(double t, double a) {
    double x = Math.abs(t);
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
  }

  /// What a crop takes from beyond the tensor is a number of its own.
  private static Tensor extrapolated(
      NodeCall node, Tensor y, Tensor x, int[] axes, int[] sizes, double[] scales, double[] roi) {
    Tensor result = y;
    for (int i = 0; i < axes.length; i++) {
      Axis axis = new Axis(x.size(axes[i]), sizes[i], scales[i], roi[i], roi[axes.length + i]);
      boolean[] outside = new boolean[sizes[i]];
      for (int k = 0; k < outside.length; k++) {
        double place = axis.place(k, "tf_crop_and_resize");
        outside[k] = place < 0 || place > axis.in - 1;
      }
      int[] along = new int[y.rank()];
      Arrays.fill(along, 1);
      along[axes[i]] = sizes[i];
      Tensor mask = Tensor.of(Shape.of(along), outside);
      result = mask.where(node.real("extrapolation_value", 0), result);
    }
    return result;
  }

  // ---- grids ----

  /// The grid of affine maps (n, 2, 3) or (n, 3, 4).
  private static Tensor affine(NodeCall node) {
    Tensor maps = node.floats(0);
    int[] sizes = node.sizes(1);
    int d = sizes.length - 2;
    if ((d != 2 && d != 3) || !maps.shape().equals(Shape.of(sizes[0], d, d + 1))) {
      throw new Refusal(
          "needs maps (n, 2, 3) or (n, 3, 4), got "
              + maps.shape()
              + " for sizes "
              + Arrays.toString(sizes));
    }
    boolean corners = node.flag("align_corners");
    Tensor[] places = new Tensor[d];
    for (int i = 0; i < d; i++) {
      int n = sizes[2 + i];
      Library.room(NodeCall.shape(n));
      double step = corners ? 2.0 / Math.max(1, n - 1) : 2.0 / n;
      double first = corners ? (n > 1 ? -1 : 0) : -1 + step / 2;
      places[i] = Tensor.arange(n, DType.F64).mul(step).add(first).to(maps.dtype());
    }
    int[] grid = Arrays.copyOfRange(sizes, 2, 2 + d);
    Library.room(NodeCall.shape(Arrays.stream(sizes).asLongStream().toArray()));
    Tensor[] columns = new Tensor[d + 1];
    for (int i = 0; i < d; i++) {
      int[] along = new int[d];
      Arrays.fill(along, 1);
      along[i] = grid[i];
      // Coordinates come in the order x, y, z, axes in the order z, y, x.
      columns[d - 1 - i] = places[i].reshape(Shape.of(along)).expand(Shape.of(grid)).flatten();
    }
    columns[d] = Tensor.ones(columns[0].shape(), maps.dtype());
    Tensor points = Tensor.stack(1, columns); // (places, d + 1)
    Tensor all = points.unsqueeze(0).matmul(maps, false, true);
    int[] shape = new int[d + 2];
    shape[0] = sizes[0];
    System.arraycopy(grid, 0, shape, 1, d);
    shape[d + 1] = d;
    return all.reshape(Shape.of(shape));
  }
}
