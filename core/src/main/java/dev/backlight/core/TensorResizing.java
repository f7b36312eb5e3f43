package dev.backlight.core;

/// Interpolation, patches, pixel shuffling and sampling at a grid.
///
/// Inputs are (n, c, ...). Every result is a sum of elements with weights that do not depend on
/// them, so that all of these are linear in the input.
public sealed interface TensorResizing permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- resizing ----

  /// The last axes at other sizes, as [#resize(Interpolation, boolean, int...)] without aligned
  /// corners.
  default Tensor resize(Interpolation how, int... sizes) {
    return resize(how, false, sizes);
  }

  /// The last axes at other sizes: one of (n, c, w), two of (n, c, h, w), three of (n, c, d, h, w).
  ///
  /// Elements are seen as little squares, so element `i` of `m` lies at `(i + ½) n / m − ½` of the
  /// old ones, and beyond the outermost centres nothing changes. With aligned corners they are
  /// points, and the first and last stay in their places: `i (n − 1) / (m − 1)`.
  default Tensor resize(Interpolation how, boolean alignCorners, int... sizes) {
    Tensor y = self();
    if (sizes.length < 1 || y.rank() != sizes.length + 2) {
      throw new ShapeException(
          "resize needs (n, c, ...) with a size for each further axis, got "
              + sizes.length
              + " sizes for "
              + y.shape());
    }
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] < 1 || y.size(2 + d) < 1) {
        throw new ShapeException(
            "resize needs sizes of at least 1, got " + sizes[d] + " for " + self().shape());
      }
      y = Resampling.along(y, 2 + d, sizes[d], how, alignCorners);
    }
    return y;
  }

  /// The last axes so many times as long.
  default Tensor upsample(Interpolation how, int factor) {
    if (factor < 1 || self().rank() < 3) {
      throw new ShapeException(
          "upsample needs (n, c, ...) and a factor of at least 1, got "
              + self().shape()
              + " and "
              + factor);
    }
    int[] sizes = new int[self().rank() - 2];
    for (int d = 0; d < sizes.length; d++) {
      sizes[d] = Math.multiplyExact(self().size(2 + d), factor);
    }
    return resize(how, sizes);
  }

  // ---- patches ----

  /// The windows of these images (n, c, h, w) as columns: (n, c·kh·kw, windows), as in PyTorch's
  /// unfold.
  ///
  /// @param options stride, padding and dilation
  default Tensor patches(int kernelH, int kernelW, Conv2dOptions options) {
    Shape shape = requireImages("patches").shape();
    int oh = options.height(shape.size(2), kernelH);
    int ow = options.width(shape.size(3), kernelW);
    requireWindows("patches", kernelH, kernelW, oh, ow);
    return self()
        .pad(2, options.padH(), options.padH())
        .pad(3, options.padW(), options.padW())
        .take(2, places(oh, options.strideH(), kernelH, options.dilationH()))
        .take(4, places(ow, options.strideW(), kernelW, options.dilationW()))
        .permute(0, 1, 3, 5, 2, 4)
        .reshape(shape.size(0), shape.size(1) * kernelH * kernelW, oh * ow);
  }

  /// The transpose of [#patches]: columns (n, c·kh·kw, windows) added up to images (n, c, h, w), as
  /// in PyTorch's fold.
  ///
  /// @param options stride, padding and dilation
  default Tensor fold(int height, int width, int kernelH, int kernelW, Conv2dOptions options) {
    Shape shape = self().shape();
    int oh = options.height(height, kernelH);
    int ow = options.width(width, kernelW);
    requireWindows("fold", kernelH, kernelW, oh, ow);
    int window = kernelH * kernelW;
    if (shape.rank() != 3 || shape.size(1) % window != 0 || shape.size(2) != oh * ow) {
      throw new ShapeException("fold needs (n, c·" + window + ", " + oh * ow + "), got " + shape);
    }
    int top = options.padH();
    int left = options.padW();
    return self()
        .reshape(shape.size(0), shape.size(1) / window, kernelH, kernelW, oh, ow)
        .permute(0, 1, 4, 2, 5, 3)
        .takeAdd(4, places(ow, options.strideW(), kernelW, options.dilationW()), width + 2 * left)
        .takeAdd(2, places(oh, options.strideH(), kernelH, options.dilationH()), height + 2 * top)
        .slice(2, top, top + height)
        .slice(3, left, left + width);
  }

  private static Tensor places(int count, int stride, int kernel, int dilation) {
    Tensor starts = Tensor.arange(count, DType.I32).mul(stride).unsqueeze(1);
    return starts.add(Tensor.arange(kernel, DType.I32).mul(dilation));
  }

  private static void requireWindows(String name, int kernelH, int kernelW, int oh, int ow) {
    if (kernelH < 1 || kernelW < 1 || oh < 1 || ow < 1) {
      throw new ShapeException(
          name
              + " needs windows that fit into the padded image, got ("
              + kernelH
              + ", "
              + kernelW
              + ")");
    }
  }

  private Tensor requireImages(String name) {
    if (self().rank() != 4) {
      throw new ShapeException(name + " needs (n, c, h, w), got " + self().shape());
    }
    return self();
  }

  // ---- pixels ----

  /// Channels as pixels: from (n, c·r², h, w) to (n, c, h·r, w·r). W. Shi et al., "Efficient
  /// sub-pixel convolution" (2016).
  default Tensor pixelShuffle(int r) {
    Shape s = requireImages("pixelShuffle").shape();
    if (r < 1 || s.size(1) % (r * r) != 0) {
      throw new ShapeException("pixelShuffle needs (n, c·" + r + "², h, w), got " + s);
    }
    int c = s.size(1) / (r * r);
    return self()
        .reshape(s.size(0), c, r, r, s.size(2), s.size(3))
        .permute(0, 1, 4, 2, 5, 3)
        .reshape(s.size(0), c, s.size(2) * r, s.size(3) * r);
  }

  /// Pixels as channels, the inverse of [#pixelShuffle]: from (n, c, h·r, w·r) to (n, c·r², h, w).
  default Tensor pixelUnshuffle(int r) {
    Shape s = requireImages("pixelUnshuffle").shape();
    if (r < 1 || s.size(2) % r != 0 || s.size(3) % r != 0) {
      throw new ShapeException("pixelUnshuffle needs (n, c, h·" + r + ", w·" + r + "), got " + s);
    }
    int h = s.size(2) / r;
    int w = s.size(3) / r;
    return self()
        .reshape(s.size(0), s.size(1), h, r, w, r)
        .permute(0, 1, 3, 5, 2, 4)
        .reshape(s.size(0), s.size(1) * r * r, h, w);
  }

  // ---- grids ----

  /// These images (n, c, h, w) at the points of a grid (n, oh, ow, 2): (n, c, oh, ow). M. Jaderberg
  /// et al., "Spatial transformer networks" (2015).
  ///
  /// A point (x, y) is in -1..1 across and down the image, from edge to edge, or with aligned
  /// corners from centre to centre of the outermost pixels. Beyond the image there are zeros, or
  /// with `border` the pixels of its edge. It is differentiable in the images and, unless `how` is
  /// nearest, in the grid.
  ///
  /// @param how nearest or linear
  default Tensor gridSample(Tensor grid, Interpolation how, boolean border, boolean alignCorners) {
    Shape s = requireImages("gridSample").shape();
    if (grid.rank() != 4 || grid.size(0) != s.size(0) || grid.size(3) != 2) {
      throw new ShapeException(
          "gridSample needs images (n, c, h, w) and a grid (n, oh, ow, 2), got "
              + s
              + " and "
              + grid.shape());
    }
    if (how == Interpolation.CUBIC) {
      throw new IllegalArgumentException("gridSample needs NEAREST or LINEAR, got CUBIC");
    }
    Tensor x = pixels(grid, 0, s.size(3), border, alignCorners);
    Tensor y = pixels(grid, 1, s.size(2), border, alignCorners);
    if (how == Interpolation.NEAREST) {
      return picked(y.round(), x.round());
    }
    Tensor top = y.floor();
    Tensor left = x.floor();
    Tensor down = y.sub(top).unsqueeze(1);
    Tensor across = x.sub(left).unsqueeze(1);
    Tensor upper =
        picked(top, left).mul(across.oneMinus()).add(picked(top, left.add(1)).mul(across));
    Tensor lower =
        picked(top.add(1), left)
            .mul(across.oneMinus())
            .add(picked(top.add(1), left.add(1)).mul(across));
    return upper.mul(down.oneMinus()).add(lower.mul(down));
  }

  private static Tensor pixels(
      Tensor grid, int which, int size, boolean border, boolean alignCorners) {
    Tensor at = grid.slice(3, which, which + 1).squeeze(3);
    Tensor place =
        alignCorners ? at.add(1).mul((size - 1) / 2.0) : at.add(1).mul(size / 2.0).sub(0.5);
    return border ? place.clamp(0, size - 1) : place;
  }

  /// The pixels at whole places (n, oh, ow), zeros beyond the image: (n, c, oh, ow).
  private Tensor picked(Tensor y, Tensor x) {
    Shape s = self().shape();
    int h = s.size(2);
    int w = s.size(3);
    Tensor inside = y.ge(0).and(y.le(h - 1)).and(x.ge(0)).and(x.le(w - 1)).unsqueeze(1);
    Tensor row = y.clamp(0, h - 1).to(DType.I32);
    Tensor place = row.mul(w).add(x.clamp(0, w - 1).to(DType.I32));
    Shape points = Shape.of(s.size(0), s.size(1), y.size(1) * y.size(2));
    Tensor index = place.reshape(s.size(0), 1, y.size(1) * y.size(2)).expand(points);
    Tensor taken =
        self()
            .flattenFrom(2)
            .takeAlong(2, index)
            .reshape(s.size(0), s.size(1), y.size(1), y.size(2));
    return inside.where(taken, 0);
  }

  /// The grid of affine maps (n, 2, 3), for [#gridSample]: (n, height, width, 2).
  default Tensor affineGrid(int height, int width, boolean alignCorners) {
    Shape s = self().shape();
    if (s.rank() != 3 || s.size(1) != 2 || s.size(2) != 3 || height < 1 || width < 1) {
      throw new ShapeException(
          "affineGrid needs maps (n, 2, 3) and sizes of at least 1, got "
              + s
              + ", "
              + height
              + " and "
              + width);
    }
    double[] points = new double[height * width * 3];
    for (int i = 0; i < height * width; i++) {
      points[3 * i] = centre(i % width, width, alignCorners);
      points[3 * i + 1] = centre(i / width, height, alignCorners);
      points[3 * i + 2] = 1;
    }
    Tensor base = Tensor.of(Shape.of(height * width, 3), points).to(self().dtype());
    return base.matmul(self(), false, true).reshape(s.size(0), height, width, 2);
  }

  private static double centre(int i, int n, boolean alignCorners) {
    return alignCorners ? (n == 1 ? 0 : 2.0 * i / (n - 1) - 1) : (2.0 * i + 1) / n - 1;
  }
}
