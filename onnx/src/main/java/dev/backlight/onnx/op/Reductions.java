package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/// Many elements to one: sums, norms, extremes and their places, softmax.
final class Reductions {
  private Reductions() {}

  /// A reduction that keeps its axes with size 1.
  private interface Kept {
    Tensor apply(Tensor x, int[] axes);
  }

  static void addTo(Operators all) {
    reduce(all, "ReduceSum", Tensor::sumKeep);
    reduce(all, "ReduceMean", Reductions::mean);
    reduce(all, "ReduceProd", Reductions::product);
    reduce(all, "ReduceL1", (x, axes) -> x.abs().sumKeep(axes));
    reduce(all, "ReduceL2", Reductions::norm);
    reduce(all, "ReduceSumSquare", (x, axes) -> x.mul(x).sumKeep(axes));
    reduce(all, "ReduceLogSum", (x, axes) -> x.sumKeep(axes).log());
    reduce(all, "ReduceLogSumExp", Reductions::logSumExp);
    all.add("ReduceMax", node -> extreme(node, true));
    all.add("ReduceMin", node -> extreme(node, false));
    all.one("ArgMax", node -> place(node, true));
    all.one("ArgMin", node -> place(node, false));
    softmax(all, "Softmax", Tensor::softmax);
    softmax(all, "LogSoftmax", Tensor::logSoftmax);
    softmax(all, "Hardmax", Reductions::hardmax);
  }

  private static void reduce(Operators all, String name, Kept kept) {
    all.one(
        name,
        node -> {
          Tensor x = node.x(0);
          int[] axes = node.axes(1, x);
          if (axes == null || axes.length == 0) {
            if (node.flag("noop_with_empty_axes")) {
              axes = new int[0];
            } else {
              axes = IntStream.range(0, x.rank()).toArray();
            }
          }
          return dropped(node, over(kept, x, axes), axes);
        });
  }

  /// Over no axes every element is reduced by itself, which for functions of this library, where no
  /// axes mean all, is a reduction over a new axis of size 1.
  private static Tensor over(Kept kept, Tensor x, int[] axes) {
    if (axes.length == 0) {
      return kept.apply(x.unsqueeze(x.rank()), new int[] {x.rank()}).reshape(x.shape());
    }
    return kept.apply(x, axes);
  }

  private static Tensor dropped(NodeCall node, Tensor kept, int[] axes) {
    return node.integer("keepdims", 1) != 0 ? kept : kept.reshape(kept.shape().without(axes));
  }

  private static Tensor mean(Tensor x, int[] axes) {
    if (x.dtype().isFloat()) {
      return x.meanKeep(axes);
    }
    long n = Arrays.stream(axes).asLongStream().reduce(1, (a, axis) -> a * x.size((int) axis));
    // A sum may leave the range that the mean stays in.
    Tensor sum = x.to(DType.I64).sumKeep(axes);
    return sum.truncDiv(Tensor.of(Shape.SCALAR, n)).to(x.dtype());
  }

  private static Tensor product(Tensor x, int[] axes) {
    return x.dtype().isFloat() ? x.prodKeep(axes) : halved(x, axes, Tensor::mul, 1);
  }

  private static Tensor norm(Tensor x, int[] axes) {
    return x.dtype().isFloat() ? x.normKeep(axes) : x.to(DType.F64).normKeep(axes).to(x.dtype());
  }

  private static Tensor logSumExp(Tensor x, int[] axes) {
    return x.dtype().isFloat()
        ? x.logSumExpKeep(axes)
        : x.to(DType.F64).logSumExpKeep(axes).to(x.dtype());
  }

  /// Integers combined two by two along the axes, which no detour through floats makes inexact.
  private static Tensor halved(Tensor x, int[] axes, BinaryOperator<Tensor> pair, double nothing) {
    Tensor all = x;
    for (int axis : axes) {
      if (all.size(axis) == 0) {
        all = Tensor.full(all.shape().with(axis, 1), x.dtype(), nothing);
      }
      while (all.size(axis) > 1) {
        int n = all.size(axis);
        int half = n / 2;
        Tensor both = pair.apply(all.slice(axis, 0, half), all.slice(axis, half, 2 * half));
        all = n % 2 == 0 ? both : Tensor.concat(axis, both, all.slice(axis, n - 1, n));
      }
    }
    return all;
  }

