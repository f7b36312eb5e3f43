package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.TensorLinalg.MatrixNorm;
import dev.backlight.core.op.Qr;
import dev.backlight.core.op.Solve;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorLinalgTest {
  private static Tensor random(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(5).doubles(shape.elements(), -1, 1).toArray());
  }

  private static void near(Tensor got, Tensor want, double tolerance) {
    assertThat(got.shape()).isEqualTo(want.shape());
    assertThat(got.toDoubles()).containsExactly(want.toDoubles(), within(tolerance));
  }

  private static Tensor eye(int n, int... lead) {
    int[] sizes = Arrays.copyOf(lead, lead.length + 2);
    sizes[lead.length] = n;
    sizes[lead.length + 1] = n;
    return Tensor.eye(n, DType.F64).expand(Shape.of(sizes));
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static void noMatrix(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(MatrixException.class).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 10, 33})
  void factorsMultiplyBackToTheirMatrix(int n) {
    Tensor a = random(2, n, n);
    Tensor symmetric = a.add(a.transpose());
    Tensor positive = a.matmul(a, false, true).add(eye(n).mul(.5));
    Tensor l = positive.cholesky();
    near(l.matmul(l, false, true), positive, 1e-12);
    near(l.tril(0), l, 0);

    TensorLinalg.QrFactors qr = a.qr();
    near(qr.q().matmul(qr.r()), a, 1e-12);
    near(qr.q().matmul(qr.q(), true, false), eye(n, 2), 1e-12);
    assertThat(qr.r().diagonal().lt(0).any().item()).isZero();

    TensorLinalg.Eigenpairs e = symmetric.eigh();
    near(
        e.vectors().mul(e.values().unsqueeze(-2)).matmul(e.vectors(), false, true),
        symmetric,
        1e-12);
    near(e.values(), e.values().sort(-1).values(), 0);

    TensorLinalg.SvdFactors svd = a.svd();
    near(svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vh()), a, 1e-12);
    near(svd.s(), svd.s().sort(-1, true).values(), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void tallAndWideMatricesHaveReducedFactors(int n) {
    Tensor tall = random(3, n + 4, n);
    TensorLinalg.QrFactors qr = tall.qr();
    assertThat(qr.q().shape()).isEqualTo(tall.shape());
    near(qr.q().matmul(qr.r()), tall, 1e-13);
    TensorLinalg.QrFactors wide = tall.transpose().qr();
    assertThat(wide.q().shape()).isEqualTo(Shape.of(3, n, n));
    near(wide.q().matmul(wide.r()), tall.transpose(), 1e-13);
    near(wide.r().triu(0), wide.r(), 0);
    for (Tensor a : new Tensor[] {tall, tall.transpose()}) {
      TensorLinalg.SvdFactors svd = a.svd();
      near(svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vh()), a, 1e-13);
      near(svd.u().matmul(svd.u(), true, false), eye(n, 3), 1e-13);
      Tensor p = a.pinv();
      near(a.matmul(p).matmul(a), a, 1e-12);
      near(p.matmul(a).matmul(p), p, 1e-12);
      near(a.matmul(p), a.matmul(p).transpose(), 1e-12);
    }
  }

  @Test
  void systemsAreSolvedAlongBatchesThatBroadcast() {
    Tensor a = random(2, 1, 4, 4).add(eye(4).mul(3));
    Tensor b = random(3, 4, 2);
    Tensor x = a.solve(b);
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3, 4, 2));
    near(a.matmul(x), b.expand(x.shape()), 1e-13);
    Tensor vector = Tensor.of(1.0, 2, 3, 4);
    near(a.get(0, 0).matmul(a.get(0, 0).solve(vector)), vector, 1e-13);
    near(a.inverse().matmul(a), eye(4, 2, 1), 1e-13);
    Tensor right = random(3, 5, 4);
    Tensor upper = a.get(0, 0);
    near(upper.triangularSolveRight(right, true, false, false).matmul(upper.triu(0)), right, 1e-12);
    Tensor l = a.get(0, 0).tril(0);
    near(
        l.matmul(l, false, true).matmul(l.choleskySolve(vector.unsqueeze(1))),
        vector.unsqueeze(1),
        1e-11);
    Tensor factors = Tensor.stack(0, l, l.mul(2));
    near(
        factors.choleskySolve(vector),
        Tensor.stack(0, l.choleskySolve(vector), l.choleskySolve(vector).mul(.25)),
        1e-14);
  }

  @Test
  void leastSquaresAreOrthogonalToWhatIsLeft() {
    Tensor a = random(6, 3);
    Tensor b = random(6, 2);
    Tensor left = b.sub(a.matmul(a.lstsq(b)));
    near(a.matmul(left, true, false), Tensor.zeros(Shape.of(3, 2), DType.F64), 1e-13);
    Tensor wide = random(2, 5);
    Tensor x = wide.lstsq(Tensor.of(1.0, 2));
    near(wide.matmul(x), Tensor.of(1.0, 2), 1e-13);
    // The solution of least norm has nothing in the null space: it is a mixture of rows.
    near(wide.pinv().matmul(wide).matmul(x), x, 1e-13);
  }

  @Test
  void determinantsOfProductsAreProducts() {
    Tensor a = random(3, 4, 4);
    Tensor b = random(3, 4, 4);
    near(a.matmul(b).det(), a.det().mul(b.det()), 1e-12);
    TensorLinalg.SignedLog log = a.slogdet();
    near(log.sign().mul(log.logAbs().exp()), a.det(), 1e-12);
    assertThat(Tensor.zeros(0, 0).det().item()).isOne();
    assertThat(Tensor.of(new double[][] {{0, 1}, {1, 0}}).logdet().item()).isNaN();
    assertThat(eye(300).mul(1e-3).slogdet().logAbs().item())
        .as("no underflow")
        .isCloseTo(300 * Math.log(1e-3), within(1e-9));
  }

  @Test
  void numbersDescribeMatrices() {
    Tensor a = Tensor.of(new double[][] {{3, 0}, {0, -4}});
    assertThat(a.matrixNorm(MatrixNorm.FROBENIUS).item()).isEqualTo(5);
    assertThat(a.matrixNorm(MatrixNorm.NUCLEAR).item()).isEqualTo(7);
    assertThat(a.matrixNorm(MatrixNorm.SPECTRAL).item()).isEqualTo(4);
    assertThat(a.matrixNorm(MatrixNorm.ONE).item()).isEqualTo(4);
    assertThat(a.matrixNorm(MatrixNorm.INFINITY).item()).isEqualTo(4);
    assertThat(a.conditionNumber().item()).isCloseTo(4.0 / 3, within(1e-15));
    assertThat(a.matrixRank().item()).isEqualTo(2);
    assertThat(Tensor.of(new double[][] {{1, 2}, {2, 4}}).matrixRank().item()).isOne();
    assertThat(Tensor.zeros(2, 0).matrixRank().item()).isZero();
    assertThat(Tensor.of(new double[][] {{1, 0}, {0, 0}}).conditionNumber().item()).isInfinite();
    assertThat(Tensor.zeros(2, 2).conditionNumber().item()).isNaN();
  }

  @ParameterizedTest
  @EnumSource
  void everyNormOfNothingIsZero(MatrixNorm norm) {
    for (int[] sizes : new int[][] {{0, 0}, {0, 3}, {3, 0}}) {
      assertThat(Tensor.zeros(sizes).matrixNorm(norm).item()).isZero();
    }
    assertThat(Tensor.zeros(0, 2, 2).matrixNorm(norm).shape()).isEqualTo(Shape.of(0));
  }

  @Test
  void matricesWithoutElementsHaveFactorsWithoutElements() {
    for (int[] sizes : new int[][] {{0, 3}, {3, 0}, {2, 0, 3}, {0, 3, 2}, {0, 2, 2}}) {
      Tensor a = Tensor.zeros(sizes);
      TensorLinalg.SvdFactors svd = a.svd();
      near(svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vh()), a, 0);
      TensorLinalg.QrFactors qr = a.qr();
      near(qr.q().matmul(qr.r()), a, 0);
      assertThat(a.pinv().shape()).isEqualTo(a.transpose().shape());
    }
    Tensor none = Tensor.zeros(2, 0, 0);
    for (Tensor y :
        new Tensor[] {none.inverse(), none.cholesky(), none.matrixExp(), none.matrixPower(-2)}) {
      assertThat(y.shape()).isEqualTo(none.shape());
    }
    assertThat(none.eigvalsh().shape()).isEqualTo(Shape.of(2, 0));
    assertThat(none.det().toDoubles()).containsExactly(1, 1);
    assertThat(none.logdet().toDoubles()).containsExactly(0, 0);
    assertThat(eye(2).to(DType.F32).solve(Tensor.zeros(2, 0)).shape()).isEqualTo(Shape.of(2, 0));
    assertThat(Tensor.zeros(0, 0).solve(Tensor.zeros(0, 3)).shape()).isEqualTo(Shape.of(0, 3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e307, 1e200, 1e-200, 1e-290})
  void hugeAndTinyNumbersDoNotOverflowOnTheWay(double scale) {
    Tensor unit = random(5, 5);
    Tensor a = unit.mul(scale);
    TensorLinalg.QrFactors qr = a.qr();
    near(qr.q(), unit.qr().q(), 1e-13);
    near(qr.r().div(scale), unit.qr().r(), 1e-13);
    near(a.singularValues().div(scale), unit.singularValues(), 1e-13);
    Tensor symmetric = unit.add(unit.transpose());
    near(symmetric.mul(scale).eigvalsh().div(scale), symmetric.eigvalsh(), 1e-13);
    near(a.inverse().mul(scale), unit.inverse(), 1e-11);
    Tensor positive = eye(3).mul(9).add(1);
    near(positive.mul(scale).cholesky().div(Math.sqrt(scale)), positive.cholesky(), 1e-14);
  }

  @Test
  void rotationsConvergeOnColumnsOfVeryDifferentSizeAndOnManyEqualValues() {
    Tensor scales = Tensor.of(1, 1e-20, 1e-40, 1e-60, 1e-80, 1e-100);
    Tensor graded = random(6, 6).mul(scales);
    TensorLinalg.QrFactors qr = graded.qr();
    near(qr.q().matmul(qr.q(), true, false), eye(6), 1e-14);
    near(qr.q().matmul(qr.r()).div(scales), graded.div(scales), 1e-14);
    TensorLinalg.SvdFactors svd = graded.svd();
    near(svd.u().matmul(svd.u(), true, false), eye(6), 1e-14);
    near(
        svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vh()).div(scales), graded.div(scales), 1e-13);
    Tensor ones = Tensor.full(Shape.of(30, 30), DType.F64, 1);
    Tensor lone = Tensor.zeros(Shape.of(30), DType.F64);
    near(ones.eigvalsh().sort(-1, true).values(), lone.add(eye(30).get(0).mul(30)), 1e-13);
    near(ones.singularValues(), lone.add(eye(30).get(0).mul(30)), 1e-13);
    assertThat(ones.matrixRank().item()).isOne();
    Tensor low = random(30, 3).matmul(random(3, 30));
    assertThat(low.matrixRank().item()).isEqualTo(3);
    near(low.svd().u().matmul(low.svd().u(), true, false), eye(30), 1e-13);
  }

  @Test
  void whatIsNotANumberGoesThroughWhatNeedsNoDecision() {
    double nan = Double.NaN;
    for (Tensor a :
        new Tensor[] {
          Tensor.of(new double[][] {{1, nan}, {0, 1}}), Tensor.of(new double[][] {{0, nan}, {0, 1}})
        }) {
      assertThat(a.det().item()).isNaN();
      assertThat(a.qr().q().toDoubles()).containsOnly(nan);
      assertThat(a.matrixExp().toDoubles()).containsOnly(nan);
    }
    assertThat(Tensor.full(Shape.of(2, 2), DType.F64, nan).inverse().toDoubles()).containsOnly(nan);
  }

  @Test
  void operationsAreCountedAsACube() {
    Spec a = new Spec(Shape.of(5, 4, 4), DType.F64);
    Spec b = new Spec(Shape.of(5, 4, 7), DType.F64);
    assertThat(new Solve().flops(new Spec[] {a, b}, new Spec[] {b})).isEqualTo(2 * 5 * 4 * 7 * 4);
    assertThat(new Qr().flops(new Spec[] {b}, new Spec[] {a, b})).isEqualTo(2 * 5 * 4 * 7 * 4);
  }

  @Test
  void powersAndExponentials() {
    Tensor a = random(3, 3);
    near(a.matrixPower(3), a.matmul(a).matmul(a), 1e-14);
    near(a.matrixPower(0), eye(3), 0);
    near(a.matrixPower(-2).matmul(a).matmul(a), eye(3), 1e-11);
    Tensor turn = Tensor.of(new double[][] {{0, -1}, {1, 0}});
    double angle = 20;
    near(
        turn.mul(angle).matrixExp(),
        Tensor.of(
            new double[][] {
              {Math.cos(angle), -Math.sin(angle)}, {Math.sin(angle), Math.cos(angle)}
            }),
        1e-12);
    near(a.matrixExp().matmul(a.neg().matrixExp()), eye(3), 1e-13);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void resultsHaveTheDtypeOfTheirMatrix(DType dtype) {
    Tensor a = random(3, 3).add(eye(3).mul(2)).to(dtype);
    for (Tensor y :
        new Tensor[] {a.inverse(), a.det(), a.qr().q(), a.svd().s(), a.pinv(), a.matrixExp()}) {
      assertThat(y.dtype()).isEqualTo(dtype);
    }
    near(a.inverse().matmul(a).to(DType.F64), eye(3), dtype == DType.F32 ? 1e-6 : 1e-14);
  }

  @Test
  void matricesThatCannotBeWorkedOnAreNamedWithTheirPlace() {
    Tensor singular = Tensor.of(new double[][] {{1, 2}, {2, 4}});
    Tensor batch = Tensor.stack(0, eye(2), singular);
    noMatrix(
        batch::inverse,
        "solve needs an invertible matrix, got a singular one: pivot 1 is 0, at index [1]");
    noMatrix(
        () -> singular.neg().cholesky(),
        "cholesky needs a positive definite matrix, got pivot 0 = -1.0");
    noMatrix(
        () -> Tensor.full(Shape.of(2, 2), DType.F64, Double.NaN).cholesky(),
        "cholesky needs a positive definite matrix, got pivot 0 = NaN");
    noMatrix(
        () -> Tensor.full(Shape.of(2, 2), DType.F64, Double.NaN).svd(),
        "svd needs finite numbers, got NaN");
    noMatrix(
        () -> Tensor.full(Shape.of(2, 2), DType.F64, Double.POSITIVE_INFINITY).eigh(),
        "eigh needs finite numbers, got Infinity");
    refused(
        () -> Tensor.zeros(2, 3).inverse(), "inverse needs square matrices (…, n, n), got (2, 3)");
    refused(() -> Tensor.zeros(3).det(), "det needs square matrices (…, n, n), got (3)");
    refused(() -> Tensor.zeros(3).qr(), "qr needs matrices (…, m, n), got (3)");
    refused(
        () -> Tensor.apply(new Qr(), Tensor.zeros(2, 3)),
        "qr needs (…, m, n) with m >= n, got (2, 3)");
    refused(
        () -> Tensor.zeros(0, 2).conditionNumber(),
        "conditionNumber needs matrices with elements, got (0, 2)");
    refused(
        () -> Tensor.zeros(2, 2).solve(Tensor.zeros(3, 1)),
        "solve needs (…, n, n) and (…, n, k) or (n), got (2, 2) and (3, 1)");
    refused(
        () -> Tensor.zeros(2, 2).solve(Tensor.zeros(3)),
        "solve needs (…, n, n) and (…, n, k) or (n), got (2, 2) and (3)");
    refused(
        () -> Tensor.zeros(3, 2).triangularSolve(Tensor.zeros(2), true),
        "triangularSolve needs (…, n, n) and (…, n, k) or (n), got (3, 2) and (2)");
    refused(
        () -> eye(2).triangularSolveRight(Tensor.zeros(2), true, false, false),
        "triangularSolveRight needs (…, n, n) and (…, k, n), got (2, 2) and (2)");
    refused(
        () -> eye(2).choleskySolve(Tensor.zeros(3)),
        "choleskySolve needs (…, n, n) and (…, n, k) or (n), got (2, 2) and (3)");
    refused(
        () -> Tensor.zeros(3, 2).lstsq(Tensor.zeros(2)),
        "lstsq needs (…, m, n) and (…, m, k) or (m), got (3, 2) and (2)");
    refused(() -> Tensor.zeros(3).svd(), "svd needs matrices (…, m, n), got (3)");
    assertThatThrownBy(() -> Tensor.zeros(2, 2).pinv(1))
        .hasMessage("pinv needs 0 <= tolerance < 1, got 1.0");
  }
}
