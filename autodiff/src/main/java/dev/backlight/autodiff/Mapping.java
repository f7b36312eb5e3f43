package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Which parts of a tape's inputs hold many examples, along which axes: what [Tape#vmap(Mapping)]
/// needs to know. Parts that are not named are shared by all examples.
///
/// ```java
/// tape.vmap(Mapping.of(32, Example::x).and(Example::y, 1).out(-1));
/// ```
///
/// An axis is one of the tensor with all examples, as in NumPy: 0 is the first, -1 the last.
///
/// @param <A> the structure of the inputs
public final class Mapping<A> {
  private final int size;
  private final List<Entry<A>> entries;
  private final int out;

  private record Entry<A>(Function<A, ?> part, int axis) {}

  private Mapping(int size, List<Entry<A>> entries, int out) {
    if (size < 0) {
      throw new IllegalArgumentException("vmap needs a size of at least 0, got " + size);
    }
    this.size = size;
    this.entries = List.copyOf(entries);
    this.out = out;
  }

  /// A part of the inputs with `size` examples along a first axis; so have all outputs.
  public static <A> Mapping<A> of(int size, Function<A, ?> part) {
    return of(size, part, 0);
  }

  /// A part of the inputs with `size` examples along an axis; along the first one of all outputs.
  public static <A> Mapping<A> of(int size, Function<A, ?> part, int axis) {
    return new Mapping<>(size, List.of(new Entry<>(part, axis)), 0);
  }

  /// A further part with the examples along a first axis.
  public Mapping<A> and(Function<A, ?> part) {
    return and(part, 0);
  }

  /// A further part with the examples along an axis.
  public Mapping<A> and(Function<A, ?> part, int axis) {
    List<Entry<A>> more = new ArrayList<>(entries);
    more.add(new Entry<>(part, axis));
    return new Mapping<>(size, more, out);
  }

  /// The examples along this axis of every output.
  public Mapping<A> out(int axis) {
    return new Mapping<>(size, entries, axis);
  }

  /// The batched program.
  Program apply(Program p, Struct<A> in) {
    boolean[] mapped = new boolean[p.inputs];
    int[] axes = new int[p.inputs];
    for (Entry<A> entry : entries) {
      for (int leaf : in.part(entry.part()).leaves()) {
        if (mapped[leaf]) {
          throw new IllegalArgumentException(
              "vmap needs each part once, got " + in.names().get(leaf) + " twice");
        }
        mapped[leaf] = true;
        axes[leaf] = place("input " + in.names().get(leaf), p.specs[leaf], entry.axis());
      }
    }
    Program many = Vmap.batched(p, size, mapped);
    return straight(p, axes) ? many : moved(p, many, mapped, axes);
  }

  private boolean straight(Program p, int[] axes) {
    return Arrays.stream(axes).allMatch(a -> a == 0)
        && Arrays.stream(p.outputs).allMatch(v -> place("an output", p.specs[v], out) == 0);
  }

  /// An axis of a tensor that has one axis more.
  private static int place(String what, Spec one, int axis) {
    int rank = one.shape().rank() + 1;
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(
          "vmap needs an axis in "
              + -rank
              + ".."
              + (rank - 1)
              + " for "
              + what
              + " of "
              + one.shape()
              + " for each example, got "
              + axis);
    }
    return axis < 0 ? axis + rank : axis;
  }

  private Program moved(Program p, Program many, boolean[] mapped, int[] axes) {
    Recorder recorder = new Recorder();
    Tensor[] x = new Tensor[p.inputs];
    for (int i = 0; i < x.length; i++) {
      Spec spec = mapped[i] ? p.specs[i].with(inserted(p.specs[i].shape(), axes[i])) : p.specs[i];
      x[i] = recorder.input(spec, null, many.recordedOn[i]);
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i].moveAxis(axes[i], 0);
    }
    Tensor[] v = many.on(x);
    List<Tensor> results = new ArrayList<>();
    for (int k = 0; k < p.outputs.length; k++) {
      int to = place("an output", p.specs[p.outputs[k]], out);
      results.add(v[many.outputs[k]].moveAxis(0, to));
    }
    return recorder.finish(results);
  }

  private Shape inserted(Shape one, int axis) {
    int[] sizes = new int[one.rank() + 1];
    for (int a = 0; a < sizes.length; a++) {
      sizes[a] = a < axis ? one.size(a) : a == axis ? size : one.size(a - 1);
    }
    return Shape.of(sizes);
  }
}
