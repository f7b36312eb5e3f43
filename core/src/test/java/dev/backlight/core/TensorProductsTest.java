package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TensorProductsTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static Tensor counted(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.arange(shape.elements(), DType.F64).reshape(shape);
  }

  @Test
  void anEinsteinSumIsItsLoops() {
    Tensor a = counted(2, 3, 4);
    Tensor b = counted(4, 3);
    Tensor got = Tensor.einsum("bij,ji->bi", a, b);
    for (int n = 0; n < 2; n++) {
      for (int i = 0; i < 3; i++) {
        double sum = 0;
        for (int j = 0; j < 4; j++) {
          sum += a.at(n, i, j) * b.at(j, i);
        }
        assertThat(got.at(n, i)).isEqualTo(sum);
      }
    }
  }

  @Test
  void withoutAnArrowTheResultIsAlphabetical() {
    Tensor a = counted(2, 3);
    assertThat(Tensor.einsum("ba", a).toDoubles()).containsExactly(a.transpose().toDoubles());
    assertThat(Tensor.einsum("ij,jk", a, counted(3, 2)).toDoubles())
        .containsExactly(a.matmul(counted(3, 2)).toDoubles());
    assertThat(Tensor.einsum("ii", counted(3, 3)).item()).isEqualTo(12);
    assertThat(Tensor.einsum("...j->...", counted(2, 2, 2)).toDoubles())
        .containsExactly(1, 5, 9, 13);
    assertThat(Tensor.einsum("i,j->ij", Tensor.of(1.0, 2), Tensor.of(3.0, 4)).toDoubles())
        .containsExactly(3, 4, 6, 8);
    assertThat(Tensor.einsum(",->", Tensor.scalar(2.0), Tensor.scalar(3.0)).item()).isEqualTo(6);
    assertThat(
            Tensor.einsum(
                    "ij,jk->ik",
                    Tensor.zeros(Shape.of(2, 0), DType.F64),
                    Tensor.zeros(Shape.of(0, 3), DType.F64))
                .toDoubles())
        .containsExactly(0, 0, 0, 0, 0, 0);
  }

  @Test
  void equationsThatDoNotFitAreQuoted() {
    Tensor a = counted(2, 3);
    refused(
        () -> Tensor.einsum("ij,jk->ik", a, a),
        "einsum \"ij,jk->ik\" needs one size for j, got 3 and 2");
    refused(
        () -> Tensor.einsum("ij,jk->ik", a),
        "einsum \"ij,jk->ik\" needs an operand for each of 2 terms, got 1");
    refused(
        () -> Tensor.einsum("ijk->i", a),
        "einsum \"ijk->i\" needs an operand of rank 3 for ijk, got (2, 3)");
    refused(
        () -> Tensor.einsum("...ijk", a),
        "einsum \"...ijk\" needs an operand of rank 3 or more for ...ijk, got (2, 3)");
    refused(
        () -> Tensor.einsum("ij->ik", a),
        "einsum \"ij->ik\" needs letters of the operands behind '->', each once, got 'ik'");
    refused(
        () -> Tensor.einsum("ij->ii", a),
        "einsum \"ij->ii\" needs letters of the operands behind '->', each once, got 'ii'");
    refused(
        () -> Tensor.einsum("i1->i", a),
        "einsum \"i1->i\" needs letters, and '...' at most once in a term, got 'i1'");
    refused(
        () -> Tensor.einsum("ij->i->j", a),
        "einsum \"ij->i->j\" needs one '->' at most, got ij->i->j");
    refused(
        () -> Tensor.einsum("...i,...i->...", counted(2, 3), counted(4, 3)),
        "einsum \"...i,...i->...\" needs one size for an axis of '...', got 2 and 4");
  }

  @Test
  void pairsOfAxesAreContracted() {
    Tensor a = counted(2, 3);
    assertThat(a.tensordot(counted(3, 2), 1).toDoubles())
        .containsExactly(a.matmul(counted(3, 2)).toDoubles());
    assertThat(a.tensordot(a, 2).item()).isEqualTo(55);
    assertThat(a.tensordot(Tensor.of(1.0, 2), 0).shape()).isEqualTo(Shape.of(2, 3, 2));
    refused(
        () -> a.tensordot(a, 1),
        "tensordot needs axes of equal sizes in pairs, got [1] of (2, 3) and [0] of (2, 3)");
    refused(
        () -> a.tensordot(a, 3),
        "tensordot over 3 axes needs operands that have them, got (2, 3) and (2, 3)");
  }

  @Test
  void blocksTracesAndGrids() {
    Tensor a = Tensor.of(new double[][] {{1, 2}});
    assertThat(a.kron(Tensor.of(new double[][] {{1}, {10}})).toDoubles())
        .containsExactly(1, 2, 10, 20);
    refused(() -> a.kron(Tensor.of(1.0)), "kron needs (m, n) and (p, q), got (1, 2) and (1)");
    assertThat(counted(2, 2, 2).trace().toDoubles()).containsExactly(3, 11);
    List<Tensor> grid = Tensor.meshgrid(Tensor.of(1.0, 2), Tensor.of(5.0, 6, 7));
    assertThat(grid.getFirst().toDoubles()).containsExactly(1, 1, 1, 2, 2, 2);
    assertThat(grid.getLast().toDoubles()).containsExactly(5, 6, 7, 5, 6, 7);
    refused(() -> Tensor.meshgrid(a), "meshgrid needs vectors, got (1, 2)");
  }
}
