package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.RowKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows that nodes go along: values that belong to them have an element for each place in a
/// row, or are narrow and have one for each row.
///
/// @param elements of all rows
/// @param columns elements of one
record Rows(int elements, int columns) {
  /// Longer rows do not stay in the cache.
  private static final int LONGEST = 16_384;

  private int count() {
    return elements / columns;
  }

  /// The rows that each node of a program goes along, or `null`. Some ops say it by themselves;
  /// pointwise nodes and what spreads narrow values go along with those who they read or who read
  /// them.
  static @Nullable Rows[] of(Program p) {
    @Nullable Rows[] rows = new Rows[p.nodes.size()];
    @Nullable Rows[] values = new Rows[p.specs.length];
    boolean any = false;
    for (int n = 0; n < rows.length; n++) {
      Rows own = own(p, p.nodes.get(n));
      any |= own != null;
      put(p.nodes.get(n), n, own, rows, values);
    }
    while (any) {
      any = false;
      for (int n = 0; n < rows.length; n++) {
        any |= ask(p, n, rows, values);
      }
      for (int n = rows.length - 1; n >= 0; n--) {
        any |= ask(p, n, rows, values);
      }
    }
    return rows;
  }

  /// Those of an op that goes along rows by itself.
  private static @Nullable Rows own(Program p, Node node) {
    if (node.arity() == 0) {
      return null;
    }
    Shape x = p.specs[node.input(0)].shape();
    int columns = 0;
    if (x.elements() >= Fusion.LEAST) {
      Spec[] in = Arrays.stream(node.inputs()).mapToObj(v -> p.specs[v]).toArray(Spec[]::new);
      columns = RowKernel.columns(node.op(), in);
    }
    boolean several = columns > 1 && columns <= LONGEST && x.elements() > columns;
    return several ? new Rows(x.elements(), columns) : null;
  }

  /// Lets a node that has none go along with its neighbours; whether it now does.
  private static boolean ask(Program p, int n, @Nullable Rows[] rows, @Nullable Rows[] values) {
    Node node = p.nodes.get(n);
    if (rows[n] != null || !(Fusion.isPointwise(node) || node.op() instanceof Expand)) {
      return false;
    }
    Rows found = values[node.output()];
    for (int k = 0; k < node.arity() && found == null; k++) {
      found = values[node.input(k)];
    }
    if (found == null || !found.fit(p, node)) {
      return false;
    }
    put(node, n, found, rows, values);
    return true;
  }

  /// Whether a node that has none by itself can go along with these.
  private boolean fit(Program p, Node node) {
    Shape to = p.specs[node.output()].shape();
    if (node.op() instanceof Expand) {
      Shape from = p.specs[node.input(0)].shape();
      Fused.Read read = Fused.Read.repeated(from, to);
      return to.elements() == elements
          && read != null
          && read.period() == count()
          && read.times() == columns;
    }
    return to.elements() == elements || to.elements() == count();
  }

  private static void put(
      Node node, int n, @Nullable Rows some, @Nullable Rows[] rows, @Nullable Rows[] values) {
    if (some == null) {
      return;
    }
    rows[n] = some;
    for (int k = 0; k < node.outputs().size(); k++) {
      put(node.output() + k, some, values);
    }
    for (int k = 0; k < node.arity(); k++) {
      put(node.input(k), some, values);
    }
  }

  private static void put(int value, Rows some, @Nullable Rows[] values) {
    values[value] = values[value] == null ? some : values[value];
  }
}
