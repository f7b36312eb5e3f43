package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Padding;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tensors cut, padded and laid end to end.
final class Slicing {
  private Slicing() {}

  static void addTo(Operators all) {
    all.one("Concat", Slicing::concat);
    all.add("Split", Slicing::split);
    all.one("Slice", Slicing::slice);
    all.one("Pad", Slicing::pad);
    all.one("CenterCropPad", Slicing::centred);
    all.one("Trilu", Slicing::triangle);
  }

  private static Tensor concat(NodeCall node) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < node.inputs(); i++) {
      parts.add(node.x(i));
    }
    int axis =
        NodeCall.axis(node.opset() < 4 ? node.integer("axis", 1) : node.integer("axis"), node.x(0));
    return Tensor.concat(axis, parts);
  }

  private static List<Value> split(NodeCall node) {
    Tensor x = node.x(0);
    int axis = NodeCall.axis(node.integer("axis", 0), x);
    long[] given = node.has(1) ? node.numbers(1) : node.integers("split");
    int[] sizes;
    if (given != null) {
      sizes = NodeCall.ints(given);
    } else {
      int parts = node.size("num_outputs", node.outputs());
      if (parts < 1) {
        throw new Refusal("needs at least 1 part, got " + parts);
      }
      int each = (x.size(axis) + parts - 1) / parts;
      sizes = new int[parts];
      int left = x.size(axis);
      for (int i = 0; i < parts; i++) {
        sizes[i] = Math.min(each, left);
        left -= sizes[i];
      }
    }
    long total = Arrays.stream(sizes).asLongStream().sum();
    if (total != x.size(axis) || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
      throw new Refusal(
          "needs parts that add up to " + x.size(axis) + ", got " + Arrays.toString(sizes));
    }
    List<Value> parts = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      parts.add(node.like(x.slice(axis, from, from + size)));
      from += size;
    }
    return parts;
  }

  private static Tensor slice(NodeCall node) {
    Tensor x = node.x(0);
    long[] starts = node.opset() < 10 ? needed(node.integers("starts")) : node.numbers(1);
    long[] ends = node.opset() < 10 ? needed(node.integers("ends")) : node.numbers(2);
    long[] axes = node.opset() < 10 ? node.integers("axes") : node.has(3) ? node.numbers(3) : null;
    long[] steps = node.opset() >= 10 && node.has(4) ? node.numbers(4) : null;
    int n = starts.length;
    if (ends.length != n
        || (axes != null && axes.length != n)
        || (steps != null && steps.length != n)) {
      throw new Refusal(
          "needs as many ends, axes and steps as starts, got " + n + " and " + ends.length);
    }
    for (int i = 0; i < n; i++) {
      int axis = NodeCall.axis(axes == null ? i : axes[i], x);
      x = slice(x, axis, starts[i], ends[i], steps == null ? 1 : steps[i]);
    }
    return x;
  }

  private static long[] needed(long @Nullable [] numbers) {
    if (numbers == null) {
      throw new Refusal("needs attributes starts and ends, got none");
    }
    return numbers;
  }

  /// As slices in Python: bounds beyond the ends are brought to the ends.
  static Tensor slice(Tensor x, int axis, long start, long end, long step) {
    long size = x.size(axis);
    if (step == 0) {
      throw new Refusal("needs steps other than 0, got 0");
    }
    long from = start < 0 ? Math.max(start, Long.MIN_VALUE + size) + size : start;
    long to = end < 0 ? Math.max(end, Long.MIN_VALUE + size) + size : end;
    if (step > 0) {
      from = Math.clamp(from, 0, size);
      to = Math.clamp(to, from, Math.max(from, size));
      int jump = (int) Math.min(step, Math.max(1, size));
      return x.slice(axis, (int) from, (int) to, jump);
    }
    if (size == 0) {
      return x;
    }
    // Unlike in Python, a start before the first element is the first element.
    from = Math.clamp(from, 0, size - 1);
    to = Math.clamp(to, -1, from);
    // The elements from `to + 1` to `from`, seen from the other end.
    Tensor back = x.slice(axis, (int) (to + 1), (int) (from + 1)).flip(axis);
    long jump = Math.min(step == Long.MIN_VALUE ? Long.MAX_VALUE : -step, Math.max(1, size));
    return jump == 1 ? back : back.slice(axis, 0, back.size(axis), (int) jump);
  }

  private static Tensor pad(NodeCall node) {
    Tensor x = node.x(0);
    long[] pads =
        node.opset() < 11 ? node.integers(node.opset() < 2 ? "paddings" : "pads") : node.numbers(1);
    int[] axes = new int[x.rank()];
    Arrays.setAll(axes, i -> i);
    if (node.has(3)) {
      long[] some = node.numbers(3);
      axes = new int[some.length];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = NodeCall.axis(some[i], x);
      }
    }
    if (pads == null || pads.length != 2 * axes.length) {
      throw new Refusal(
          "needs " + 2 * axes.length + " pads, got " + (pads == null ? 0 : pads.length));
    }
    String mode =
        NodeCall.oneOf(
            "mode", node.text("mode", "constant"), "constant", "edge", "reflect", "wrap");
    double filling =
        node.has(2) ? (x.dtype() == DType.I64 ? 0 : node.number(2)) : node.real("value", 0);
    long exact = x.dtype() == DType.I64 && node.has(2) ? node.whole(2) : (long) filling;
    int[] before = NodeCall.ints(Arrays.copyOf(pads, axes.length));
    int[] after = NodeCall.ints(Arrays.copyOfRange(pads, axes.length, pads.length));
    long[] sizes = Arrays.stream(x.shape().sizes()).asLongStream().toArray();
    for (int i = 0; i < axes.length; i++) {
      sizes[axes[i]] += (long) before[i] + after[i];
    }
    Library.room(NodeCall.shape(sizes));
    for (int i = 0; i < axes.length; i++) {
      x = pad(x, axes[i], before[i], after[i], mode, filling, exact);
    }
    return x;
  }

  private static Tensor pad(
      Tensor x, int axis, int before, int after, String mode, double filling, long exact) {
    // Negative numbers cut.
    int size = x.size(axis);
    int from = Math.max(0, -before);
    int to = size - Math.max(0, -after);
    if (from > to) {
      throw new Refusal("needs to leave some of axis " + axis + ", got " + x.shape());
    }
    Tensor cut = from == 0 && to == size ? x : x.slice(axis, from, to);
    int left = Math.max(0, before);
    int right = Math.max(0, after);
    if (left == 0 && right == 0) {
      return cut;
    }
    if (mode.equals("constant")) {
      if (x.dtype() == DType.BOOL) {
        return parts(cut, axis, left, right, Tensor.full(Shape.SCALAR, DType.BOOL, filling));
      }
      if (x.dtype() == DType.I64) {
        return parts(cut, axis, left, right, Tensor.of(Shape.SCALAR, exact));
      }
      return cut.pad(axis, left, right, filling);
    }
    Padding padding =
        switch (mode) {
          case "edge" -> Padding.REPLICATE;
          case "reflect" -> Padding.REFLECT;
          default -> Padding.CIRCULAR;
        };
    return cut.pad(axis, left, right, padding);
  }

  private static Tensor parts(Tensor x, int axis, int before, int after, Tensor filling) {
    return Tensor.concat(
        axis,
        filling.expand(x.shape().with(axis, before)),
        x,
        filling.expand(x.shape().with(axis, after)));
  }

  private static Tensor centred(NodeCall node) {
    Tensor x = node.x(0);
    int[] sizes = node.sizes(1);
    long[] given = node.integers("axes");
    if (sizes.length != (given == null ? x.rank() : given.length)) {
      throw new Refusal("needs a size for each axis, got " + Arrays.toString(sizes));
    }
    Library.room(Shape.of(Arrays.stream(sizes).map(size -> Math.max(0, size)).toArray()));
    for (int i = 0; i < sizes.length; i++) {
      int axis = given == null ? i : NodeCall.axis(given[i], x);
      int more = sizes[i] - x.size(axis);
      if (more > 0) {
        int before = more / 2;
        x = pad(x, axis, before, more - before, "constant", 0, 0);
      } else if (more < 0) {
        int from = -more / 2;
        x = x.slice(axis, from, from + sizes[i]);
      }
    }
    return x;
  }

  private static Tensor triangle(NodeCall node) {
    Tensor x = node.atLeast(2, 0);
    int k = node.has(1) ? (int) Math.clamp(node.whole(1), -x.size(-2) - 1L, x.size(-1) + 1L) : 0;
    return node.integer("upper", 1) != 0 ? x.triu(k) : x.tril(k);
  }
}
