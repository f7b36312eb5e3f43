package dev.backlight.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The simple expressions that a rule forgets: inputs and output, their squares, products and
/// reciprocals, times a constant.
final class Terms {
  @FunctionalInterface
  interface Entry {
    double at(int row, int column);
  }

  /// @param name how it is written, `""` for 1
  /// @param byColumn its value for a column of the Jacobian (an element of the input)
  private record Term(String name, IntToDoubleFunction byColumn) {}

  private final List<Term> terms = new ArrayList<>();
  private final double[][] got;
  private final double[][] want;

  Terms(Jacobians all, double[][] got, double[][] want) {
    this.got = got;
    this.want = want;
    int columns = want.length == 0 ? 0 : want[0].length;
    List<Term> simple = new ArrayList<>();
    for (int j = 0; j < all.x.size(); j++) {
      double[] x = all.x.get(j).toDoubles();
      if (x.length == columns) {
        simple.add(new Term(all.x.size() == 1 ? "x" : "x(" + j + ")", c -> x[c]));
      }
    }
    double[] y = all.outputs();
    if (y.length == columns) {
      simple.add(new Term("y", c -> y[c]));
    }
    terms.add(new Term("", _ -> 1));
    terms.addAll(simple);
    for (int a = 0; a < simple.size(); a++) {
      for (int b = a; b < simple.size(); b++) {
        Term p = simple.get(a);
        Term q = simple.get(b);
        String name = a == b ? p.name() + "²" : p.name() + "·" + q.name();
        terms.add(
            new Term(name, c -> p.byColumn().applyAsDouble(c) * q.byColumn().applyAsDouble(c)));
      }
    }
  }

  /// The term of which an entry is a constant multiple wherever either Jacobian is not zero,
  /// written out; `null` if there is none, or too few entries to tell.
  @Nullable String constantMultiple(Entry entry) {
    for (Term term : terms) {
      double factor = Double.NaN;
      int seen = 0;
      boolean constant = true;
      for (int r = 0; r < want.length && constant; r++) {
        for (int c = 0; c < want[r].length && constant; c++) {
          if (!Matrices.near(want[r][c], 0) || !Matrices.near(got[r][c], 0)) {
            double ratio = entry.at(r, c) / term.byColumn().applyAsDouble(c);
            factor = seen++ == 0 ? ratio : factor;
            constant = Math.abs(ratio - factor) <= 1e-6 * Math.max(1, Math.abs(factor));
          }
        }
      }
      if (constant && seen >= 2 && Double.isFinite(factor) && factor != 0) {
        return written(factor, term.name());
      }
    }
    return null;
  }

  private static String written(double factor, String name) {
    String number = Mistake.number(factor);
    if (name.isEmpty()) {
      return number;
    }
    return number.equals("1") ? name : number.equals("-1") ? "-" + name : number + "·" + name;
  }
}
