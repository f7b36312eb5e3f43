package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowKernelTest {
  private static final int ROWS = 5;

  private static List<Op> ops() {
    return List.of(
        new Softmax(),
        new Softmax(true),
        new LogSumExp(),
        new Sum(List.of(1), false),
        new AMax(List.of(1), true),
        new Norm(List.of(1), false),
        new Standardize(List.of(1), 1e-5),
        new CrossEntropy());
  }

  /// The rows that lie elsewhere, a few at a time, against the op on all of them.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33, 64, 100, 1023, 1025, 9001})
  void rowsInLargerArraysHaveTheBitsOfTheOp(int columns) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Block x = Key.of(columns).normal(Shape.of(ROWS, columns), dtype).block();
      x.set(columns, Double.NaN);
      x.set(3 * columns - 1, Double.POSITIVE_INFINITY);
      for (int i = 0; i < columns; i++) {
        x.set(4 * columns + i, Double.NEGATIVE_INFINITY);
      }
      Block labels = Tensor.zeros(Shape.of(ROWS), DType.I32).block();
      for (Op op : ops()) {
        Block[] in = op instanceof CrossEntropy ? new Block[] {x, labels} : new Block[] {x};
        Block[] want = op.evaluate(in);
        Spec[] specs = Arrays.stream(in).map(Block::spec).toArray(Spec[]::new);
        assertThat(RowKernel.columns(op, specs)).isEqualTo(columns);
        RowKernel kernel = RowKernel.of(op, specs);
        Block[] all = Stream.of(in, want).flatMap(Arrays::stream).toArray(Block[]::new);
        Object[] arrays = new Object[all.length];
        for (int k = 0; k < all.length; k++) {
          Block moved = Block.allocate(Spec.of(Shape.of(all[k].size() + 3), all[k].dtype()));
          System.arraycopy(all[k].array(), 0, moved.array(), 3, k < in.length ? all[k].size() : 0);
          arrays[k] = moved.array();
        }
        run(kernel, arrays, all, 0, 2);
        run(kernel, arrays, all, 2, ROWS);
        for (int k = 0; k < want.length; k++) {
          Block got = Block.allocate(want[k].spec());
          System.arraycopy(arrays[in.length + k], 3, got.array(), 0, got.size());
          assertThat(Tensor.over(got).sameAs(Tensor.over(want[k])))
              .as(op + " of " + columns + " " + dtype)
              .isTrue();
        }
      }
    }
  }

  private static void run(RowKernel kernel, Object[] arrays, Block[] all, int from, int to) {
    int[] at = new int[all.length];
    for (int k = 0; k < at.length; k++) {
      at[k] = 3 + from * (all[k].size() / ROWS);
    }
    kernel.run(arrays, at, to - from);
  }

  @Test
  void onlyWhatReducesTheLastAxesGoesAlongRows() {
    Spec x = Spec.of(Shape.of(2, 3, 4), DType.F32);
    assertThat(RowKernel.columns(new Sum(List.of(1, 2), false), x)).isEqualTo(12);
    assertThat(RowKernel.columns(new Standardize(List.of(2), 0), x)).isEqualTo(4);
    assertThat(RowKernel.columns(new Sum(List.of(0), false), x)).isZero();
    assertThat(RowKernel.columns(new AMax(List.of(0, 2), false), x)).isZero();
    assertThat(RowKernel.columns(new Norm(List.of(1, 2), false), x)).isZero();
    assertThat(RowKernel.columns(new Exp(), x)).isZero();
    Spec whole = Spec.of(Shape.of(2, 3), DType.I32);
    assertThat(RowKernel.columns(new Sum(List.of(1), false), whole)).isZero();
  }
}
