package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Sorting, running sums, reversals.
final class Ordering {
  private Ordering() {}

  static void addTo(Operators all) {
    all.add("TopK", Ordering::topK);
    all.add("Unique", Ordering::unique);
    all.one("CumSum", node -> running(node, false));
    all.one("CumProd", node -> running(node, true));
    all.one("ReverseSequence", Ordering::reversed);
  }

  private static List<Value> topK(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    long k = node.opset() < 10 ? node.integer("k") : node.whole(1);
    int axis = NodeCall.axis(node.integer("axis", -1), x);
    if (k < 0 || k > x.size(axis)) {
      throw new Refusal("needs k of 0.." + x.size(axis) + ", got " + k);
    }
    boolean largest = node.integer("largest", 1) != 0;
    Tensor order = Numbers.ordered(node.value(0)).argsort(axis, largest).slice(axis, 0, (int) k);
    return List.of(node.like(x.takeAlong(axis, order)), Value.of(order.to(DType.I64)));
  }

  private static Tensor running(NodeCall node, boolean product) {
    Tensor x = node.atLeast(1, 0);
    int axis = NodeCall.axis(node.whole(1), x);
    boolean backwards = node.flag("reverse");
    boolean exclusive = node.flag("exclusive");
    Tensor seen = backwards ? x.flip(axis) : x;
    if (exclusive && x.size(axis) > 0) {
      Tensor first = Tensor.full(x.shape().with(axis, 1), x.dtype(), product ? 1 : 0);
      seen = Tensor.concat(axis, first, seen.slice(axis, 0, x.size(axis) - 1));
    }
    Tensor run = product ? products(seen, axis) : seen.cumsum(axis);
    return backwards ? run.flip(axis) : run;
  }

  private static Tensor products(Tensor x, int axis) {
    if (x.dtype().isFloat()) {
      return x.cumprod(axis);
    }
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < x.size(axis); i++) {
      Tensor next = x.slice(axis, i, i + 1);
      parts.add(i == 0 ? next : parts.getLast().mul(next));
    }
    return parts.isEmpty() ? x : Tensor.concat(axis, parts);
  }

  private static Tensor reversed(NodeCall node) {
    Tensor x = node.atLeast(2, 0);
    long[] lengths = node.numbers(1);
    int time = NodeCall.axis(node.integer("time_axis", 0), x);
    int batch = NodeCall.axis(node.integer("batch_axis", 1), x);
    if (time == batch || lengths.length != x.size(batch)) {
      throw new Refusal(
          "needs " + x.size(batch) + " lengths along another axis, got " + lengths.length);
    }
    int steps = x.size(time);
    long[] index = new long[steps * lengths.length];
    for (int b = 0; b < lengths.length; b++) {
      if (lengths[b] < 0 || lengths[b] > steps) {
        throw new Refusal("needs lengths of 0.." + steps + ", got " + lengths[b]);
      }
      for (int t = 0; t < steps; t++) {
        index[t * lengths.length + b] = t < lengths[b] ? lengths[b] - 1 - t : t;
      }
    }
    int[] sizes = new int[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[time] = steps;
    sizes[batch] = lengths.length;
    Tensor places = Tensor.of(Shape.of(steps, lengths.length), index);
    Tensor ordered = time < batch ? places : places.transpose();
    return x.takeAlong(time, ordered.reshape(Shape.of(sizes)).expand(x.shape()));
  }

  /// The different slices of a known tensor, where each was first, which it was, and how often.
  private static List<Value> unique(NodeCall node) {
    Tensor x = node.constant(0);
    boolean flat = !node.given("axis");
    int axis = flat ? 0 : NodeCall.axis(node.integer("axis"), x);
    Tensor from = flat ? x.flatten() : x;
    int n = from.size(axis);
    double[][] slices = new double[n][];
    for (int i = 0; i < n; i++) {
      Tensor one = from.slice(axis, i, i + 1);
      if (x.dtype() == DType.I64) {
        for (long each : one.toLongs()) {
          if (Math.abs(each) > 1L << 53) {
            throw new Refusal("needs whole numbers up to 2^53, got " + each);
          }
        }
      }
      slices[i] = one.toDoubles();
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    order.sort(Comparator.comparing(i -> slices[i], Arrays::compare));
    List<List<Integer>> groups = new ArrayList<>();
    for (int i : order) {
      if (groups.isEmpty() || !Arrays.equals(slices[groups.getLast().getFirst()], slices[i])) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(i);
    }
    if (node.integer("sorted", 1) == 0) {
      groups.sort(Comparator.comparing(List::getFirst));
    }
    long[] first = new long[groups.size()];
    long[] inverse = new long[n];
    long[] counts = new long[groups.size()];
    for (int g = 0; g < first.length; g++) {
      first[g] = groups.get(g).getFirst();
      counts[g] = groups.get(g).size();
      for (int i : groups.get(g)) {
        inverse[i] = g;
      }
    }
    Tensor places = Tensor.of(Shape.of(first.length), first);
    return List.of(
        node.like(from.take(axis, places)),
        Value.of(places),
        Value.of(Tensor.of(Shape.of(n), inverse)),
        Value.of(Tensor.of(Shape.of(counts.length), counts)));
  }
}
