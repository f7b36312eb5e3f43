package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;

/// Gathering and scattering by index, and what is one-hot.
final class Indexing {
  private Indexing() {}

  static void addTo(Operators all) {
    all.one(
        "Gather",
        node -> {
          Tensor x = node.atLeast(1, 0);
          int axis = NodeCall.axis(node.integer("axis", 0), x);
          return x.take(axis, NodeCall.index(node.x(1), x.size(axis)));
        });
    all.one(
        "GatherElements",
        node -> {
          Tensor x = node.atLeast(1, 0);
          int axis = NodeCall.axis(node.integer("axis", 0), x);
          return along(x, axis, NodeCall.index(node.x(1), x.size(axis)));
        });
    all.one("GatherND", Indexing::gatherNd);
    all.one("Scatter", Indexing::scatter);
    all.one("ScatterElements", Indexing::scatter);
    all.one("ScatterND", Indexing::scatterNd);
    all.add("OneHot", Indexing::oneHot);
    all.one("Compress", Indexing::compress);
    all.one("NonZero", Indexing::nonZero);
  }

  /// The other axes of an index may be shorter than those of the data.
  private static Tensor along(Tensor x, int axis, Tensor index) {
    if (index.rank() != x.rank()) {
      throw new Refusal("needs an index of rank " + x.rank() + ", got " + index.shape());
    }
    Tensor cut = x;
    for (int i = 0; i < x.rank(); i++) {
      if (i != axis && index.size(i) > x.size(i)) {
        throw new Refusal("needs an index within " + x.shape() + ", got " + index.shape());
      }
      if (i != axis && index.size(i) < x.size(i)) {
        cut = cut.slice(i, 0, index.size(i));
      }
    }
    return cut.takeAlong(axis, index);
  }

  /// The places (..., k) of a coordinate index as flat places (...) in the first k axes.
  private static Tensor flat(Tensor index, Shape x) {
    int k = index.size(-1);
    Tensor places = null;
    for (int i = 0; i < k; i++) {
      Tensor one = NodeCall.index(index.slice(-1, i, i + 1).squeeze(-1), x.size(i)).to(DType.I64);
      // A place beyond one axis would be a wrong place of the next.
      Tensor inside = within(one, x.size(i));
      places = places == null ? inside : places.mul(x.size(i)).add(inside);
    }
    return places == null
        ? Tensor.zeros(index.shape().without(index.rank() - 1), DType.I64)
        : places;
  }

  /// The index, which is out of range of everything where it is out of this range.
  private static Tensor within(Tensor index, int size) {
    if (index.recording() == null) {
      return index;
    }
    Tensor beyond = NodeCall.scalar(-(1L << 40), DType.I64);
    return index.ge(0).and(index.lt(size)).where(index, beyond);
  }

  private static void needCoordinates(Tensor index, Tensor x, int batch) {
    if (index.rank() == 0 || index.size(-1) > x.rank() - batch) {
      throw new Refusal(
          "needs coordinates of at most " + (x.rank() - batch) + " axes, got " + index.shape());
    }
  }

  private static Tensor gatherNd(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    Tensor index = node.x(1);
    int batch = node.size("batch_dims", 0);
    if (batch < 0 || batch >= x.rank() || batch >= index.rank()) {
      throw new Refusal("needs fewer batch_dims than axes, got " + batch);
    }
    needCoordinates(index, x, batch);
    int k = index.size(-1);
    Shape head = index.shape().without(index.rank() - 1);
    int lead = x.shape().elements(0, batch);
    int[] tail = Arrays.copyOfRange(x.shape().sizes(), batch + k, x.rank());
    int places = x.shape().elements(batch, batch + k);
    int inner = x.shape().elements(batch + k, x.rank());
    Shape searched = Shape.of(Arrays.copyOfRange(x.shape().sizes(), batch, x.rank()));
    Tensor flat = flat(index, searched);
    // One example after the other: the place of each begins where the last one ended.
    int each = lead == 0 ? 0 : flat.elements() / lead;
    Tensor starts = Tensor.arange(lead, DType.I64).mul(places).reshape(lead, 1);
    Tensor all = flat.reshape(lead, each).add(starts).reshape(Shape.of(lead * each));
    Tensor rows = x.reshape(Shape.of(lead * places, inner)).take(0, all);
    int[] sizes = Arrays.copyOf(head.sizes(), head.rank() + tail.length);
    System.arraycopy(tail, 0, sizes, head.rank(), tail.length);
    return rows.reshape(Shape.of(sizes));
  }

