package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ViewTest {
  private static final Shape FROM = Shape.of(4, 6, 5);

  /// The elements that a view sees, against those that the ops copy.
  private static void sees(Op... ops) {
    Block all = Objects.requireNonNull(Key.of(1).normal(FROM, DType.F64).block());
    Block copied = all;
    View view = View.of(FROM);
    for (Op op : ops) {
      copied = op.evaluate(copied)[0];
      view = Objects.requireNonNull(view.through(op), op::toString);
    }
    assertThat(view.shape()).isEqualTo(copied.shape());
    for (int i = 0; i < copied.size(); i++) {
      int at = view.start();
      int left = i;
      for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
        at += left % view.shape().size(axis) * view.stride(axis);
        left /= view.shape().size(axis);
      }
      assertThat(copied.get(i)).isEqualTo(all.get(at));
    }
  }

  private static Reshape to(int... sizes) {
    return new Reshape(Shape.of(sizes));
  }

  private static Permute order(Integer... axes) {
    return new Permute(List.of(axes));
  }

  @Test
  void permutationsSlicesAndRepetitionsAreSeenInPlace() {
    Slice cut = new Slice(List.of(new Span(1, 2, 2), new Span(2, 3, 1), Span.all(5)));
    sees(order(2, 0, 1));
    sees(cut);
    sees(cut, order(1, 0, 2), to(3, 2, 1, 5), new Expand(Shape.of(2, 3, 2, 4, 5)));
  }

  @Test
  void axesAreSplitAndJoinedWherePlacesStayEquallyFarApart() {
    sees(to(2, 2, 3, 2, 5), order(1, 0, 3, 2, 4));
    sees(order(1, 0, 2), to(2, 3, 4, 5), order(1, 2, 0, 3), to(3, 4, 2, 5));
    sees(order(2, 0, 1), to(5, 24), to(5, 1, 2, 12, 1));
    sees(to(1, 120, 1), to(4, 30), to(120), to(4, 6, 5));
  }

  @Test
  void aReshapeAcrossWhatIsApartIsNotSeen() {
    View turned = Objects.requireNonNull(View.of(FROM).through(order(1, 0, 2)));
    assertThat(turned.through(to(24, 5))).isNull();
    assertThat(turned.through(to(2, 3, 4, 5))).isNotNull();
    assertThat(turned.through(new Relu())).isNull();
    assertThat(View.of(Shape.of(0, 3)).through(to(3, 0))).isNull();
  }

  @Test
  void whatWasReadIsSeenInWhatIsMade() {
    View made = View.of(Shape.of(5, 4, 6));
    View before = Objects.requireNonNull(made.before(order(2, 0, 1), FROM));
    assertThat(before).isEqualTo(new View(FROM, 0, List.of(6, 1, 24)));
    assertThat(before.through(order(2, 0, 1))).isEqualTo(made);
    assertThat(View.of(Shape.of(24, 5)).before(to(24, 5), FROM)).isEqualTo(View.of(FROM));
    assertThat(made.before(new Relu(), FROM)).isNull();
  }

  @Test
  void packedMeansInOrderFromTheFirstPlaceOn() {
    assertThat(View.of(FROM).isPacked()).isTrue();
    assertThat(new View(Shape.of(1, 3), 0, List.of(77, 1)).isPacked()).isTrue();
    assertThat(new View(Shape.of(1, 3), 1, List.of(3, 1)).isPacked()).isFalse();
    assertThat(new View(Shape.of(2, 3), 0, List.of(1, 2)).isPacked()).isFalse();
  }

  /// Factors read and a product written by strides, against copies of them, in all transposes.
  @Test
  void aProductOfViewsHasTheBitsOfOneOfCopies() {
    for (int flags = 0; flags < 8; flags++) {
      boolean ta = (flags & 1) != 0;
      boolean tb = (flags & 2) != 0;
      DType dtype = (flags & 4) != 0 ? DType.F64 : DType.F32;
      for (int[] size :
          new int[][] {{1, 1, 1}, {3, 70, 5}, {13, 9, 33}, {40, 64, 17}, {1, 33, 8}}) {
        viewed(new MatMul(ta, tb), size[0], size[1], size[2], dtype);
      }
    }
  }

  private static void viewed(MatMul op, int m, int n, int k, DType dtype) {
    // (rows, 3, columns), where the middle axis is that of the batch.
    Shape x = op.ta() ? Shape.of(k, 3, m) : Shape.of(m, 3, k);
    Shape y = op.tb() ? Shape.of(n, 3, k) : Shape.of(k, 3, n);
    Permute out = order(1, 0, 2);
    Block a = Objects.requireNonNull(Key.of(2).normal(x, dtype).block());
    Block b = Objects.requireNonNull(Key.of(3).normal(y, dtype).block());
    Block wanted = out.evaluate(op.evaluate(out.evaluate(a)[0], out.evaluate(b)[0])[0])[0];
    View z = Objects.requireNonNull(View.of(wanted.shape()).before(out, Shape.of(3, m, n)));
    Op.Kernel kernel =
        Objects.requireNonNull(
            op.planned(
                Objects.requireNonNull(View.of(x).through(out)),
                Objects.requireNonNull(View.of(y).through(out)),
                z,
                dtype));
    Block got = Block.allocate(new Spec(wanted.shape(), dtype));
    kernel.run(new Block[] {a, b}, new Block[] {got});
    assertThat(got.array()).isEqualTo(wanted.array());
  }

  @Test
  void aProductNeedsRowsOrColumnsInOnePiece() {
    MatMul op = new MatMul(false, false);
    View square = View.of(Shape.of(4, 4));
    View apart = new View(Shape.of(4, 4), 0, List.of(8, 2));
    View repeated = new View(Shape.of(4, 4), 0, List.of(0, 1));
    View turned = new View(Shape.of(4, 4), 0, List.of(1, 4));
    assertThat(op.planned(turned, turned, square, DType.F32)).isNotNull();
    assertThat(op.planned(apart, square, square, DType.F32)).isNull();
    assertThat(op.planned(square, repeated, square, DType.F32)).isNull();
    assertThat(op.planned(square, square, turned, DType.F32)).isNull();
  }
}
