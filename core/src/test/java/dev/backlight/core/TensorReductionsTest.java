package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorReductionsTest {
  private static Tensor random(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(11).doubles(shape.elements(), -1, 1).toArray());
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  private static final int[][] AXES = {
    {}, {0}, {1}, {2}, {3}, {0, 1}, {1, 3}, {0, 2}, {-1, -2}, {0, 2, 3}, {0, 1, 2, 3}
  };

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void sumsOverEveryChoiceOfAxesEqualTheSlowLoop(DType dtype) {
    Tensor x = random(2, 3, 4, 13).to(dtype);
    for (int[] axes : AXES) {
      int[] reduced = axes.length == 0 ? new int[] {0, 1, 2, 3} : axes;
      Tensor kept = Tensor.zeros(x.shape().keeping(reduced), DType.F64);
      double[] sums = kept.toDoubles();
      double[] largest = new double[sums.length];
      double[] squares = new double[sums.length];
      Arrays.fill(largest, Double.NEGATIVE_INFINITY);
      double[] values = x.toDoubles();
      int[] strides = kept.shape().strides();
      for (int i = 0; i < values.length; i++) {
        int to = 0;
        for (int a = 0; a < 4; a++) {
          int at = i / x.shape().stride(a) % x.size(a);
          to += kept.size(a) == 1 ? 0 : at * strides[a];
        }
        sums[to] += values[i];
        squares[to] += values[i] * values[i];
        largest[to] = Math.max(largest[to], values[i]);
      }
      double[] roots = Arrays.stream(squares).map(Math::sqrt).toArray();

      assertThat(x.sumKeep(axes).shape()).isEqualTo(kept.shape());
      assertThat(x.sum(axes).shape()).isEqualTo(x.shape().without(reduced));
      assertThat(x.sumKeep(axes).toDoubles()).containsExactly(sums, within(1e-4));
      assertThat(x.sum(axes).toDoubles()).containsExactly(x.sumKeep(axes).toDoubles());
      assertThat(x.amax(axes).toDoubles()).containsExactly(largest);
      assertThat(x.amaxKeep(axes).shape()).isEqualTo(kept.shape());
      assertThat(x.norm(axes).toDoubles()).containsExactly(roots, within(1e-6));
      assertThat(x.normKeep(axes).shape()).isEqualTo(kept.shape());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 13, 1000, 4098})
  void longSumsAreAccurateInSinglePrecision(int n) {
    Tensor x = random(n);

    assertThat(x.to(DType.F32).sum().item()).isCloseTo(x.sum().item(), within(1e-4));
  }

  @Test
  void sumsOfNothingAreZeroAndMeansOfNothingNan() {
    assertThat(Tensor.zeros(0).sum().item()).isZero();
    assertThat(Tensor.zeros(2, 0).sum(1).toFloats()).containsExactly(0, 0);
    assertThat(Tensor.zeros(2, 0).sum(0).shape()).isEqualTo(Shape.of(0));
    assertThat(Tensor.zeros(2, 0).mean(1).toDoubles()).containsOnly(Double.NaN);
    assertThat(Tensor.zeros(2, 0).norm(1).toDoubles()).containsExactly(0, 0);
    assertThat(Tensor.zeros(2, 0).logSumExp(1).toDoubles()).containsOnly(Double.NEGATIVE_INFINITY);
    assertThat(Tensor.zeros(2, 0).softmax(1).shape()).isEqualTo(Shape.of(2, 0));
    assertThat(Tensor.zeros(0, 3).softmax(1).shape()).isEqualTo(Shape.of(0, 3));
    refused(
        () -> Tensor.zeros(2, 0).amax(1),
        "amax needs at least one element along axes [1], got (2, 0)");
    refused(
        () -> Tensor.zeros(2, 0).argmax(1),
        "argmax needs at least one element along axes [1], got (2, 0)");
  }

  @Test
  void extremesOfNothingAreRefusedByTheirName() {
    Tensor x = Tensor.zeros(2, 0);
    String rest = " needs at least one element along axes [1], got (2, 0)";
    refused(() -> x.amin(1), "amin" + rest);
    refused(() -> x.aminKeep(-1), "amin" + rest);
    refused(() -> x.max(1), "max" + rest);
    refused(() -> x.min(1), "min" + rest);
    refused(() -> x.argmin(-1), "argmin" + rest);
    refused(x::amin, "amin needs at least one element along axes [0, 1], got (2, 0)");
    refused(x::argmin, "argmin needs at least one element along axes [0], got (0)");
    assertThat(x.amin(0).shape()).isEqualTo(Shape.of(0));
    assertThat(x.min(0).index().shape()).isEqualTo(Shape.of(0));
  }

  @ParameterizedTest
  @EnumSource(names = {"I32", "I64", "BOOL"})
  void whatNeedsFloatsSaysSoByItsName(DType dtype) {
    Tensor whole = Tensor.ones(2, 3).ne(0);
    Tensor nothing = Tensor.zeros(0).ne(0);
    Tensor one = Tensor.scalar(1.0).ne(0);
    for (Tensor flags : List.of(whole, nothing, one)) {
      Tensor x = dtype == DType.BOOL ? flags : flags.to(dtype);
      Map<String, List<Function<Tensor, Tensor>>> all =
          Map.of(
              "mean", List.of(Tensor::mean, Tensor::meanKeep),
              "variance", List.of(t -> t.variance(1), t -> t.varianceKeep(1)),
              "std", List.of(t -> t.std(1), t -> t.stdKeep(1)),
              "norm", List.of(Tensor::norm, Tensor::normKeep),
              "amax", List.of(Tensor::amax, Tensor::amaxKeep),
              "amin", List.of(Tensor::amin, Tensor::aminKeep),
              "argmax", List.of(Tensor::argmax),
              "argmin", List.of(Tensor::argmin),
              "logSumExp", List.of(Tensor::logSumExp, Tensor::logSumExpKeep),
              "logSoftmax", List.of(t -> t.logSoftmax(0)));
      all.forEach((name, functions) ->
          functions.forEach(f ->
              assertThatThrownBy(() -> f.apply(x))
                  .isInstanceOf(DTypeException.class)
                  .hasMessage(name + " needs F32 or F64, got " + dtype)));
    }
    assertThatThrownBy(one::sum)
        .isInstanceOf(DTypeException.class)
        .hasMessage("sum needs numbers, got BOOL");
  }

  @Test
  void aScalarIsItsOwnReduction() {
    Tensor x = Tensor.scalar(-3.0);

    assertThat(x.sum().item()).isEqualTo(-3);
    assertThat(x.mean().item()).isEqualTo(-3);
    assertThat(x.amax().item()).isEqualTo(-3);
    assertThat(x.norm().item()).isEqualTo(3);
  }

  @Test
  void axesNeedToExistAndToDiffer() {
    refused(() -> random(2, 3).sum(2), "an axis of (2, 3) lies in -2..1, got 2");
    refused(() -> random(2, 3).sum(1, -1), "axes of (2, 3) need to differ, got (1, -1)");
    refused(
        () -> Tensor.scalar(1.0).softmax(0),
        "an axis needs a rank of at least 1, got a scalar and axis 0");
  }

  @Test
  void meansAndVariancesAreTheTextbookOnes() {
    Tensor x = Tensor.of(new double[][] {{1, 2, 3, 4}, {2, 2, 2, 2}});

    assertThat(x.mean(1).toDoubles()).containsExactly(2.5, 2);
    assertThat(x.meanKeep().toDoubles()).containsExactly(2.25);
    assertThat(x.variance(0, 1).toDoubles()).containsExactly(1.25, 0);
    assertThat(x.variance(1, 1).toDoubles()).containsExactly(5 / 3.0, 0);
    assertThat(x.std(0, 1).toDoubles())
        .containsExactly(new double[] {Math.sqrt(1.25), 0}, within(1e-15));
    refused(
        () -> Tensor.of(1.0).variance(1),
        "variance with correction 1 needs more than 1 elements, got 1 of (1)");
    refused(
        () -> Tensor.of(1.0).std(1),
        "std with correction 1 needs more than 1 elements, got 1 of (1)");
  }

  @Test
  void normsNeitherOverflowNorUnderflow() {
    assertThat(Tensor.of(3e200, 4e200).norm().item()).isCloseTo(5e200, within(1e186));
    assertThat(Tensor.of(3e-200, 4e-200).norm().item()).isCloseTo(5e-200, within(1e-214));
    assertThat(Tensor.of(3e30f, 4e30f).norm().item()).isEqualTo(5e30f);
    assertThat(Tensor.of(3e-30f, 4e-30f).norm().item()).isCloseTo(5e-30, within(1e-36));
    assertThat(Tensor.of(1.0, Double.NEGATIVE_INFINITY).norm().item())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Tensor.of(1.0, Double.NaN).norm().item()).isNaN();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void extremesKnowWhereTheyAre(DType dtype) {
    Tensor x = Tensor.of(new double[][] {{1, 5, 5}, {-1, -7, -1}}).to(dtype);

    assertThat(x.max(1).values().toDoubles()).containsExactly(5, -1);
    assertThat(x.argmax(1).toInts()).containsExactly(1, 0);
    assertThat(x.argmax(0).toInts()).containsExactly(0, 0, 0);
    assertThat(x.min(-1).values().toDoubles()).containsExactly(1, -7);
    assertThat(x.argmin(1).toInts()).containsExactly(0, 1);
    assertThat(x.amin().item()).isEqualTo(-7);
    assertThat(x.aminKeep(0).shape()).isEqualTo(Shape.of(1, 3));
  }

  @Test
  void aNanIsTheLargest() {
    Tensor x = Tensor.of(1, Double.NaN, 3, Double.NaN);

    assertThat(x.argmax(0).item()).isEqualTo(1);
    assertThat(x.max(0).values().item()).isNaN();
    assertThat(x.amax().item()).isNaN();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void softmaxIsExponentialsOverTheirSum(DType dtype) {
    for (int n : new int[] {1, 7, 8, 13, 65}) {
      Tensor x = random(3, n).mul(5).to(dtype);
      for (int axis : new int[] {0, 1}) {
        Tensor e = x.to(DType.F64).exp();
        double[] expected = e.div(e.sumKeep(axis)).toDoubles();
        double[] logs = e.sum(axis).log().toDoubles();

        assertThat(x.softmax(axis).toDoubles()).containsExactly(expected, within(1e-6));
        assertThat(x.logSumExp(axis).toDoubles()).containsExactly(logs, within(2e-6));
        assertThat(x.logSoftmax(axis).exp().toDoubles()).containsExactly(expected, within(2e-6));
      }
    }
  }

  @Test
  void softmaxDoesNotOverflow() {
    assertThat(Tensor.of(1000f, 1000f, 0f).softmax(0).toFloats()).containsExactly(0.5f, 0.5f, 0);
    assertThat(Tensor.of(-1000.0, -1000.0).logSoftmax(0).exp().toDoubles())
        .containsExactly(new double[] {0.5, 0.5}, within(1e-13));
    assertThat(Tensor.of(1f, Float.POSITIVE_INFINITY).softmax(0).toFloats()).containsExactly(0, 1);
  }

  @Test
  void logSoftmaxKeepsItsDigitsFarFromZero() {
    for (double far : new double[] {1000, -1000}) {
      Tensor x = Tensor.of(0.0, .125, -.25).add(far);
      Tensor want = Tensor.of(0.0, .125, -.25).logSoftmax(0);
      assertThat(x.to(DType.F32).logSoftmax(0).toDoubles())
          .containsExactly(want.toDoubles(), within(2e-7));
      assertThat(x.logSoftmax(0).toDoubles()).containsExactly(want.toDoubles(), within(1e-15));
    }
    assertThat(Tensor.zeros(2, 0).logSoftmax(1).shape()).isEqualTo(Shape.of(2, 0));
  }

  @Test
  void logSumExpOverSeveralAxesIsThatOfAllTheirElements() {
    Tensor x = random(2, 3, 4);
    Tensor want = x.permute(1, 0, 2).reshape(3, 8).logSumExp(1);
    assertThat(x.logSumExp(0, -1).toDoubles()).containsExactly(want.toDoubles());
    assertThat(x.logSumExpKeep(0, -1).shape()).isEqualTo(Shape.of(1, 3, 1));
    assertThat(x.logSumExpKeep().shape()).isEqualTo(Shape.of(1, 1, 1));
    refused(() -> x.logSumExpKeep(1, -2), "axes of (2, 3, 4) need to differ, got (1, -2)");
    assertThat(x.logSumExp().item()).isCloseTo(x.flatten().logSumExp(0).item(), within(1e-15));
    assertThat(Tensor.scalar(3.0).logSumExp().item()).isEqualTo(3);
    assertThat(Tensor.zeros(0, 2, 0).logSumExp(0, 2).toFloats())
        .containsExactly(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void flagsAndCountsAreGatheredAlongAxes() {
    Tensor flags = Tensor.of(Shape.of(2, 2), true, false, true, true);
    assertThat(flags.all(1).toDoubles()).containsExactly(0, 1);
    assertThat(flags.any(0).toDoubles()).containsExactly(1, 1);
    assertThat(flags.countNonZero().item()).isEqualTo(3);
    assertThat(Tensor.of(0.0, -0.0, Double.NaN, 2).countNonZero().item()).isEqualTo(2);
    Tensor none = Tensor.of(Shape.of(0, 2), new boolean[0]);
    assertThat(none.any(0).toDoubles()).containsExactly(0, 0);
    assertThat(none.all(0).toDoubles()).containsExactly(1, 1);
    assertThatThrownBy(() -> Tensor.zeros(2).any())
        .isInstanceOf(DTypeException.class)
        .hasMessage("any needs BOOL, got F32");
  }

  @Test
  void placesOfExtremesAreCountedRowByRow() {
    Tensor x = Tensor.of(new double[][] {{1, 5}, {5, 0}});
    assertThat(x.argmax().item()).isEqualTo(1);
    assertThat(x.argmin().item()).isEqualTo(3);
    assertThat(x.varianceKeep(1, 1).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(x.stdKeep(0).shape()).isEqualTo(Shape.of(1, 1));
    refused(() -> x.sum(0, 0), "axes of (2, 2) need to differ, got (0, 0)");
  }
}
