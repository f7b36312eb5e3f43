package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// How windows move over the axes behind the first two, for convolutions and pools alike.
///
/// @param kernel the sizes of the window
/// @param stride how far it moves
/// @param dilation how far apart its elements are
/// @param before the padding before each axis
/// @param after the padding behind each axis
record Windows(int[] kernel, int[] stride, int[] dilation, int[] before, int[] after) {
  static Windows of(NodeCall node, Tensor x, int[] kernel) {
    int d = kernel.length;
    if (x.rank() != d + 2) {
      throw new Refusal("needs an input of rank " + (d + 2) + ", got " + x.shape());
    }
    int[] stride = node.sizes("strides", d, 1);
    int[] dilation = node.sizes("dilations", d, 1);
    for (int i = 0; i < d; i++) {
      if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1) {
        throw new Refusal(
            "needs kernels, strides and dilations of at least 1, got "
                + kernel[i]
                + ", "
                + stride[i]
                + " and "
                + dilation[i]);
      }
    }
    int[] pads = node.sizes("pads", 2 * d, 0);
    int[] before = new int[d];
    int[] after = new int[d];
    String auto = autoPad(node);
    for (int i = 0; i < d; i++) {
      switch (auto) {
        case "NOTSET" -> {
          before[i] = pads[i];
          after[i] = pads[d + i];
        }
        case "VALID" -> {}
        default -> {
          int size = x.size(2 + i);
          int out = Math.ceilDiv(size, stride[i]);
          long reach = (long) dilation[i] * (kernel[i] - 1) + 1;
          long total = Math.max(0, (out - 1L) * stride[i] + reach - size);
          int half = NodeCall.ints(total / 2)[0];
          int rest = NodeCall.ints(total - total / 2)[0];
          before[i] = auto.equals("SAME_UPPER") ? half : rest;
          after[i] = auto.equals("SAME_UPPER") ? rest : half;
        }
      }
      if (before[i] < 0 || after[i] < 0) {
        throw new Refusal("needs pads of at least 0, got " + before[i] + " and " + after[i]);
      }
    }
    return new Windows(kernel, stride, dilation, before, after);
  }

  static String autoPad(NodeCall node) {
    String auto = node.text("auto_pad", "NOTSET");
    return auto.isEmpty()
        ? "NOTSET"
        : NodeCall.oneOf("auto_pad", auto, "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
  }

  int dimensions() {
    return kernel.length;
  }

  /// How far a window reaches along a dimension.
  long reach(int d) {
    return (long) dilation[d] * (kernel[d] - 1) + 1;
  }

  /// How many windows there are along a dimension.
  ///
  /// @param ceil whether a last one may end beyond the padding
  int count(Shape x, int d, boolean ceil) {
    long size = (long) x.size(2 + d) + before[d] + after[d];
    if (size < reach(d)) {
      throw new Refusal(
          "needs a padded input of at least "
              + reach(d)
              + " along axis "
              + (2 + d)
              + ", got "
              + size);
    }
    long room = size - reach(d);
    long n = (ceil ? Math.ceilDiv(room, stride[d]) : room / stride[d]) + 1;
    // A window that begins in the padding behind the input would see nothing of it.
    return (int) (ceil && (n - 1) * stride[d] >= (long) x.size(2 + d) + before[d] ? n - 1 : n);
  }

  /// How much further the last window reaches than the padded input.
  int beyond(Shape x, int d, int count) {
    long end = (long) (count - 1) * stride[d] + reach(d);
    return NodeCall.ints(Math.max(0, end - ((long) x.size(2 + d) + before[d] + after[d])))[0];
  }

  /// The places (count, kernel) that windows read along a dimension of a padded input.
  Tensor places(int d, int count) {
    Library.room(NodeCall.shape(count, kernel[d]));
    Tensor starts = Tensor.arange(count, DType.I32).mul(stride[d]).unsqueeze(1);
    return starts.add(Tensor.arange(kernel[d], DType.I32).mul(dilation[d]));
  }

  /// Whether all windows are dense, and padded alike on both sides.
  boolean isPlain() {
    boolean plain = true;
    for (int d = 0; d < kernel.length; d++) {
      plain &= dilation[d] == 1 && before[d] == after[d];
    }
    return plain;
  }
}
