package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Concat;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A program over some of its examples.
///
/// Where the first axis of some inputs counts examples, and no example has a say in what becomes of
/// another, the program over some of them gives those rows of the outputs, with the same bits.
/// Values either have such an axis or are shared by all examples; constants that are alike for all
/// examples may be either.
final class Sharding {
  private final Program p;
  private final int size;
  private final int some;

  /// Which values have an axis of examples.
  private final boolean[] along;

  /// Which constants have one along which nothing changes.
  private final boolean[] alike;

  private Sharding(Program p, boolean[] inputs, int size, int some) {
    this.p = p;
    this.size = size;
    this.some = some;
    along = Arrays.copyOf(inputs, p.specs.length);
    alike = new boolean[p.specs.length];
    p.constants.forEach((value, block) -> alike[value] = isAlike(block));
  }

  /// The program over `some` of `size` examples, along the first axis of the inputs `along` and of
  /// all outputs; `null` if examples depend on each other, as far as is known.
  static @Nullable Program of(Program p, boolean[] along, int size, int some) {
    return new Sharding(p, along, size, some).cut();
  }

  private @Nullable Program cut() {
    Recorder recorder = new Recorder();
    Tensor[] v = new Tensor[p.specs.length];
    for (int i = 0; i < p.inputs; i++) {
      v[i] = recorder.input(along[i] ? cut(p.specs[i]) : p.specs[i], null);
    }
    p.constants.forEach((value, block) -> v[value] = Tensor.over(block));
    for (Node node : p.nodes) {
      Op op = node.outputs().size() == 1 && node.arity() > 0 ? cut(node) : null;
      if (op == null) {
        return null;
      }
      Tensor[] in = new Tensor[node.arity()];
      for (int k = 0; k < in.length; k++) {
        int value = node.input(k);
        boolean few = alike[value] && joins(op) && along[node.output()];
        in[k] = few ? v[value].slice(0, 0, some) : v[value];
      }
      int value = node.output();
      v[value] = Recorder.at(node, in, () -> Tensor.applyAll(op, in))[0];
      if (!v[value].spec().equals(along[value] ? cut(p.specs[value]) : p.specs[value])) {
        return null;
      }
    }
    List<Tensor> outputs = new ArrayList<>();
    for (int output : p.outputs) {
      if (!along[output]) {
        return null;
      }
      outputs.add(v[output]);
    }
    return p.guards.isEmpty() ? recorder.finish(outputs) : null;
  }

  /// Whether an op takes rows of all that it reads.
  private static boolean joins(Op op) {
    return op.isPointwise() || op instanceof Concat;
  }

  private boolean isAlike(Block block) {
    if (!counts(block.shape())) {
      return false;
    }
    Tensor all = Tensor.over(block);
    return all.sameAs(all.slice(0, 0, 1).expand(block.shape()));
  }

  private Spec cut(Spec spec) {
    return spec.with(spec.shape().with(0, some));
  }

  /// Whether the first axis may count examples.
  private boolean counts(Shape shape) {
    return shape.rank() > 0 && shape.size(0) == size;
  }

  /// The op of a node over some examples, `null` if it is not known; marks its output.
  private @Nullable Op cut(Node node) {
    int[] in = node.inputs();
    int rows = (int) IntStream.of(in).filter(value -> along[value]).count();
    boolean all = IntStream.of(in).allMatch(value -> along[value] || alike[value]);
    Shape to = node.outputs().getFirst().shape();
    Shape from = p.specs[in[0]].shape();
    boolean fits = counts(to);
    along[node.output()] = rows > 0;
    return switch (node.op()) {
      case Expand _ when rows == 0 && fits && (from.rank() < to.rank() || from.size(0) == 1) -> {
        along[node.output()] = true;
        yield new Expand(to.with(0, some));
      }
      case Op op when rows == 0 -> op;
      case Expand _ when fits && from.rank() == to.rank() -> new Expand(to.with(0, some));
      case Reshape _ when fits -> new Reshape(to.with(0, some));
      case Slice slice when isWhole(slice.spans()) -> new Slice(cut(slice.spans()));
      case Embed embed when isWhole(embed.spans()) ->
          new Embed(embed.into().with(0, some), cut(embed.spans()));
      case Concat concat when all && concat.axis() != 0 -> concat;
      case MatMul product
          when to.rank() > 2 ? rows == 2 : rows == 1 && along[in[0]] && !product.ta() ->
          product;
      case Op op when all && op.isPointwise() -> op;
      default -> null;
    };
  }

  private boolean isWhole(List<Span> spans) {
    return spans.getFirst().equals(Span.all(size));
  }

  private List<Span> cut(List<Span> spans) {
    List<Span> fewer = new ArrayList<>(spans);
    fewer.set(0, Span.all(some));
    return fewer;
  }
}
