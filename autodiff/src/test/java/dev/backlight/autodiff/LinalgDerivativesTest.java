package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.MatrixException;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Derivatives of linear algebra at the edges: nothing, equal eigenvalues, matrices without full
/// rank.
class LinalgDerivativesTest {
  private static final Tensor EYE = Tensor.eye(2, DType.F64);

  private static Tensor gradient(UnaryOperator<Tensor> f, Tensor x) {
    return Tape.record(f, x).gradient().run(x);
  }

  @Test
  void derivativesOfNothingAreNothing() {
    List<UnaryOperator<Tensor>> square =
        List.of(
            Tensor::det,
            Tensor::logdet,
            x -> x.inverse().sum(),
            x -> x.cholesky().sum(),
            x -> x.eigh().vectors().sum(),
            x -> x.matrixExp().sum());
    for (UnaryOperator<Tensor> f : square) {
      assertThat(gradient(x -> f.apply(x).sum(), Tensor.zeros(2, 0, 0)).shape())
          .isEqualTo(Shape.of(2, 0, 0));
    }
    List<UnaryOperator<Tensor>> any =
        List.of(
            x -> x.svd().u().sum().add(x.svd().vh().sum()),
            x -> x.qr().q().sum().add(x.qr().r().sum()),
            x -> x.pinv().sum());
    for (UnaryOperator<Tensor> f : any) {
      for (int[] sizes : new int[][] {{0, 0}, {0, 3}, {3, 0}, {0, 3, 2}, {0, 2, 3}}) {
        assertThat(gradient(f, Tensor.zeros(sizes)).shape()).isEqualTo(Shape.of(sizes));
      }
    }
  }

  @Test
  void checkedModeNamesTheVectorsOfEqualEigenvalues() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.eigh().vectors().sum(), EYE.mul(Tensor.of(1.0, 2)));
    assertThatThrownBy(() -> tape.gradient().player().checked().play(EYE))
        .isInstanceOf(NotFinite.class)
        .hasMessageStartingWith("in the derivative of eigh at LinalgDerivativesTest.java:53: ");
    assertThat(tape.gradient().run(EYE).toDoubles()).containsOnly(Double.NaN);
  }

  @Test
  void smoothFunctionsOfEqualEigenvaluesHaveTheirGradient() {
    Tensor equal = EYE.mul(3);
    Tensor squares = gradient(x -> x.eigvalsh().square().sum(), equal);
    assertThat(squares.toDoubles()).containsExactly(new double[] {6, 0, 0, 6}, within(1e-14));
    Tensor nuclear = gradient(x -> x.singularValues().sum(), equal);
    assertThat(nuclear.toDoubles()).containsExactly(new double[] {1, 0, 0, 1}, within(1e-14));
  }

  @Test
  void sumsOfEqualSingularValuesAreSmooth() {
    Tensor x = Tensor.of(new double[][] {{0, 3}, {3, 0}});
    Tensor gradient = Tape.record((Tensor a) -> a.singularValues().sum(), x).gradient().run(x);
    assertThat(gradient.toDoubles()).containsExactly(new double[] {0, 1, 1, 0}, within(1e-14));
  }

  @Test
  void onlyTheSymmetricPartHasAGradient() {
    Tensor a = Tensor.of(new double[][] {{4, 1}, {1, 3}});
    Tensor skew = Tensor.of(new double[][] {{0, 1}, {-1, 0}});
    for (UnaryOperator<Tensor> f :
        List.<UnaryOperator<Tensor>>of(
            x -> x.cholesky().sin().sum(), x -> x.eigh().vectors().sin().sum())) {
      assertThat(f.apply(a.add(skew)).item()).isEqualTo(f.apply(a).item());
      Tensor g = gradient(f, a.add(skew));
      assertThat(g.toDoubles()[1]).isNotZero().isCloseTo(g.toDoubles()[2], within(1e-15));
    }
  }

  @Test
  void theErrorOfAMappedTapeNamesTheExample() {
    Tape<Tensor, Tensor> inverse = Tape.record(Tensor::inverse, EYE).vmap(3, x -> x);
    Tensor batch = Tensor.stack(0, EYE, EYE, EYE.mul(0));
    assertThatThrownBy(() -> inverse.run(batch))
        .isInstanceOf(MatrixException.class)
        .hasMessage(
            "solve needs an invertible matrix, got a singular one: pivot 0 is 0, at index [2]");
  }

  @Test
  void aPlayGoesOnAfterAMatrixThatCannotBeWorkedOn() {
    var player = Tape.record(Tensor::cholesky, EYE).player();
    Tensor good = EYE.mul(4);
    assertThatThrownBy(() -> player.play(EYE.neg())).isInstanceOf(MatrixException.class);
    assertThat(player.play(good).toDoubles()).containsExactly(2, 0, 0, 2);
  }
}