  private static Tensor scatterNd(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    Tensor index = node.x(1);
    Tensor updates = node.x(2);
    needCoordinates(index, x, 0);
    int k = index.size(-1);
    int places = x.shape().elements(0, k);
    int inner = x.shape().elements(k, x.rank());
    Tensor flat = flat(index, x.shape()).flatten();
    int[] wanted = Arrays.copyOf(index.shape().sizes(), index.rank() - 1 + x.rank() - k);
    System.arraycopy(x.shape().sizes(), k, wanted, index.rank() - 1, x.rank() - k);
    if (!updates.shape().equals(Shape.of(wanted))) {
      throw new Refusal("needs updates " + Shape.of(wanted) + ", got " + updates.shape());
    }
    Tensor rows = x.reshape(Shape.of(places, inner));
    Tensor source = updates.reshape(Shape.of(flat.elements(), inner));
    Tensor spread = flat.unsqueeze(1).expand(source.shape());
    String how = reduction(node);
    return combined(rows, 0, spread, source, how).reshape(x.shape());
  }

  private static String reduction(NodeCall node) {
    return NodeCall.oneOf(
        "reduction", node.text("reduction", "none"), "none", "add", "mul", "max", "min");
  }

  private static Tensor scatter(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    int axis = NodeCall.axis(node.integer("axis", 0), x);
    Tensor index = NodeCall.index(node.x(1), x.size(axis));
    Tensor updates = node.x(2);
    if (!index.shape().equals(updates.shape()) || index.rank() != x.rank()) {
      throw new Refusal(
          "needs indices and updates of one shape and the rank of "
              + x.shape()
              + ", got "
              + index.shape()
              + " and "
              + updates.shape());
    }
    Tensor part = x;
    for (int i = 0; i < x.rank(); i++) {
      if (i != axis && index.size(i) > x.size(i)) {
        throw new Refusal("needs an index within " + x.shape() + ", got " + index.shape());
      }
      if (i != axis) {
        part = part.slice(i, 0, index.size(i));
      }
    }
    Tensor changed = combined(part, axis, index, updates, reduction(node));
    // What the index does not reach stays.
    for (int i = x.rank() - 1; i >= 0; i--) {
      if (changed.size(i) < x.size(i)) {
        Tensor rest = x;
        for (int j = 0; j < i; j++) {
          if (j != axis) {
            rest = rest.slice(j, 0, index.size(j));
          }
        }
        changed = Tensor.concat(i, changed, rest.slice(i, changed.size(i), x.size(i)));
      }
    }
    return changed;
  }

  private static Tensor combined(Tensor x, int axis, Tensor index, Tensor updates, String how) {
    return switch (how) {
      case "none" -> x.scatter(axis, index, updates);
      case "add" -> x.scatterAdd(axis, index, updates);
      default -> Scattering.oneByOne(x, axis, index, updates, how);
    };
  }

  private static List<Value> oneHot(NodeCall node) {
    Tensor index = node.x(0).to(DType.I64);
    long depth = (long) node.number(1);
    if (depth < 1 || depth > Library.MOST_ELEMENTS) {
      throw new Refusal("needs a depth of at least 1, got " + depth);
    }
    int axis = NodeCall.axis(node.integer("axis", -1), index.rank() + 1);
    Tensor two = node.x(2);
    if (two.elements() != 2) {
      throw new Refusal("needs two values as input 2, got " + two.shape());
    }
    Library.room(NodeCall.shape(index.elements(), depth));
    Tensor place = index.lt(0).where(index.add((double) depth), index).unsqueeze(axis);
    int[] along = new int[index.rank() + 1];
    Arrays.fill(along, 1);
    along[axis] = (int) depth;
    Tensor hot = place.eq(Tensor.arange((int) depth, DType.I64).reshape(Shape.of(along)));
    Tensor flat = two.reshape(Shape.of(2));
    Tensor off = flat.get(0);
    Tensor on = flat.get(1);
    Tensor chosen =
        two.dtype() == DType.BOOL ? hot.and(on).or(hot.not().and(off)) : hot.where(on, off);
    return List.of(new Value(chosen, node.type(2)));
  }

  private static Tensor compress(NodeCall node) {
    Tensor x = node.x(0);
    boolean[] chosen = node.constant(1).toBooleans();
    boolean flat = !node.given("axis");
    Tensor from = flat ? x.flatten() : x;
    int axis = flat ? 0 : NodeCall.axis(node.integer("axis"), x);
    if (chosen.length > from.size(axis)) {
      throw new Refusal("needs at most " + from.size(axis) + " choices, got " + chosen.length);
    }
    long[] places = new long[chosen.length];
    int n = 0;
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        places[n++] = i;
      }
    }
    return from.take(axis, Tensor.of(Shape.of(n), Arrays.copyOf(places, n)));
  }

  private static Tensor nonZero(NodeCall node) {
    Tensor x = node.constant(0);
    boolean[] some = x.to(DType.BOOL).toBooleans();
    int n = 0;
    for (boolean one : some) {
      n += one ? 1 : 0;
    }
    long[] places = new long[x.rank() * n];
    int[] strides = x.shape().strides();
    int k = 0;
    for (int i = 0; i < some.length; i++) {
      if (some[i]) {
        for (int axis = 0; axis < x.rank(); axis++) {
          places[axis * n + k] = i / strides[axis] % x.size(axis);
        }
        k++;
      }
    }
    return Tensor.of(Shape.of(x.rank(), n), places);
  }
}
