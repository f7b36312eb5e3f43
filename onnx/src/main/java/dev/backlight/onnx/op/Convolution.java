package dev.backlight.onnx.op;

import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// Convolutions in one to three dimensions and their transposes.
final class Convolution {
  private Convolution() {}

  static void addTo(Operators all) {
    all.one("Conv", Convolution::conv);
    all.one("ConvTranspose", Convolution::transposed);
    all.one("Col2Im", Convolution::folded);
  }

  private static int[] kernel(NodeCall node, Tensor w) {
    if (w.rank() < 3 || w.rank() > 5) {
      throw new Refusal("needs one, two or three dimensions, got weights " + w.shape());
    }
    int[] kernel = Arrays.copyOfRange(w.shape().sizes(), 2, w.rank());
    long[] said = node.integers("kernel_shape");
    if (said != null && !Arrays.equals(NodeCall.ints(said), kernel)) {
      throw new Refusal(
          "needs weights of kernel_shape " + Arrays.toString(said) + ", got " + w.shape());
    }
    return kernel;
  }

  private static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static Tensor conv(NodeCall node) {
    return biased(node, conv(node, node.floats(0), node.x(1)));
  }

  /// As the attributes of a node say, without what is added.
  static Tensor conv(NodeCall node, Tensor x, Tensor w) {
    Windows windows = Windows.of(node, x, kernel(node, w));
    for (int d = 0; d < windows.dimensions(); d++) {
      windows.count(x.shape(), d, false);
    }
    ConvOptions options =
        ConvOptions.of()
            .stride(windows.stride())
            .dilation(windows.dilation())
            .padding(list(windows.before()), list(windows.after()))
            .groups(node.size("group", 1));
    return switch (windows.dimensions()) {
      case 1 -> x.conv1d(w, options);
      case 2 -> x.conv2d(w, options);
      default -> x.conv3d(w, options);
    };
  }

  private static Tensor biased(NodeCall node, Tensor y) {
    return node.has(2) ? y.add(channels(node.x(2), y)) : y;
  }

  /// A vector for the channels, so that it broadcasts over (n, c, ...).
  static Tensor channels(Tensor c, Tensor x) {
    int[] sizes = new int[Math.max(1, x.rank() - 1)];
    Arrays.fill(sizes, 1);
    sizes[0] = c.elements();
    if (c.rank() != 1 || (x.rank() > 1 && c.elements() != x.size(1))) {
      throw new Refusal("needs a number for each channel of " + x.shape() + ", got " + c.shape());
    }
    return c.reshape(Shape.of(sizes));
  }

  private static Tensor transposed(NodeCall node) {
    Tensor x = node.floats(0);
    Tensor w = node.x(1);
    int[] kernel = kernel(node, w);
    int n = kernel.length;
    if (x.rank() != n + 2) {
      throw new Refusal("needs an input of rank " + (n + 2) + ", got " + x.shape());
    }
    int[] stride = node.sizes("strides", n, 1);
    int[] dilation = node.sizes("dilations", n, 1);
    ConvOptions options =
        ConvOptions.of().stride(stride).dilation(dilation).groups(node.size("group", 1));
    Tensor full =
        switch (n) {
          case 1 -> x.convTranspose1d(w, options);
          case 2 -> x.convTranspose2d(w, options);
          default -> x.convTranspose3d(w, options);
        };
    int[] more = node.sizes("output_padding", n, 0);
    int[] pads = node.sizes("pads", 2 * n, 0);
    String auto = Windows.autoPad(node);
    long[] wanted = node.integers("output_shape");
    if (wanted != null && wanted.length != n) {
      // Some files give the whole shape.
      wanted = Arrays.copyOfRange(wanted, Math.max(0, wanted.length - n), wanted.length);
    }
    for (int d = 0; d < n; d++) {
      int size = full.size(2 + d);
      long before = pads[d];
      long length = (long) size + more[d] - pads[d] - pads[n + d];
      if (wanted != null || auto.startsWith("SAME")) {
        length = wanted != null ? wanted[d] : (long) x.size(2 + d) * stride[d];
        long total = (long) size + more[d] - length;
        if (total < 0 && wanted == null) {
          // The specification asks for more than there is, and runtimes answer less.
          throw new Refusal(
              "needs windows of at least the stride for auto_pad "
                  + auto
                  + ", got an output of "
                  + (size + more[d])
                  + " where "
                  + length
                  + " are asked for");
        }
        total = Math.max(0, total);
        before = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      } else if (auto.equals("VALID")) {
        before = 0;
        length = (long) size + more[d];
      }
      full = window(full, 2 + d, before, length);
    }
    return biased(node, full);
  }

