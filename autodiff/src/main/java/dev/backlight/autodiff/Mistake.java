package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Says what kind of mistake a wrong rule looks like, from its Jacobian and the true one.
///
/// The kinds are tried from the most telling to the least: nothing arrives, a flipped sign, a
/// factor, exchanged inputs, a transpose, a missing sum, a forgotten branch, a missing factor or
/// term. What fits none is told by its largest error.
final class Mistake {
  private final Jacobians all;
  private final List<String> names;
  private final int i;
  private final double[][] got;
  private final double[][] want;

  private Mistake(Jacobians all, List<String> names, int i, double[][] got, double[][] want) {
    this.all = all;
    this.names = names;
    this.i = i;
    this.got = got;
    this.want = want;
  }

  /// A sentence about the first input whose Jacobian is wrong, empty if none is or they are large.
  static String of(Jacobians all, List<String> names) {
    if (!all.areSmall()) {
      return "";
    }
    for (int i = 0; i < all.x.size(); i++) {
      double[][] got = all.byRule(i);
      double[][] want = all.byDifferences(i);
      if (!Matrices.near(got, want, 1)) {
        return new Mistake(all, names, i, got, want).sentence();
      }
    }
    return "";
  }

  private String sentence() {
    return Stream.<Supplier<@Nullable String>>of(
            this::notANumber,
            this::factor,
            this::exchanged,
            this::transposed,
            this::confused,
            this::missingSum,
            this::branch,
            this::uncoupled,
            this::missingFactor,
            this::missingTerm,
            this::elsewhere)
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .map(String::valueOf)
        .findFirst()
        .orElseGet(this::largest);
  }

  private String here() {
    return "in " + names.get(i);
  }

  private @Nullable String notANumber() {
    for (int r = 0; r < got.length; r++) {
      for (int c = 0; c < got[r].length; c++) {
        if (!Double.isFinite(got[r][c]) && Double.isFinite(want[r][c])) {
          return "the rule gives "
              + got[r][c]
              + " "
              + here()
              + ", first at its element "
              + Arrays.toString(Jacobians.index(all.x.get(i).shape(), c))
              + ", which is "
              + number(all.x.get(i).toDoubles()[c]);
        }
      }
    }
    return null;
  }

  private @Nullable String factor() {
    if (Matrices.isZero(got)) {
      return "no cotangent arrives " + here();
    }
    double factor = Matrices.factor(got, want);
    if (!Matrices.near(got, want, factor)) {
      return null;
    }
    if (Matrices.near(factor, -1)) {
      return "the sign is flipped " + here();
    }
    return "it is off by a factor of " + number(factor) + " " + here() + average(factor);
  }

  /// A factor of 1/n is often a mean where a sum was meant, if n elements share one.
  private String average(double factor) {
    int in = all.x.get(i).elements();
    int out = all.outputs().length;
    double shared = Math.max(in, out) / (double) Math.max(1, Math.min(in, out));
    return shared > 1 && Matrices.near(factor * shared, 1)
        ? ": a mean where a sum is needed"
        : shared > 1 && Matrices.near(factor, shared) ? ": a sum where a mean is needed" : "";
  }

  // ---- the right numbers of something else ----

  private @Nullable String exchanged() {
    for (int j = 0; j < all.x.size(); j++) {
      if (j != i
          && all.x.get(j).spec().equals(all.x.get(i).spec())
          && Matrices.near(got, all.byDifferences(j), 1)) {
        return "the cotangent of " + names.get(j) + " arrives " + here();
      }
    }
    return null;
  }

  private @Nullable String confused() {
    for (int j = 0; j < all.x.size(); j++) {
      if (j != i && all.x.get(j).spec().equals(all.x.get(i).spec())) {
        List<Tensor> exchanged = new ArrayList<>(all.x);
        Collections.swap(exchanged, i, j);
        if (Matrices.near(got, all.byDifferences(i, exchanged), 1)
            || Matrices.near(got, all.byDifferences(j, exchanged), 1)) {
          return "the rule uses "
              + names.get(j)
              + " for "
              + names.get(i)
              + " and the other way"
              + " round "
              + here();
        }
      }
    }
    return null;
  }

  private @Nullable String transposed() {
    boolean square = want.length > 0 && want.length == want[0].length;
    if (square && Matrices.near(got, Matrices.transposed(want), 1)) {
      return "the Jacobian is transposed " + here();
    }
    Shape shape = all.x.get(i).shape();
    if (shape.rank() != 2 || shape.size(0) != shape.size(1)) {
      return null;
    }
    int n = shape.size(0);
    int rows = got.length;
    int columns = got[0].length;
    if (Matrices.near(
        got, Matrices.made(rows, columns, want, (r, _) -> r, (_, c) -> flip(c, n)), 1)) {
      return "a transpose is missing " + here();
    }
    if (!square) {
      return null;
    }
    for (double[][] m : List.of(want, Matrices.transposed(want))) {
      double[][] both = Matrices.made(rows, columns, m, (r, _) -> flip(r, n), (_, c) -> flip(c, n));
      if (Matrices.near(got, both, 1)) {
        return "the factors of a product are in the wrong order " + here();
      }
    }
    return null;
  }

  private static int flip(int flat, int n) {
    return flat % n * n + flat / n;
  }

