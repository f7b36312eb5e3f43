package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Selected;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// Pools: the largest, mean or norm of every window, or of all places.
final class Pooling {
  private Pooling() {}

  static void addTo(Operators all) {
    all.add("MaxPool", Pooling::max);
    all.one("AveragePool", Pooling::average);
    all.one("LpPool", Pooling::norms);
    all.one("GlobalAveragePool", node -> node.atLeast(3, 0).meanKeep(places(node)));
    all.one("GlobalMaxPool", node -> node.atLeast(3, 0).amaxKeep(places(node)));
    all.one("GlobalLpPool", node -> node.atLeast(3, 0).pNormKeep(node.real("p", 2), places(node)));
    all.one("MaxUnpool", Pooling::unpooled);
  }

  private static int[] places(NodeCall node) {
    return Constants.from(2, node.x(0).rank());
  }

  private static Windows windows(NodeCall node) {
    long[] kernel = node.integers("kernel_shape");
    if (kernel == null) {
      throw new Refusal("needs attribute kernel_shape, got none");
    }
    return Windows.of(node, node.x(0), NodeCall.ints(kernel));
  }

  // ---- the largest ----

  private static List<Value> max(NodeCall node) {
    Tensor x = node.x(0);
    Windows w = windows(node);
    boolean ceil = node.flag("ceil_mode");
    Tensor seen = x.dtype().isFloat() ? x : x.to(DType.F64);
    if (node.wants(1)) {
      boolean columns = node.flag("storage_order");
      Selected both = selected(seen, w, ceil, columns);
      return List.of(node.like(both.values().to(x.dtype())), Value.of(both.index()));
    }
    return List.of(node.like(largest(seen, w, ceil).to(x.dtype())));
  }

  private static Tensor largest(Tensor x, Windows w, boolean ceil) {
    if (w.dimensions() == 2 && isPlain(x, w, ceil)) {
      return x.maxPool2d(options(w, ceil));
    }
    Tensor y = x;
    for (int d = w.dimensions() - 1; d >= 0; d--) {
      int count = w.count(x.shape(), d, ceil);
      Tensor padded = padded(y, w, d, w.beyond(x.shape(), d, count), Double.NEGATIVE_INFINITY);
      y = room(padded, d, w, count).take(2 + d, w.places(d, count)).max(3 + d).values();
    }
    return y;
  }

  /// Windows are copies; they must not be too many.
  private static Tensor room(Tensor x, int d, Windows w, int count) {
    long[] sizes = Arrays.stream(x.shape().sizes()).asLongStream().toArray();
    sizes[2 + d] = (long) count * w.kernel()[d];
    Library.room(NodeCall.shape(sizes));
    return x;
  }

  private static Tensor padded(Tensor x, Windows w, int d, int beyond, double filling) {
    int before = w.before()[d];
    int after = w.after()[d] + beyond;
    return before == 0 && after == 0 ? x : x.pad(2 + d, before, after, filling);
  }

  private static boolean isPlain(Tensor x, Windows w, boolean ceil) {
    boolean plain = w.isPlain();
    for (int d = 0; d < w.dimensions(); d++) {
      plain &= 2 * w.before()[d] <= w.kernel()[d] && x.size(2 + d) > 0;
      w.count(x.shape(), d, ceil);
    }
    return plain;
  }

  private static Pool2dOptions options(Windows w, boolean ceil) {
    return Pool2dOptions.of(w.kernel()[0], w.kernel()[1])
        .stride(w.stride()[0], w.stride()[1])
        .padding(w.before()[0], w.before()[1])
        .ceil(ceil);
  }

  /// With the place of each in the whole input, counted row by row, or within an image column by
  /// column.
  private static Selected selected(Tensor x, Windows w, boolean ceil, boolean columns) {
    Tensor y = x;
    Tensor place = Tensor.arange(x.elements(), DType.I64).reshape(x.shape());
    if (columns) {
      place = byColumns(x.shape());
    }
    for (int d = w.dimensions() - 1; d >= 0; d--) {
      int count = w.count(x.shape(), d, ceil);
      int beyond = w.beyond(x.shape(), d, count);
      Tensor places = w.places(d, count);
      Tensor values =
          room(padded(y, w, d, beyond, Double.NEGATIVE_INFINITY), d, w, count).take(2 + d, places);
      Tensor all = padded(place, w, d, beyond, -1).take(2 + d, places);
      Selected best = values.max(3 + d);
      place = all.takeAlong(3 + d, best.index().unsqueeze(3 + d)).squeeze(3 + d);
      y = best.values();
    }
    return new Selected(y, place);
  }

