package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Finds which op of a tape has a wrong rule, and what kind of mistake it looks like.
final class Diagnosis {
  /// Full Jacobians are formed only up to this many elements a side.
  private static final int SMALL = 400;

  private Diagnosis() {}

  /// A sentence about the first op whose derivative is wrong on its own, or `null`.
  static @Nullable String culprit(
      GradCheck check, Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    Program program = Tape.record(f, x).program();
    Tensor[] v = program.on(x.toArray(Tensor[]::new));
    for (Node node : program.nodes) {
      Tensor[] in = new Tensor[node.arity()];
      for (int k = 0; k < in.length; k++) {
        in[k] = v[node.input(k)];
      }
      String found = wrong(check, node, in);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable String wrong(GradCheck check, Node node, Tensor[] in) {
    int[] floats = IntStream.range(0, in.length).filter(i -> in[i].dtype() == DType.F64).toArray();
    if (floats.length == 0 || node.op() instanceof dev.backlight.core.Op.Discrete) {
      return null;
    }
    Function<List<Tensor>, List<Tensor>> alone =
        some -> {
          Tensor[] all = in.clone();
          for (int i = 0; i < floats.length; i++) {
            all[floats[i]] = some.get(i);
          }
          return Arrays.stream(Tensor.applyAll(node.op(), all))
              .filter(y -> y.dtype().isFloat())
              .toList();
        };
    List<Tensor> at = IntStream.of(floats).mapToObj(i -> in[i]).toList();
    List<String> names = IntStream.of(floats).mapToObj(i -> "input " + i).toList();
    String wrong = check.wrong(alone, at, names, 1, Key.of(7));
    if (wrong == null) {
      return null;
    }
    String kind = kind(alone, at);
    return node + ": " + wrong + (kind.isEmpty() ? "" : "; " + kind);
  }

  /// Compares full Jacobians, column by column, to say what the rule does instead.
  private static String kind(Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, x);
    List<Tensor> y = tape.run(x);
    boolean small =
        y.getFirst().elements() <= SMALL && x.stream().allMatch(t -> t.elements() <= SMALL);
    if (!small) {
      return "";
    }
    for (int i = 0; i < x.size(); i++) {
      double[][] want = differences(tape, x, i);
      double[][] got = rows(tape, x, y, i);
      if (near(got, want, 1)) {
        continue;
      }
      String input = "in input " + i;
      if (isZero(got)) {
        return "no cotangent arrives " + input;
      }
      if (near(got, want, -1)) {
        return "the sign is flipped " + input;
      }
      double factor = factor(got, want);
      if (near(got, want, factor)) {
        return String.format(Locale.ROOT, "it is off by a factor of %.6g %s", factor, input);
      }
      if (want.length == want[0].length && near(got, transposed(want), 1)) {
        return "the Jacobian is transposed " + input;
      }
      for (int j = 0; j < x.size(); j++) {
        if (j != i
            && x.get(j).spec().equals(x.get(i).spec())
            && near(got, differences(tape, x, j), 1)) {
          return "the cotangent of input " + j + " arrives " + input;
        }
      }
      return largest(got, want) + " " + input;
    }
    return "";
  }

  private static double[][] rows(
      Tape<List<Tensor>, List<Tensor>> tape, List<Tensor> x, List<Tensor> y, int i) {
    var vjp = tape.vjp(Function.identity());
    double[][] rows = new double[y.getFirst().elements()][];
    for (int r = 0; r < rows.length; r++) {
      List<Tensor> basis = new ArrayList<>();
      for (Tensor each : y) {
        basis.add(Tensor.zeros(each.shape(), DType.F64));
      }
      double[] one = new double[y.getFirst().elements()];
      one[r] = 1;
      basis.set(0, Tensor.of(y.getFirst().shape(), one));
      rows[r] = vjp.run(new WithCotangent<>(x, basis)).get(i).toDoubles();
    }
    return rows;
  }

  private static double[][] differences(
      Tape<List<Tensor>, List<Tensor>> tape, List<Tensor> x, int i) {
    double[] at = x.get(i).toDoubles();
    int outputs = tape.run(x).getFirst().elements();
    double[][] jacobian = new double[outputs][at.length];
    for (int c = 0; c < at.length; c++) {
      double h = 1e-5 * Math.max(1, Math.abs(at[c]));
      double[] up = moved(tape, x, i, c, h);
      double[] down = moved(tape, x, i, c, -h);
      for (int r = 0; r < outputs; r++) {
        jacobian[r][c] = (up[r] - down[r]) / (2 * h);
      }
    }
    return jacobian;
  }

  private static double[] moved(
      Tape<List<Tensor>, List<Tensor>> tape, List<Tensor> x, int i, int c, double h) {
    double[] at = x.get(i).toDoubles();
    at[c] += h;
    List<Tensor> changed = new ArrayList<>(x);
    changed.set(i, Tensor.of(x.get(i).shape(), at));
    return tape.run(changed).getFirst().toDoubles();
  }

  private static boolean near(double[][] got, double[][] want, double factor) {
    if (got.length != want.length || Double.isNaN(factor)) {
      return false;
    }
    for (int r = 0; r < got.length; r++) {
      for (int c = 0; c < got[r].length; c++) {
        double aim = factor * want[r][c];
        if (!(Math.abs(got[r][c] - aim) <= 1e-5 * Math.max(1, Math.abs(aim)))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isZero(double[][] m) {
    return Arrays.stream(m).flatMapToDouble(Arrays::stream).allMatch(v -> v == 0);
  }

  private static double factor(double[][] got, double[][] want) {
    double above = 0;
    double below = 0;
    for (int r = 0; r < got.length; r++) {
      for (int c = 0; c < got[r].length; c++) {
        above += got[r][c] * want[r][c];
        below += want[r][c] * want[r][c];
      }
    }
    return above / below;
  }

  private static double[][] transposed(double[][] m) {
    double[][] t = new double[m[0].length][m.length];
    for (int r = 0; r < m.length; r++) {
      for (int c = 0; c < m[r].length; c++) {
        t[c][r] = m[r][c];
      }
    }
    return t;
  }

  private static String largest(double[][] got, double[][] want) {
    int row = 0;
    int column = 0;
    for (int r = 0; r < got.length; r++) {
      for (int c = 0; c < got[r].length; c++) {
        if (Math.abs(got[r][c] - want[r][c]) > Math.abs(got[row][column] - want[row][column])) {
          row = r;
          column = c;
        }
      }
    }
    return String.format(
        Locale.ROOT,
        "most at ∂y[%d]/∂x[%d]: by differences %.6g, by the rule %.6g",
        row,
        column,
        want[row][column],
        got[row][column]);
  }
}
