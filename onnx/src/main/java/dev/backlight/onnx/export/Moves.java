package dev.backlight.onnx.export;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.AddAlong;
import dev.backlight.core.op.Argsort;
import dev.backlight.core.op.Concat;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Flip;
import dev.backlight.core.op.MaxPool2dInput;
import dev.backlight.core.op.OneHot;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Span;
import dev.backlight.core.op.Take;
import dev.backlight.core.op.TakeAdd;
import dev.backlight.core.op.TakeAlong;
import dev.backlight.onnx.export.Draft.Attribute;
import dev.backlight.onnx.proto.ElementType;
import java.util.Arrays;
import java.util.List;

/// Ops that move elements: shapes, slices, padding, picking by index.
final class Moves {
  private Moves() {}

  static boolean isSupported(Op op) {
    return switch (op) {
      case AddAlong _,
          Argsort _,
          Concat _,
          Embed _,
          Expand _,
          Flip _,
          MaxPool2dInput _,
          OneHot _,
          Permute _,
          Reshape _,
          Slice _,
          Take _,
          TakeAdd _,
          TakeAlong _ ->
          true;
      default -> false;
    };
  }

  static String write(Op op, Call at) {
    return switch (op) {
      case AddAlong add -> added(at, add.axis(), at.in().get(1));
      case Argsort sort -> sorted(at, sort);
      case Concat concat -> at.node("Concat", Attribute.of("axis", (long) concat.axis()));
      case Embed embed -> embedded(at, embed);
      case Expand expand -> at.of("Expand", at.x(), at.draft().integers(expand.to().sizes()));
      case Flip flip -> flipped(at, flip);
      case MaxPool2dInput pool -> chosen(at, pool.x());
      case OneHot hot -> oneHot(at, hot);
      case Permute permute -> at.node("Transpose", Attribute.of("perm", permute.order()));
      case Reshape reshape -> reshaped(at, at.x(), reshape.to());
      case Slice slice -> sliced(at, slice.spans());
      case Take take -> at.node("Gather", Attribute.of("axis", (long) take.axis()));
      case TakeAdd take -> rows(at, take);
      case TakeAlong take -> at.node("GatherElements", Attribute.of("axis", (long) take.axis()));
      default -> throw new IllegalStateException(op.name());
    };
  }

  static String reshaped(Call at, String x, Shape to) {
    return at.draft()
        .node(
            "Reshape", List.of(x, at.draft().integers(to.sizes())), Attribute.of("allowzero", 1L));
  }

  private static String sliced(Call at, List<Span> spans) {
    int n = spans.size();
    long[] starts = new long[n];
    long[] ends = new long[n];
    long[] axes = new long[n];
    long[] steps = new long[n];
    for (int i = 0; i < n; i++) {
      Span span = spans.get(i);
      starts[i] = span.from();
      ends[i] =
          span.count() == 0 ? span.from() : span.from() + (span.count() - 1L) * span.step() + 1;
      axes[i] = i;
      steps[i] = span.step();
    }
    Draft draft = at.draft();
    return at.of(
        "Slice",
        at.x(),
        draft.integers(starts),
        draft.integers(ends),
        draft.integers(axes),
        draft.integers(steps));
  }

  private static String flipped(Call at, Flip flip) {
    int n = flip.axes().size();
    long[] starts = new long[n];
    long[] ends = new long[n];
    long[] steps = new long[n];
    for (int i = 0; i < n; i++) {
      starts[i] = -1;
      ends[i] = Long.MIN_VALUE + 1;
      steps[i] = -1;
    }
    Draft draft = at.draft();
    return at.of(
        "Slice",
        at.x(),
        draft.integers(starts),
        draft.integers(ends),
        draft.integers(flip.axes()),
        draft.integers(steps));
  }

  /// Padding where spans are dense; what has steps is scattered, axis by axis.
  private static String embedded(Call at, Embed embed) {
    String x = at.x();
    boolean isTruth = at.dtype() == DType.BOOL;
    if (isTruth) {
      x = at.draft().node("Cast", List.of(x), Attribute.of("to", 6L));
    }
    DType dtype = isTruth ? DType.I32 : at.dtype();
    int rank = embed.into().rank();
    long[] pads = new long[2 * rank];
    Shape now = at.spec().shape();
    for (int i = 0; i < rank; i++) {
      Span span = embed.spans().get(i);
      if (span.step() != 1 && span.count() > 1) {
        x = spread(at, x, now, i, span, dtype);
        now = now.with(i, (span.count() - 1) * span.step() + 1);
      }
      pads[i] = span.from();
      pads[rank + i] = (long) embed.into().size(i) - span.from() - now.size(i);
    }
    String padded =
        at.draft().node("Pad", List.of(x, at.draft().integers(pads), at.draft().number(0, dtype)));
    return isTruth ? at.draft().node("Cast", List.of(padded), Attribute.of("to", 9L)) : padded;
  }