  private static List<Value> extreme(NodeCall node, boolean largest) {
    ElementType type = node.type(0);
    Tensor x = node.x(0);
    int[] given = node.axes(1, x);
    if ((given == null || given.length == 0) && node.flag("noop_with_empty_axes")) {
      return List.of(node.value(0));
    }
    int[] axes =
        given == null || given.length == 0 ? IntStream.range(0, x.rank()).toArray() : given;
    Tensor kept;
    if (axes.length == 0) {
      kept = x;
    } else if (x.shape().keeping(axes).elements() > 0
        && Arrays.stream(axes).anyMatch(axis -> x.size(axis) == 0)) {
      kept = ofNothing(x.shape().keeping(axes), type, largest);
    } else if (type == ElementType.BOOL) {
      Tensor n = largest ? x : x.not();
      Tensor some = n.to(DType.I32).sumKeep(axes).gt(0);
      kept = largest ? some : some.not();
    } else if (x.dtype().isFloat()) {
      kept = largest ? x.amaxKeep(axes) : x.aminKeep(axes);
    } else {
      Tensor ordered = Numbers.ordered(node.value(0));
      kept =
          Numbers.unordered(
              halved(ordered, axes, largest ? Tensor::maximum : Tensor::minimum, 0), type);
    }
    return List.of(new Value(dropped(node, kept, axes), type));
  }

  /// The extreme of nothing: what every element of the type surpasses.
  private static Tensor ofNothing(Shape shape, ElementType type, boolean largest) {
    if (type.isFloat()) {
      double least = largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      return Tensor.full(shape, Objects.requireNonNull(type.dtype()), least);
    }
    if (type == ElementType.BOOL) {
      return Tensor.full(shape, DType.BOOL, largest ? 0 : 1);
    }
    long most =
        type.isUnsigned() ? -1L >>> (64 - type.bits()) : Long.MAX_VALUE >>> (64 - type.bits());
    long least = type.isUnsigned() ? 0 : -most - 1;
    Tensor number = Tensor.of(Shape.SCALAR, largest ? least : most);
    return number.to(DType.I64).expand(shape).to(Objects.requireNonNull(type.dtype()));
  }

  private static Tensor place(NodeCall node, boolean largest) {
    Tensor x = node.atLeast(1, 0);
    int axis = NodeCall.axis(node.integer("axis", 0), x);
    boolean last = node.flag("select_last_index");
    Tensor seen = last ? x.flip(axis) : x;
    Tensor place;
    if (x.dtype().isFloat()) {
      place = largest ? seen.argmax(axis) : seen.argmin(axis);
    } else {
      Tensor ordered = Numbers.ordered(new Value(seen, node.type(0)));
      place = ordered.argsort(axis, largest).slice(axis, 0, 1).squeeze(axis);
    }
    Tensor index = place.to(DType.I64);
    if (last) {
      index = index.neg().add(x.size(axis) - 1);
    }
    return node.integer("keepdims", 1) != 0 ? index.unsqueeze(axis) : index;
  }

  /// A softmax along one axis.
  private interface Along {
    Tensor apply(Tensor x, int axis);
  }

  private static void softmax(Operators all, String name, Along along) {
    all.one(
        name,
        node -> {
          Tensor x = node.floats(0);
          if (x.rank() == 0) {
            return along.apply(x.reshape(1), 0).reshape(x.shape());
          }
          if (node.opset() >= 13) {
            return along.apply(x, NodeCall.axis(node.integer("axis", -1), x));
          }
          // Before opset 13 all axes from this one on were one.
          int axis = NodeCall.split(node.integer("axis", 1), x);
          Shape flat = Shape.of(x.shape().elements(0, axis), x.shape().elements(axis, x.rank()));
          return along.apply(x.reshape(flat), 1).reshape(x.shape());
        });
  }

  private static Tensor hardmax(Tensor x, int axis) {
    return x.argmax(axis).oneHot(x.size(axis), x.dtype(), axis);
  }
}
