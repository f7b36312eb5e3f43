package dev.backlight.core;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Prints values as NumPy does, with dtype and shape behind the last bracket:
///
///     [[1.     2.5    0.3333]
///      [4.     5.     6.    ]] F32(2, 3)
///
/// Columns are aligned, with as many decimals as the values need but at most 4 for `F32` and 8 for
/// `F64`; scientific when magnitudes ask for it ([FloatFormat]). Above 1000 elements only 3 at each
/// end of every axis are shown. Rows longer than 75 columns are wrapped. A scalar is its number
/// alone, with all digits; a tensor without elements is `[]` and its shape.
final class TensorPrinter {
  private static final int SUMMARISED_ABOVE = 1000;
  private static final int EDGE = 3;
  private static final int WIDTH = 75;

  private final int[] sizes;
  private final int[] strides;
  private final boolean summarised;
  private final IntFunction<String> format;

  private TensorPrinter(Block block) {
    sizes = block.shape().sizes();
    strides = block.shape().strides();
    summarised = block.size() > SUMMARISED_ABOVE;
    format = format(block, shown(0, 0).toArray());
  }

  static String print(Block block) {
    if (block.shape().rank() == 0) {
      return scalar(block);
    }
    if (block.size() == 0) {
      return "[] " + block.spec();
    }
    return new TensorPrinter(block).axis(0, 0, " ", WIDTH) + " " + block.spec();
  }

  private static String scalar(Block block) {
    return block.dtype().isFloat() ? FloatFormat.scalar(block, 0) : exact(block, 0);
  }

  private static IntFunction<String> format(Block block, int[] shown) {
    if (block.dtype().isFloat()) {
      return new FloatFormat(block, shown);
    }
    int width = IntStream.of(shown).map(i -> exact(block, i).length()).max().orElse(0);
    return i -> padded(exact(block, i), width);
  }

  private static String exact(Block block, int i) {
    return switch (block.dtype()) {
      case I32 -> Integer.toString(block.i32()[i]);
      case I64 -> Long.toString(block.i64()[i]);
      case BOOL -> Boolean.toString(block.bool()[i]);
      case F32, F64 -> throw new AssertionError("digits of " + block.dtype() + " need a format");
    };
  }

  static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private IntStream shown(int axis, int from) {
    if (axis == sizes.length) {
      return IntStream.of(from);
    }
    int size = sizes[axis];
    IntStream along =
        gap(axis)
            ? IntStream.concat(IntStream.range(0, EDGE), IntStream.range(size - EDGE, size))
            : IntStream.range(0, size);
    return along.flatMap(i -> shown(axis + 1, from + i * strides[axis]));
  }

  private boolean gap(int axis) {
    return summarised && sizes[axis] > 2 * EDGE;
  }

  private String axis(int axis, int from, String indent, int width) {
    StringBuilder text = new StringBuilder("[");
    boolean last = axis == sizes.length - 1;
    String separator = last ? " " : "\n".repeat(sizes.length - 1 - axis) + indent;
    int column = indent.length();
    for (int i = 0; i < sizes[axis]; i++) {
      boolean gap = i == EDGE && gap(axis);
      int at = from + i * strides[axis];
      String part =
          gap ? "..." : last ? format.apply(at) : axis(axis + 1, at, indent + " ", width - 1);
      if (last && i > 0) {
        boolean wrap = column + 1 + part.length() > width - 1;
        while (wrap && text.charAt(text.length() - 1) == ' ') {
          text.setLength(text.length() - 1);
        }
        text.append(wrap ? "\n" + indent : separator);
        column = wrap ? indent.length() : column + 1;
      } else if (i > 0) {
        text.append(separator);
      }
      text.append(part);
      column += part.length();
      if (gap) {
        i = sizes[axis] - EDGE - 1;
      }
    }
    return text.append(']').toString();
  }
}
