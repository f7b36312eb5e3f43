package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Attention of queries to keys, and what goes with it in transformers.
final class Attention {
  private Attention() {}

  static void addTo(Operators all) {
    all.add("Attention", Attention::attention);
    all.one("RotaryEmbedding", Attention::rotated);
    all.one("TensorScatter", Attention::written);
  }

  /// From (n, length, heads · size) to (n, heads, length, size).
  private static Tensor headed(Tensor x, int heads) {
    if (x.rank() == 4) {
      return x;
    }
    if (x.rank() != 3 || heads < 1 || x.size(2) % heads != 0) {
      throw new Refusal(
          "needs (n, heads, length, size), or (n, length, heads size) with a number of heads, got "
              + x.shape()
              + " and "
              + heads);
    }
    return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).permute(0, 2, 1, 3);
  }

  private static List<Value> attention(NodeCall node) {
    boolean flat = node.x(0).rank() == 3;
    Tensor q = headed(node.floats(0), node.size("q_num_heads", 0));
    Tensor k = headed(node.x(1), node.size("kv_num_heads", 0));
    Tensor v = headed(node.x(2), node.size("kv_num_heads", 0));
    if (node.has(4) != node.has(5)) {
      throw new Refusal("needs past_key and past_value together, got one");
    }
    if (node.has(4)) {
      k = Tensor.concat(2, node.x(4), k);
      v = Tensor.concat(2, node.x(5), v);
    }
    Tensor keys = k;
    Tensor values = v;
    if (k.size(1) < 1 || q.size(1) % k.size(1) != 0) {
      throw new Refusal(
          "needs query heads in multiples of key heads, got " + q.shape() + " and " + k.shape());
    }
    if (q.size(1) != k.size(1)) {
      keys = k.repeatInterleave(q.size(1) / k.size(1), 1);
      values = v.repeatInterleave(q.size(1) / v.size(1), 1);
    }
    double scale = node.real("scale", 1 / Math.sqrt(q.size(3)));
    Tensor raw = q.matmul(keys, false, true).mul(scale);
    double cap = node.real("softcap", 0);
    Tensor capped = cap == 0 ? raw : raw.div(cap).tanh().mul(cap);
    Tensor biased = biased(node, capped, node.has(4) ? node.x(4).size(2) : 0);
    Tensor weights =
        node.given("softmax_precision")
                && NodeCall.elementType(node.integer("softmax_precision")).dtype() == DType.F64
            ? biased.to(DType.F64).maskedSoftmax(3).to(q.dtype())
            : biased.maskedSoftmax(3);
    Tensor y = weights.matmul(values);
    if (flat) {
      y = y.permute(0, 2, 1, 3).reshape(y.size(0), y.size(2), y.size(1) * y.size(3));
    }
    Tensor shown =
        switch (node.size("qk_matmul_output_mode", 0)) {
          case 0 -> raw;
          case 1 -> capped;
          case 2 -> biased;
          default -> weights;
        };
    return List.of(node.like(y), node.like(k), node.like(v), node.like(shown));
  }

  /// The scores with minus infinity where a query may not look, and with the mask added.
  private static Tensor biased(NodeCall node, Tensor scores, int past) {
    int queries = scores.size(2);
    int keys = scores.size(3);
    Tensor biased = scores;
    @Nullable Tensor allowed = null;
    if (node.has(3)) {
      Tensor mask = node.x(3);
      int missing = keys - mask.size(-1);
      if (mask.dtype() == DType.BOOL) {
        allowed = missing > 0 ? mask.pad(-1, 0, missing) : mask;
      } else {
        biased =
            biased.add(missing > 0 ? mask.pad(-1, 0, missing, Double.NEGATIVE_INFINITY) : mask);
      }
    }
    Tensor key = Tensor.arange(keys, DType.I64);
    @Nullable Tensor valid =
        node.has(6) ? node.x(6).to(DType.I64).reshape(node.x(6).elements(), 1, 1, 1) : null;
    // The place of each query among the keys.
    Tensor query = Tensor.arange(queries, DType.I64).add(past).reshape(queries, 1);
    if (valid != null && !node.has(4)) {
      query = query.add(valid.sub(queries));
    }
    long left = node.integer("left_window_size", -1);
    long right = node.integer("right_window_size", -1);
    if (node.flag("is_causal")) {
      allowed = both(allowed, key.le(query));
    }
    if (right >= 0) {
      allowed = both(allowed, key.le(query.add((double) right)));
    }
    if (left >= 0) {
      allowed = both(allowed, key.ge(query.sub((double) left)));
    }
    if (valid != null) {
      allowed = both(allowed, key.lt(valid));
    }
    return allowed == null ? biased : allowed.where(biased, Double.NEGATIVE_INFINITY);
  }

  private static Tensor both(@Nullable Tensor a, Tensor b) {
    return a == null ? b : a.and(b);
  }

  /// Rotary positions: pairs of numbers turned by an angle that grows with the position.
  private static Tensor rotated(NodeCall node) {
    Tensor x = node.floats(0);
    boolean flat = x.rank() == 3;
    int heads = node.size("num_heads", 0);
    Tensor apart = headed(x, heads).permute(0, 2, 1, 3); // (n, length, heads, size)
    int size = apart.size(3);
    int turned = node.size("rotary_embedding_dim", 0);
    turned = turned == 0 ? size : turned;
    if (turned < 0 || turned > size || turned % 2 != 0) {
      throw new Refusal("needs an even part of " + size + " to turn, got " + turned);
    }
    int half = turned / 2;
    Tensor cos = node.x(1);
    Tensor sin = node.x(2);
    if (node.has(3)) {
      Tensor places = NodeCall.index(node.x(3), cos.size(0));
      cos = cos.take(0, places);
      sin = sin.take(0, places);
    }
    if (cos.rank() != 3 || cos.size(-1) != half) {
      throw new Refusal("needs cosines (n, length, " + half + "), got " + cos.shape());
    }
    cos = cos.unsqueeze(2);
    sin = sin.unsqueeze(2);
    Tensor part = apart.slice(3, 0, turned);
    Tensor rest = apart.slice(3, turned, size);
    boolean woven = node.flag("interleaved");
    Tensor a = woven ? part.slice(3, 0, turned, 2) : part.slice(3, 0, half);
    Tensor b = woven ? part.slice(3, 1, turned, 2) : part.slice(3, half, turned);
    Tensor real = cos.mul(a).sub(sin.mul(b));
    Tensor imaginary = sin.mul(a).add(cos.mul(b));
    Tensor both =
        woven
            ? Tensor.stack(4, real, imaginary).reshape(part.shape())
            : Tensor.concat(3, real, imaginary);
    Tensor y = turned == size ? both : Tensor.concat(3, both, rest);
    return flat ? y.reshape(x.shape()) : y.permute(0, 2, 1, 3);
  }

  /// A cache with an update written along an axis, for each example from a place of its own.
  private static Tensor written(NodeCall node) {
    Tensor x = node.atLeast(2, 0);
    Tensor update = node.x(1);
    int axis = NodeCall.axis(node.integer("axis", -2), x);
    if (axis == 0 || update.rank() != x.rank()) {
      throw new Refusal("needs an axis behind the first, got " + axis);
    }
    boolean circular =
        NodeCall.oneOf("mode", node.text("mode", "linear"), "linear", "circular")
            .equals("circular");
    int n = update.size(axis);
    int[] along = new int[x.rank()];
    Arrays.fill(along, 1);
    along[axis] = n;
    Tensor places = Tensor.arange(n, DType.I64).reshape(Shape.of(along));
    if (node.has(2)) {
      int[] first = new int[x.rank()];
      Arrays.fill(first, 1);
      first[0] = x.size(0);
      places = places.add(node.x(2).to(DType.I64).reshape(Shape.of(first)));
    }
    if (circular) {
      places = places.remainder(x.size(axis));
    }
    Shape wanted = x.shape().with(axis, n);
    if (!update.shape().equals(wanted)) {
      throw new Refusal("needs an update " + wanted + ", got " + update.shape());
    }
    return x.scatter(axis, Objects.requireNonNull(places).expand(wanted), update);
  }
}