  private static Tensor byColumns(Shape x) {
    int[] sizes = x.sizes();
    int[] back = new int[x.rank()];
    for (int i = 0; i < back.length; i++) {
      back[i] = i < 2 ? i : back.length + 1 - i;
    }
    int[] turned = new int[back.length];
    for (int i = 0; i < back.length; i++) {
      turned[i] = sizes[back[i]];
    }
    return Tensor.arange(x.elements(), DType.I64).reshape(Shape.of(turned)).permute(back);
  }

  // ---- the mean ----

  private static Tensor average(NodeCall node) {
    Tensor x = node.floats(0);
    Windows w = windows(node);
    boolean ceil = node.flag("ceil_mode");
    boolean counted = node.flag("count_include_pad");
    if (w.dimensions() == 2 && isPlain(x, w, ceil)) {
      return x.avgPool2d(options(w, ceil).countPadding(counted));
    }
    Tensor one = Tensor.ones(x.shape().with(0, 1).with(1, 1), x.dtype());
    return sums(x, w, ceil, x.shape(), 0).div(sums(one, w, ceil, x.shape(), counted ? 1 : 0));
  }

  /// The sums of windows, dimension by dimension.
  private static Tensor sums(Tensor x, Windows w, boolean ceil, Shape shape, double padding) {
    Tensor y = x;
    for (int d = 0; d < w.dimensions(); d++) {
      y = padded(y, w, d, 0, padding);
    }
    for (int d = w.dimensions() - 1; d >= 0; d--) {
      int count = w.count(shape, d, ceil);
      int beyond = w.beyond(shape, d, count);
      Tensor whole = beyond == 0 ? y : y.pad(2 + d, 0, beyond);
      y = room(whole, d, w, count).take(2 + d, w.places(d, count)).sum(3 + d);
    }
    return y;
  }

  // ---- norms ----

  private static Tensor norms(NodeCall node) {
    Tensor x = node.floats(0);
    Windows w = windows(node);
    boolean ceil = node.flag("ceil_mode");
    double p = node.given("p") && node.opset() < 2 ? node.real("p", 2) : node.integer("p", 2);
    Tensor powers = p == 2 ? x.square() : x.abs().pow(p);
    Tensor all = sums(powers, w, ceil, x.shape(), 0);
    return p == 2 ? all.sqrt() : all.pow(1 / p);
  }

  // ---- back ----

  private static Tensor unpooled(NodeCall node) {
    Tensor x = node.x(0);
    Tensor index = node.x(1);
    Windows w = windows(node);
    long[] sizes = new long[x.rank()];
    for (int i = 0; i < sizes.length; i++) {
      int d = i - 2;
      sizes[i] =
          i < 2
              ? x.size(i)
              : (x.size(i) - 1L) * w.stride()[d] + w.kernel()[d] - w.before()[d] - w.after()[d];
    }
    Shape small = NodeCall.shape(sizes);
    Shape shape = small;
    if (node.has(2)) {
      shape = NodeCall.shape(node.numbers(2));
    }
    Library.room(shape);
    if (!index.shape().equals(x.shape())) {
      throw new Refusal("needs indices of " + x.shape() + ", got " + index.shape());
    }
    // Indices count in the smaller output, if sizes were given.
    Tensor places = index.flatten();
    Tensor flat = Tensor.zeros(Shape.of(small.elements()), x.dtype());
    Tensor put = flat.scatter(0, NodeCall.index(places, small.elements()), x.flatten());
    Tensor made = put.reshape(small);
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.rank() != small.rank() || shape.size(i) < small.size(i)) {
        throw new Refusal("needs an output_shape of at least " + small + ", got " + shape);
      }
      if (shape.size(i) > small.size(i)) {
        made = made.pad(i, 0, shape.size(i) - small.size(i));
      }
    }
    return made;
  }
}