  /// Zeros between the elements of an axis: a new axis of the step's size, of which the first is
  /// the element, and the last zeros cut off.
  private static String spread(Call at, String x, Shape shape, int axis, Span span, DType dtype) {
    Draft draft = at.draft();
    int rank = shape.rank();
    int[] apart = new int[rank + 1];
    for (int i = 0; i < rank + 1; i++) {
      apart[i] = i <= axis ? shape.size(i) : i == axis + 1 ? 1 : shape.size(i - 1);
    }
    long[] pads = new long[2 * (rank + 1)];
    pads[rank + 1 + axis + 1] = span.step() - 1L;
    String wide =
        draft.node(
            "Pad",
            List.of(
                reshaped(at, x, Shape.of(apart)), draft.integers(pads), draft.number(0, dtype)));
    String flat = reshaped(at, wide, shape.with(axis, span.count() * span.step()));
    long end = (span.count() - 1L) * span.step() + 1;
    return draft.node(
        "Slice",
        List.of(flat, draft.integers(0L), draft.integers(end), draft.integers((long) axis)));
  }

  private static String added(Call at, int axis, String index) {
    return added(at, at.to().getFirst().shape(), axis, index, at.x());
  }

  private static String added(Call at, Shape to, int axis, String index, String x) {
    String zeros = at.draft().constant(Tensor.zeros(to, at.dtype()));
    return at.draft()
        .node(
            "ScatterElements",
            List.of(zeros, index, x),
            Attribute.of("axis", (long) axis),
            Attribute.of("reduction", "add"));
  }

  /// Places count through the whole of `x`.
  private static String chosen(Call at, Shape x) {
    Shape flat = Shape.of(at.from().getFirst().shape().elements());
    String index = reshaped(at, at.in().get(1), flat);
    String y = added(at, Shape.of(x.elements()), 0, index, reshaped(at, at.x(), flat));
    return reshaped(at, y, x);
  }

  /// Slices added at the places of an index of any rank: the index is repeated over the slices.
  private static String rows(Call at, TakeAdd take) {
    Shape y = at.to().getFirst().shape();
    Shape index = at.from().get(1).shape();
    int[] flat = y.sizes().clone();
    flat[take.axis()] = index.elements();
    int[] along = new int[y.rank()];
    Arrays.fill(along, 1);
    along[take.axis()] = index.elements();
    String places = reshaped(at, at.in().get(1), Shape.of(along));
    String repeated = at.of("Expand", places, at.draft().integers(flat));
    String source = reshaped(at, at.x(), Shape.of(flat));
    String zeros = at.draft().constant(Tensor.zeros(y, at.dtype()));
    return at.draft()
        .node(
            "ScatterElements",
            List.of(zeros, repeated, source),
            Attribute.of("axis", (long) take.axis()),
            Attribute.of("reduction", "add"));
  }

  private static String sorted(Call at, Argsort sort) {
    Draft draft = at.draft();
    long n = at.spec().shape().size(sort.axis());
    List<String> both =
        draft.nodes(
            "TopK",
            List.of(at.x(), draft.integers(n)),
            2,
            Attribute.of("axis", (long) sort.axis()),
            Attribute.of("largest", sort.descending() ? 1L : 0L));
    return draft.node("Cast", List.of(both.get(1)), Attribute.of("to", 6L));
  }

  private static String oneHot(Call at, OneHot hot) {
    Draft draft = at.draft();
    String classes = draft.constant(Tensor.arange(hot.classes(), DType.I64).to(at.dtype()));
    String equal = at.of("Equal", at.of("Unsqueeze", at.x(), draft.integers(-1L)), classes);
    long to = ElementType.of(hot.dtype()).code();
    return draft.node("Cast", List.of(equal), Attribute.of("to", to));
  }
}