  /// So many elements of an axis from a place on, zeros where it has ended.
  private static Tensor window(Tensor x, int axis, long before, long length) {
    if (length < 1 || before < 0 || before >= x.size(axis)) {
      throw new Refusal(
          "needs padding that leaves some of " + x.shape() + ", got a length of " + length);
    }
    Library.room(x.shape().with(axis, NodeCall.ints(length)[0]));
    int end = (int) Math.min(x.size(axis), before + length);
    Tensor cut = before == 0 && end == x.size(axis) ? x : x.slice(axis, (int) before, end);
    return cut.size(axis) == length ? cut : cut.pad(axis, 0, (int) length - cut.size(axis));
  }

  /// Columns (n, c · window, windows) added up to images, in any number of dimensions.
  private static Tensor folded(NodeCall node) {
    Tensor x = node.floats(0);
    int[] image = node.sizes(1);
    int[] block = node.sizes(2);
    int d = image.length;
    if (x.rank() != 3 || block.length != d) {
      throw new Refusal(
          "needs columns (n, c window, windows) and as many block sizes as image sizes, got "
              + x.shape());
    }
    int[] stride = node.sizes("strides", d, 1);
    int[] dilation = node.sizes("dilations", d, 1);
    int[] pads = node.sizes("pads", 2 * d, 0);
    long[] padded = new long[d];
    long[] counts = new long[d];
    // The flat place in the padded image of each element of each window.
    Tensor places = Tensor.zeros(Shape.of(1, 1), DType.I64);
    for (int i = 0; i < d; i++) {
      padded[i] = (long) image[i] + pads[i] + pads[d + i];
      long reach = (long) dilation[i] * (block[i] - 1) + 1;
      if (block[i] < 1 || stride[i] < 1 || dilation[i] < 1 || pads[i] < 0 || padded[i] < reach) {
        throw new Refusal(
            "needs windows within the padded image, got "
                + Arrays.toString(block)
                + " in "
                + Arrays.toString(image));
      }
      counts[i] = (padded[i] - reach) / stride[i] + 1;
      Tensor within = Tensor.arange(block[i], DType.I64).mul(dilation[i]).unsqueeze(1);
      Tensor starts = Tensor.arange((int) counts[i], DType.I64).mul(stride[i]).unsqueeze(0);
      Tensor along = within.add(starts); // (block, count)
      int rows = places.size(0) * block[i];
      long columns = places.size(1) * counts[i];
      Library.room(NodeCall.shape(rows, columns));
      places =
          places
              .mul((double) padded[i])
              .unsqueeze(1)
              .unsqueeze(3)
              .add(along.unsqueeze(0).unsqueeze(2))
              .reshape(rows, (int) columns);
    }
    int window = places.size(0);
    if (x.size(1) % window != 0 || x.size(2) != places.size(1)) {
      throw new Refusal(
          "needs columns (n, c " + window + ", " + places.size(1) + "), got " + x.shape());
    }
    Shape whole = Library.room(NodeCall.shape(padded));
    int c = x.size(1) / window;
    Tensor flat =
        x.reshape(x.size(0), c, window * x.size(2)).takeAdd(2, places.flatten(), whole.elements());
    int[] sizes = new int[d + 2];
    sizes[0] = x.size(0);
    sizes[1] = c;
    System.arraycopy(whole.sizes(), 0, sizes, 2, d);
    Tensor y = flat.reshape(Shape.of(sizes));
    for (int i = 0; i < d; i++) {
      y = y.slice(2 + i, pads[i], pads[i] + image[i]);
    }
    return y;
  }
}