  /// Columns of the true Jacobian, in other places.
  private @Nullable String elsewhere() {
    int columns = got[0].length;
    boolean[] taken = new boolean[columns];
    int moved = -1;
    int to = -1;
    for (int c = 0; c < columns; c++) {
      int at = c;
      int from =
          IntStream.range(0, columns)
              .filter(w -> !taken[w])
              .filter(w ->
                  IntStream.range(0, got.length)
                      .allMatch(r -> Matrices.near(got[r][at], want[r][w])))
              .findFirst()
              .orElse(-1);
      if (from < 0) {
        return null;
      }
      taken[from] = true;
      if (from != c && moved < 0) {
        moved = from;
        to = c;
      }
    }
    return "the cotangents arrive at other elements "
        + here()
        + ": that of element "
        + moved
        + " at element "
        + to;
  }

  // ---- right in part ----

  /// Right for some outputs, nothing for the others.
  private @Nullable String missingSum() {
    IntPredicate lost = r -> Matrices.isZeroRow(got, r) && !Matrices.isZeroRow(want, r);
    double[][] kept = got.clone();
    IntStream.range(0, got.length).filter(lost).forEach(r -> kept[r] = want[r]);
    if (all.y.size() != 1
        || Matrices.isDiagonal(want)
        || IntStream.range(0, got.length).noneMatch(lost)
        || !Matrices.near(kept, want, 1)) {
      return null;
    }
    Shape out = all.y.getFirst().shape();
    int one = IntStream.range(0, got.length).filter(lost.negate()).findFirst().orElse(0);
    for (int axis = 0; axis < out.rank(); axis++) {
      int a = axis;
      int first = Jacobians.index(out, one)[a];
      if (IntStream.range(0, got.length)
          .allMatch(r -> lost.test(r) == (Jacobians.index(out, r)[a] != first))) {
        return "the sum over axis "
            + axis
            + " is missing "
            + here()
            + ": only index "
            + first
            + " arrives";
      }
    }
    int r = IntStream.range(0, got.length).filter(lost).findFirst().orElseThrow();
    return "no cotangent of output element " + r + " arrives " + here();
  }

  /// Right for some elements and wrong for others, told apart by a threshold.
  private @Nullable String branch() {
    if (!Matrices.isDiagonal(want) || !Matrices.isDiagonal(got)) {
      return null;
    }
    boolean[] right = new boolean[want.length];
    for (int c = 0; c < right.length; c++) {
      right[c] = Matrices.near(got[c][c], want[c][c]);
    }
    String what = "a branch is forgotten " + here() + ": ";
    double[] own = all.x.get(i).toDoubles();
    String found = Threshold.beyond(right, own);
    for (int j = 0; j < all.x.size() && found == null; j++) {
      if (j != i && all.x.get(j).elements() == own.length) {
        double[] other = all.x.get(j).toDoubles();
        double[] ahead =
            IntStream.range(0, own.length).mapToDouble(c -> own[c] - other[c]).toArray();
        found = Threshold.sign(right, ahead, names.get(i), names.get(j));
        String beyond = Threshold.beyond(right, other);
        if (found == null && beyond != null) {
          found = beyond.replace("it is", names.get(j) + " is");
        }
      }
    }
    if (found == null) {
      found = Threshold.inside(right, own);
    }
    return found == null ? null : what + found + there(right);
  }

  /// What happens where it is wrong, if that is one thing.
  private String there(boolean[] right) {
    int[] wrong = IntStream.range(0, right.length).filter(c -> !right[c]).toArray();
    double factor = got[wrong[0]][wrong[0]] / want[wrong[0]][wrong[0]];
    if (IntStream.of(wrong).allMatch(c -> got[c][c] == 0)) {
      return ", where nothing arrives";
    }
    if (IntStream.of(wrong).allMatch(c -> want[c][c] == 0)) {
      return ", where nothing should arrive";
    }
    if (IntStream.of(wrong).allMatch(c -> Matrices.near(got[c][c], factor * want[c][c]))
        && wrong.length > 1) {
      return Matrices.near(factor, -1)
          ? ", where the sign is flipped"
          : ", where it is off by a factor of " + number(factor);
    }
    return "";
  }

  private @Nullable String uncoupled() {
    return Matrices.isDiagonal(got)
            && want.length == want[0].length
            && !Matrices.isDiagonal(want)
            && want.length > 1
        ? "the term that couples elements is missing " + here() + ": only ∂y[k]/∂x[k] arrives"
        : null;
  }

  // ---- the missing part, by name ----

  private @Nullable String missingFactor() {
    Terms terms = new Terms(all, got, want);
    String under = terms.constantMultiple((r, c) -> want[r][c] / got[r][c]);
    if (under != null) {
      return "a factor of " + under + " is missing " + here();
    }
    String over = terms.constantMultiple((r, c) -> got[r][c] / want[r][c]);
    return over == null ? null : "there is a factor of " + over + " too many " + here();
  }

  private @Nullable String missingTerm() {
    String term = new Terms(all, got, want).constantMultiple((r, c) -> want[r][c] - got[r][c]);
    return term == null ? null : "a term " + term + " is missing " + here();
  }

  private String largest() {
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
        "most at %s: by differences %.6g, by the rule %.6g %s",
        all.place(row, column, i),
        want[row][column],
        got[row][column],
        here());
  }

  /// As in `3`, `1/3`, `0.7317`.
  static String number(double value) {
    double whole = Math.rint(value);
    if (Math.abs(value - whole) < 1e-6 && Math.abs(whole) < 1e6) {
      return Long.toString((long) whole);
    }
    double part = Math.rint(1 / value);
    if (Math.abs(value * part - 1) < 1e-6 && Math.abs(part) > 2 && Math.abs(part) < 1000) {
      return (part < 0 ? "-1/" : "1/") + Math.abs((long) part);
    }
    String text = String.format(Locale.ROOT, "%.6g", value);
    return text.contains("e") ? text : text.replaceAll("0+$", "");
  }
}
