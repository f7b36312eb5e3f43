package dev.backlight.core;

import dev.backlight.core.op.Conv2dInput;

/// Convolutions in one and three dimensions, transposed ones, and such with uneven padding, as
/// compositions around the one in two dimensions.
///
/// A line is an image of height 1. In three dimensions the windows along the first are taken as
/// channels, so that one convolution in two dimensions sums over all of them.
final class Convolutions {
  private final String name;
  private final ConvOptions options;
  private final int dimensions;

  private Convolutions(String name, ConvOptions options, int dimensions) {
    this.name = name;
    this.options = options;
    this.dimensions = dimensions;
    options.requireFor(name, dimensions);
  }

  static Tensor conv(Tensor x, Tensor w, ConvOptions options, int dimensions) {
    String name = "conv" + dimensions + "d";
    return new Convolutions(name, options, dimensions).forward(x, w);
  }

  static Tensor transposed(Tensor x, Tensor w, ConvOptions options, int dimensions) {
    String name = "convTranspose" + dimensions + "d";
    return new Convolutions(name, options, dimensions).backward(x, w);
  }

  // ---- forward ----

  private Tensor forward(Tensor x, Tensor w) {
    int groups = options.groups();
    if (x.rank() != dimensions + 2
        || w.rank() != dimensions + 2
        || x.size(1) != w.size(1) * groups
        || w.size(0) % groups != 0) {
      throw misfit("x (n, c, ", "weight (o, c/groups, ", x, w);
    }
    for (int d = 0; d < dimensions; d++) {
      int padded = x.size(2 + d) + before(d) + after(d);
      if (padded < window(w, d)) {
        throw new ShapeException(
            name
                + " needs a window that fits into the padded input, got x "
                + x.shape()
                + ", weight "
                + w.shape()
                + " and "
                + options);
      }
    }
    boolean even = isEven();
    Tensor padded = x;
    for (int d = 0; d < dimensions; d++) {
      boolean own = d >= dimensions - 2 && even;
      padded = own ? padded : padded.pad(2 + d, before(d), after(d));
    }
    return switch (dimensions) {
      case 1 -> padded.unsqueeze(2).conv2d(w.unsqueeze(2), flat(even)).squeeze(2);
      case 2 -> padded.conv2d(w, flat(even));
      default -> deep(padded, w, even);
    };
  }

  private Tensor deep(Tensor x, Tensor w, boolean even) {
    int kd = w.size(2);
    int od = (x.size(2) - window(w, 0)) / stride(0) + 1;
    Tensor windows = x.take(2, depths(od, kd)); // (n, c, od, kd, h, w)
    Tensor images =
        windows
            .permute(0, 2, 1, 3, 4, 5)
            .reshape(x.size(0) * od, x.size(1) * kd, x.size(3), x.size(4));
    Tensor flat = w.reshape(w.size(0), w.size(1) * kd, w.size(3), w.size(4));
    Tensor y = images.conv2d(flat, flat(even));
    return y.reshape(x.size(0), od, y.size(1), y.size(2), y.size(3)).permute(0, 2, 1, 3, 4);
  }

  /// Which depths each output reads: (od, kd).
  private Tensor depths(int od, int kd) {
    Tensor starts = Tensor.arange(od, DType.I32).mul(stride(0)).unsqueeze(1);
    return starts.add(Tensor.arange(kd, DType.I32).mul(dilation(0)));
  }

  /// The options of the last two dimensions.
  private Conv2dOptions flat(boolean padded) {
    boolean line = dimensions == 1;
    int h = dimensions - 2;
    int w = dimensions - 1;
    return new Conv2dOptions(
        line ? 1 : stride(h),
        stride(w),
        line || !padded ? 0 : before(h),
        padded ? before(w) : 0,
        line ? 1 : dilation(h),
        dilation(w),
        options.groups());
  }

  /// Whether the last two dimensions have as many zeros before as behind.
  private boolean isEven() {
    boolean even = true;
    for (int d = Math.max(0, dimensions - 2); d < dimensions; d++) {
      even &= before(d) == after(d);
    }
    return even;
  }

  // ---- transposed ----

