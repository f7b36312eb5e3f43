package dev.backlight.onnx.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// The same elements under other shapes and in other orders.
final class Shaping {
  private Shaping() {}

  static void addTo(Operators all) {
    all.one("Reshape", Shaping::reshape);
    all.one("Transpose", Shaping::transpose);
    all.one("Squeeze", Shaping::squeeze);
    all.one("Unsqueeze", Shaping::unsqueeze);
    all.one("Flatten", Shaping::flatten);
    all.one("Expand", Shaping::expand);
    all.one("Tile", Shaping::tile);
    all.one("DepthToSpace", Shaping::depthToSpace);
    all.one("SpaceToDepth", Shaping::spaceToDepth);
  }

  private static Tensor reshape(NodeCall node) {
    Tensor x = node.x(0);
    long[] wanted =
        node.opset() < 5 && node.given("shape") ? node.integers("shape") : node.numbers(1);
    if (wanted == null) {
      throw new Refusal("needs a shape, got none");
    }
    boolean zeros = node.flag("allowzero");
    long[] sizes = wanted.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 0 && !zeros) {
        if (i >= x.rank()) {
          throw new Refusal("needs an axis " + i + " to copy its size, got " + x.shape());
        }
        sizes[i] = x.size(i);
      }
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else {
        known = Math.multiplyExact(known, sizes[i]);
      }
    }
    if (open >= 0) {
      if (known == 0 || x.elements() % known != 0) {
        throw misfit(x, wanted);
      }
      sizes[open] = x.elements() / known;
    }
    Shape shape = NodeCall.shape(sizes);
    if (shape.elements() != x.elements()) {
      throw misfit(x, wanted);
    }
    return x.reshape(shape);
  }

  private static Refusal misfit(Tensor x, long[] wanted) {
    return new Refusal(
        "needs a shape of "
            + x.elements()
            + " elements for "
            + x.shape()
            + ", got "
            + Arrays.toString(wanted));
  }

  private static Tensor transpose(NodeCall node) {
    Tensor x = node.x(0);
    long[] given = node.integers("perm");
    int[] order = new int[x.rank()];
    if (given != null && given.length != x.rank()) {
      throw new Refusal("needs " + x.rank() + " axes, got " + Arrays.toString(given));
    }
    for (int i = 0; i < order.length; i++) {
      order[i] = given == null ? x.rank() - 1 - i : NodeCall.axis(given[i], x);
    }
    return x.permute(order);
  }

  private static Tensor squeeze(NodeCall node) {
    Tensor x = node.x(0);
    int[] axes = node.axes(1, x);
    if (axes == null) {
      return x.reshape(
          Shape.of(Arrays.stream(x.shape().sizes()).filter(size -> size != 1).toArray()));
    }
    for (int axis : axes) {
      if (x.size(axis) != 1) {
        throw new Refusal("needs axis " + axis + " to have size 1, got " + x.shape());
      }
    }
    return x.reshape(x.shape().without(axes));
  }

  private static Tensor unsqueeze(NodeCall node) {
    Tensor x = node.x(0);
    long[] axes = node.integers("axes");
    if (axes == null) {
      axes = node.numbers(1);
    }
    int rank = x.rank() + axes.length;
    int[] sizes = new int[rank];
    Arrays.fill(sizes, -1);
    for (long given : axes) {
      int axis = NodeCall.axis(given, rank);
      if (sizes[axis] == 1) {
        throw new Refusal("needs axes that differ, got " + Arrays.toString(axes));
      }
      sizes[axis] = 1;
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (sizes[i] < 0) {
        sizes[i] = x.size(next++);
      }
    }
    return x.reshape(Shape.of(sizes));
  }

  private static Tensor flatten(NodeCall node) {
    Tensor x = node.x(0);
    int axis = NodeCall.split(node.integer("axis", 1), x);
    return x.reshape(Shape.of(x.shape().elements(0, axis), x.shape().elements(axis, x.rank())));
  }

  private static Tensor expand(NodeCall node) {
    Tensor x = node.x(0);
    return x.expand(Library.room(Shape.broadcast(x.shape(), NodeCall.shape(node.numbers(1)))));
  }

  private static Tensor tile(NodeCall node) {
    Tensor x = node.x(0);
    int[] repeats = node.sizes(1);
    if (repeats.length != x.rank()) {
      throw new Refusal(
          "needs a number for each axis of " + x.shape() + ", got " + Arrays.toString(repeats));
    }
    long[] sizes = new long[repeats.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (long) repeats[i] * x.size(i);
    }
    Shape shape = Library.room(NodeCall.shape(sizes));
    return shape.elements() == 0 ? Tensor.zeros(shape, x.dtype()) : x.tile(repeats);
  }

  private static Tensor depthToSpace(NodeCall node) {
    Tensor x = images(node);
    int b = block(node);
    int c = x.size(1) / (b * b);
    if (c * b * b != x.size(1)) {
      throw new Refusal("needs channels in multiples of " + b * b + ", got " + x.shape());
    }
    boolean columns = NodeCall.oneOf("mode", node.text("mode", "DCR"), "DCR", "CRD").equals("CRD");
    int n = x.size(0);
    int h = x.size(2);
    int w = x.size(3);
    Tensor apart =
        columns
            ? x.reshape(n, c, b, b, h, w).permute(0, 1, 4, 2, 5, 3)
            : x.reshape(n, b, b, c, h, w).permute(0, 3, 4, 1, 5, 2);
    return apart.reshape(n, c, h * b, w * b);
  }

  private static Tensor spaceToDepth(NodeCall node) {
    Tensor x = images(node);
    int b = block(node);
    int h = x.size(2) / b;
    int w = x.size(3) / b;
    if (h * b != x.size(2) || w * b != x.size(3)) {
      throw new Refusal("needs images in multiples of " + b + ", got " + x.shape());
    }
    boolean columns = NodeCall.oneOf("mode", node.text("mode", "DCR"), "DCR", "CRD").equals("CRD");
    Tensor apart = x.reshape(x.size(0), x.size(1), h, b, w, b);
    return (columns ? apart.permute(0, 1, 3, 5, 2, 4) : apart.permute(0, 3, 5, 1, 2, 4))
        .reshape(x.size(0), x.size(1) * b * b, h, w);
  }

  private static Tensor images(NodeCall node) {
    Tensor x = node.x(0);
    if (x.rank() != 4) {
      throw new Refusal("needs images (n, c, h, w), got " + x.shape());
    }
    return x;
  }

  private static int block(NodeCall node) {
    int block = node.size("blocksize", 0);
    if (block < 1) {
      throw new Refusal("needs a blocksize of at least 1, got " + block);
    }
    return block;
  }
}
