package dev.backlight.onnx.export;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.op.AMax;
import dev.backlight.core.op.AvgPool2d;
import dev.backlight.core.op.Conv2d;
import dev.backlight.core.op.Conv2dInput;
import dev.backlight.core.op.CumSum;
import dev.backlight.core.op.Det;
import dev.backlight.core.op.LogSumExp;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.MaxIndex;
import dev.backlight.core.op.MaxPool2d;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Standardize;
import dev.backlight.core.op.Sum;
import dev.backlight.onnx.export.Draft.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Ops in which many elements become one: sums, products, windows, softmax, norms.
final class Sums {
  private Sums() {}

  static boolean isSupported(Op op) {
    return switch (op) {
      case AMax _,
          AvgPool2d _,
          Conv2d _,
          Conv2dInput _,
          CumSum _,
          Det _,
          LogSumExp _,
          MatMul _,
          MaxIndex _,
          MaxPool2d _,
          Norm _,
          Softmax _,
          Standardize _,
          Sum _ ->
          true;
      default -> false;
    };
  }

  static List<String> write(Op op, Call at) {
    return switch (op) {
      case MaxIndex max -> largest(at, max);
      case MaxPool2d pool -> pooled(at, pool.options());
      case Standardize even -> standardized(at, even);
      default -> List.of(single(op, at));
    };
  }

  private static String single(Op op, Call at) {
    Draft draft = at.draft();
    return switch (op) {
      case AMax max -> reduced(at, "ReduceMax", max.axes(), max.keep());
      case AvgPool2d pool -> averaged(at, pool.options());
      case Conv2d conv -> at.node("Conv", options(conv.options()));
      case Conv2dInput conv -> transposed(at, conv);
      case CumSum sum ->
          draft.node(
              "CumSum",
              List.of(at.x(), draft.integers((long) sum.axis())),
              Attribute.of("reverse", sum.reverse() ? 1L : 0L));
      case Det _ -> at.node("Det");
      case LogSumExp _ -> reduced(at, "ReduceLogSumExp", List.of(last(at)), false);
      case MatMul product -> product(at, product);
      case Norm norm -> reduced(at, "ReduceL2", norm.axes(), norm.keep());
      case Softmax softmax -> softmax(at, softmax);
      case Sum sum -> summed(at, at.x(), sum.axes(), sum.keep());
      default -> throw new IllegalStateException(op.name());
    };
  }

  private static int last(Call at) {
    return at.spec().shape().rank() - 1;
  }

  private static String reduced(Call at, String operator, List<Integer> axes, boolean keep) {
    if (axes.isEmpty()) {
      // No axes mean all of them there; here each element is reduced by itself.
      return switch (operator) {
        case "ReduceL2" -> at.of("Abs", at.x());
        default -> at.of("Identity", at.x());
      };
    }
    return at.draft()
        .node(
            operator,
            List.of(at.x()),
            Attribute.of("axes", axes),
            Attribute.of("keepdims", keep ? 1L : 0L));
  }

  private static String summed(Call at, String x, List<Integer> axes, boolean keep) {
    return at.draft()
        .node(
            "ReduceSum",
            List.of(x, at.draft().integers(axes)),
            Attribute.of("keepdims", keep ? 1L : 0L),
            Attribute.of("noop_with_empty_axes", 1L));
  }

  private static String softmax(Call at, Softmax softmax) {
    String y = at.node("Softmax", Attribute.of("axis", -1L));
    if (!softmax.masked()) {
      return y;
    }
    // A row of only minus infinity is zeros.
    String most =
        at.draft()
            .node(
                "ReduceMax",
                List.of(at.x()),
                Attribute.of("axes", List.of(last(at))),
                Attribute.of("keepdims", 1L));
    String nothing = at.of("Equal", most, at.number(Double.NEGATIVE_INFINITY));
    return at.of("Where", nothing, at.number(0), y);
  }

  private static String product(Call at, MatMul product) {
    String x = product.ta() ? turned(at, 0) : at.x();
    String y = product.tb() ? turned(at, 1) : at.in().get(1);
    return at.of("MatMul", x, y);
  }

  private static String turned(Call at, int input) {
    int rank = at.from().get(input).shape().rank();
    int[] order = IntStream.range(0, rank).toArray();
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    return at.draft().node("Transpose", List.of(at.in().get(input)), Attribute.of("perm", order));
  }

  private static Attribute[] options(Conv2dOptions options) {
    return new Attribute[] {
      Attribute.of("strides", options.strideH(), options.strideW()),
      Attribute.of("pads", options.padH(), options.padW(), options.padH(), options.padW()),
      Attribute.of("dilations", options.dilationH(), options.dilationW()),
      Attribute.of("group", (long) options.groups())
    };
  }

  private static String transposed(Call at, Conv2dInput conv) {
    Conv2dOptions o = conv.options();
    int[] more = new int[2];
    for (int d = 0; d < 2; d++) {
      int stride = d == 0 ? o.strideH() : o.strideW();
      int pad = d == 0 ? o.padH() : o.padW();
      int dilation = d == 0 ? o.dilationH() : o.dilationW();
      int kernel = at.from().get(1).shape().size(2 + d);
      int size =
          (at.spec().shape().size(2 + d) - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1;
      more[d] = conv.x().size(2 + d) - size;
    }
    List<Attribute> all = new ArrayList<>(Arrays.asList(options(o)));
    all.add(Attribute.of("output_padding", more));
    return at.node("ConvTranspose", all.toArray(Attribute[]::new));
  }

  private static List<Attribute> window(Pool2dOptions options) {
    return List.of(
        Attribute.of("kernel_shape", options.kernelH(), options.kernelW()),
        Attribute.of("strides", options.strideH(), options.strideW()),
        Attribute.of("pads", options.padH(), options.padW(), options.padH(), options.padW()),
        Attribute.of("ceil_mode", options.ceil() ? 1L : 0L));
  }

  private static String averaged(Call at, Pool2dOptions options) {
    List<Attribute> all = new ArrayList<>(window(options));
    all.add(Attribute.of("count_include_pad", options.countPadding() ? 1L : 0L));
    return at.node("AveragePool", all.toArray(Attribute[]::new));
  }

  private static List<String> pooled(Call at, Pool2dOptions options) {
    Draft draft = at.draft();
    List<String> both =
        draft.nodes("MaxPool", at.in(), 2, window(options).toArray(Attribute[]::new));
    return List.of(both.getFirst(), int32(draft, both.get(1)));
  }

  private static String int32(Draft draft, String index) {
    return draft.node("Cast", List.of(index), Attribute.of("to", 6L));
  }

  private static List<String> largest(Call at, MaxIndex max) {
    Draft draft = at.draft();
    String index =
        draft.node(
            "ArgMax",
            at.in(),
            Attribute.of("axis", (long) max.axis()),
            Attribute.of("keepdims", 0L));
    return List.of(reduced(at, "ReduceMax", List.of(max.axis()), false), int32(draft, index));
  }

  private static List<String> standardized(Call at, Standardize even) {
    double n = 1;
    for (int axis : even.axes()) {
      n *= at.spec().shape().size(axis);
    }
    String count = at.number(n);
    String mean = at.of("Div", summed(at, at.x(), even.axes(), true), count);
    String centred = at.of("Sub", at.x(), mean);
    String squares = summed(at, at.of("Mul", centred, centred), even.axes(), true);
    String variance = at.of("Add", at.of("Div", squares, count), at.number(even.eps()));
    String r = at.of("Reciprocal", at.of("Sqrt", variance));
    return List.of(at.of("Mul", centred, r), r);
  }
}
