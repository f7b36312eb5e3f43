package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The whole Jacobians of a small function: one row an output element, over all outputs in order,
/// and one column an element of one input.
final class Jacobians {
  /// They are formed only up to this many elements a side.
  private static final int SMALL = 400;

  final List<Tensor> x;
  final List<Tensor> y;
  private final Tape<List<Tensor>, List<Tensor>> tape;

  Jacobians(Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    this.x = x;
    this.tape = Tape.record(f, x);
    this.y = tape.run(x);
  }

  /// Whether both sides are small enough to be written out.
  boolean areSmall() {
    return y.stream().mapToInt(Tensor::elements).sum() <= SMALL
        && x.stream().allMatch(t -> t.elements() <= SMALL);
  }

  /// All elements of all outputs.
  double[] outputs() {
    return flat(y);
  }

  private static double[] flat(List<Tensor> tensors) {
    return tensors.stream().flatMapToDouble(t -> Arrays.stream(t.toDoubles())).toArray();
  }

  /// What the rule answers, from one vjp for every output element.
  double[][] byRule(int i) {
    var vjp = tape.vjp(Function.identity());
    double[][] rows = new double[outputs().length][];
    int r = 0;
    for (int k = 0; k < y.size(); k++) {
      for (int e = 0; e < y.get(k).elements(); e++) {
        List<Tensor> basis = new ArrayList<>();
        y.forEach(each -> basis.add(Tensor.zeros(each.shape(), DType.F64)));
        double[] one = new double[y.get(k).elements()];
        one[e] = 1;
        basis.set(k, Tensor.of(y.get(k).shape(), one));
        rows[r++] = vjp.run(new WithCotangent<>(x, basis)).get(i).toDoubles();
      }
    }
    return rows;
  }

  /// What the function itself says, at the point or at another one.
  double[][] byDifferences(int i, List<Tensor> point) {
    double[] at = point.get(i).toDoubles();
    double[][] jacobian = new double[outputs().length][at.length];
    for (int c = 0; c < at.length; c++) {
      double h = 3e-4 * Math.max(1, Math.abs(at[c]));
      double[] up = moved(point, i, c, h);
      double[] down = moved(point, i, c, -h);
      double[] farUp = moved(point, i, c, 2 * h);
      double[] farDown = moved(point, i, c, -2 * h);
      for (int r = 0; r < jacobian.length; r++) {
        jacobian[r][c] = (8 * (up[r] - down[r]) - (farUp[r] - farDown[r])) / (12 * h);
      }
    }
    return jacobian;
  }

  double[][] byDifferences(int i) {
    return byDifferences(i, x);
  }

  private double[] moved(List<Tensor> point, int i, int c, double h) {
    double[] at = point.get(i).toDoubles();
    at[c] += h;
    List<Tensor> changed = new ArrayList<>(point);
    changed.set(i, Tensor.of(point.get(i).shape(), at));
    return flat(tape.run(changed));
  }

  /// As in `∂y[1, 0]/∂x[2]`, for a row and a column of input `i`.
  String place(int row, int column, int i) {
    int k = 0;
    int e = row;
    while (e >= y.get(k).elements()) {
      e -= y.get(k++).elements();
    }
    String output = y.size() == 1 ? "y" : "y(" + k + ")";
    String input = x.size() == 1 ? "x" : "x(" + i + ")";
    return "∂" + output + at(y.get(k).shape(), e) + "/∂" + input + at(x.get(i).shape(), column);
  }

  private static String at(Shape shape, int flat) {
    return shape.rank() == 0 ? "" : Arrays.toString(index(shape, flat));
  }

  /// The index of the element that is `flat` in row-major order.
  static int[] index(Shape shape, int flat) {
    int[] index = new int[shape.rank()];
    int rest = flat;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape.size(axis);
      rest /= shape.size(axis);
    }
    return index;
  }
}
