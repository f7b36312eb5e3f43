package dev.backlight.core.op;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.DoubleStandardize;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.FloatStandardize;
import dev.backlight.core.kernel.Lanes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops that go along rows, wherever in larger arrays those lie: a row of every output depends on
/// that row of the inputs alone. A row is what the last axes hold, and some inputs and outputs have
/// one number for it.
///
/// The bits are those of [Op#run].
public interface RowKernel {
  /// Runs over rows that lie one after the other.
  ///
  /// @param arrays those that are read, then those that are written
  /// @param at where in each of them the first row is, or its number
  void run(Object[] arrays, int[] at, int rows);

  /// How long the rows are that an op goes along; 0 if it goes along none.
  static int columns(Op op, Spec... in) {
    Shape shape = in[0].shape();
    boolean along =
        in[0].dtype().isFloat()
            && switch (op) {
              case Softmax _, LogSumExp _, CrossEntropy _ -> true;
              case Sum sum -> isLast(sum.axes(), shape);
              case AMax max -> isLast(max.axes(), shape);
              case Norm norm -> norm.axes().equals(List.of(shape.rank() - 1));
              case Standardize standardize -> isLast(standardize.axes(), shape);
              default -> false;
            };
    return along ? length(op, shape) : 0;
  }

  private static boolean isLast(List<Integer> axes, Shape shape) {
    return Axes.consecutive(axes, shape.rank() - axes.size());
  }

  private static int length(Op op, Shape shape) {
    return switch (op) {
      case Sum sum -> Axes.count(shape, sum.axes());
      case AMax max -> Axes.count(shape, max.axes());
      case Standardize standardize -> Axes.count(shape, standardize.axes());
      default -> shape.size(-1);
    };
  }

  /// The kernel that finds out what a [Standardize] does to each row and leaves it to a chain to do
  /// it: `y = ((x − a) − b) · c`. It has one array more, of doubles, three for each row: a, b and
  /// c. Where c is 0, the row of `y` is already there. `null` where there are no chains.
  static @Nullable RowKernel finding(Standardize op, Spec... in) {
    if (!Lanes.isVector()) {
      return null;
    }
    int n = columns(op, in);
    return in[0].dtype() == DType.F32
        ? (a, at, rows) ->
            FloatStandardize.find(
                (float[]) a[0],
                at[0],
                rows,
                n,
                op.eps(),
                (float[]) a[1],
                at[1],
                (float[]) a[2],
                at[2],
                (double[]) a[3])
        : (a, at, rows) ->
            DoubleStandardize.find(
                (double[]) a[0],
                at[0],
                rows,
                n,
                op.eps(),
                (double[]) a[1],
                at[1],
                (double[]) a[2],
                at[2],
                (double[]) a[3]);
  }

  /// The kernel of an op that goes along rows.
  static RowKernel of(Op op, Spec... in) {
    int n = columns(op, in);
    boolean single = in[0].dtype() == DType.F32;
    return switch (op) {
      case Softmax softmax -> (a, at, rows) -> softmax.rows(a[0], at[0], rows, n, a[1], at[1]);
      case CrossEntropy entropy ->
          (a, at, rows) ->
              entropy.rows(a[0], at[0], a[1], at[1], rows, n, a[2], at[2], a[3], at[3]);
      case LogSumExp _ when single ->
          (a, at, rows) ->
              FloatLoops.current()
                  .logSumExpRows((float[]) a[0], at[0], rows, n, (float[]) a[1], at[1]);
      case LogSumExp _ ->
          (a, at, rows) ->
              DoubleLoops.current()
                  .logSumExpRows((double[]) a[0], at[0], rows, n, (double[]) a[1], at[1]);
      case Sum _ when single ->
          (a, at, rows) ->
              FloatLoops.current().sumRows((float[]) a[0], at[0], rows, n, (float[]) a[1], at[1]);
      case Sum _ ->
          (a, at, rows) ->
              DoubleLoops.current()
                  .sumRows((double[]) a[0], at[0], rows, n, (double[]) a[1], at[1]);
      case AMax _ -> (a, at, rows) -> AMax.rows(a[0], at[0], rows, n, a[1], at[1]);
      case Norm _ -> (a, at, rows) -> Norm.rows(a[0], at[0], rows, n, a[1], at[1]);
      case Standardize s when single ->
          (a, at, rows) ->
              FloatStandardize.rows(
                  (float[]) a[0],
                  at[0],
                  rows,
                  n,
                  s.eps(),
                  (float[]) a[1],
                  at[1],
                  (float[]) a[2],
                  at[2]);
      case Standardize s ->
          (a, at, rows) ->
              DoubleStandardize.rows(
                  (double[]) a[0],
                  at[0],
                  rows,
                  n,
                  s.eps(),
                  (double[]) a[1],
                  at[1],
                  (double[]) a[2],
                  at[2]);
      default -> throw new IllegalArgumentException(op.name() + " does not go along rows");
    };
  }
}