  private Tensor backward(Tensor x, Tensor w) {
    int groups = options.groups();
    if (x.rank() != dimensions + 2
        || w.rank() != dimensions + 2
        || x.size(1) != w.size(0)
        || w.size(0) % groups != 0) {
      throw misfit("x (n, c, ", "weight (c, o/groups, ", x, w);
    }
    for (int d = 0; d < dimensions; d++) {
      if (x.size(2 + d) == 0) {
        throw new ShapeException(name + " needs at least one element, got " + x.shape());
      }
      int more = ConvOptions.at(options.outputPadding(), d);
      if (more > 0 && more >= Math.max(stride(d), dilation(d))) {
        throw new ShapeException(
            name + " needs output padding below stride or dilation, got " + options);
      }
    }
    Tensor whole =
        switch (dimensions) {
          case 1 -> spread(x.unsqueeze(2), w.unsqueeze(2)).squeeze(2);
          case 2 -> spread(x, w);
          default -> deepSpread(x, w);
        };
    for (int d = 0; d < dimensions; d++) {
      whole = cut(whole, d, x, w);
    }
    return whole;
  }

  /// Without padding: every element of `x` times the window, added up where windows overlap.
  private Tensor spread(Tensor x, Tensor w) {
    Conv2dOptions flat = flat(false);
    Shape to =
        Shape.of(
            x.size(0),
            w.size(1) * options.groups(),
            (x.size(2) - 1) * flat.strideH() + flat.dilationH() * (w.size(2) - 1) + 1,
            (x.size(3) - 1) * flat.strideW() + flat.dilationW() * (w.size(3) - 1) + 1);
    return Tensor.apply(new Conv2dInput(flat, to), x, w);
  }

  private Tensor deepSpread(Tensor x, Tensor w) {
    int n = x.size(0);
    int od = x.size(2);
    int kd = w.size(2);
    Tensor images = x.permute(0, 2, 1, 3, 4).reshape(n * od, x.size(1), x.size(3), x.size(4));
    Tensor y = spread(images, w.reshape(w.size(0), w.size(1) * kd, w.size(3), w.size(4)));
    Tensor windows =
        y.reshape(n, od, y.size(1) / kd, kd, y.size(2), y.size(3)).permute(0, 2, 1, 3, 4, 5);
    return windows.takeAdd(2, depths(od, kd), (od - 1) * stride(0) + window(w, 0));
  }

  /// Without what the padding took away, and with zeros for the output padding beyond.
  private Tensor cut(Tensor whole, int d, Tensor x, Tensor w) {
    int axis = 2 + d;
    int size = whole.size(axis);
    int end = size - after(d) + ConvOptions.at(options.outputPadding(), d);
    if (end <= before(d)) {
      throw new ShapeException(
          name
              + " needs padding that leaves an output, got x "
              + x.shape()
              + ", weight "
              + w.shape()
              + " and "
              + options);
    }
    Tensor kept = whole.slice(axis, Math.min(before(d), size), Math.min(end, size));
    int beyond = end - Math.max(size, before(d));
    return beyond > 0 ? kept.pad(axis, 0, beyond) : kept;
  }

  // ---- numbers ----

  private int stride(int d) {
    return ConvOptions.at(options.stride(), d);
  }

  private int dilation(int d) {
    return ConvOptions.at(options.dilation(), d);
  }

  private int before(int d) {
    return ConvOptions.at(options.before(), d);
  }

  private int after(int d) {
    return ConvOptions.at(options.after(), d);
  }

  private int window(Tensor w, int d) {
    return dilation(d) * (w.size(2 + d) - 1) + 1;
  }

  private ShapeException misfit(String x, String weight, Tensor got, Tensor w) {
    String places = "d, h, w)".substring(3 * (3 - dimensions));
    String window = "kd, kh, kw)".substring(4 * (3 - dimensions));
    return new ShapeException(
        name
            + " needs "
            + x
            + places
            + " and "
            + weight
            + window
            + (options.groups() == 1 ? "" : " for " + options.groups() + " groups")
            + ", got "
            + got.shape()
            + " and "
            + w.shape());
  }
}
