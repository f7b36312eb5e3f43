package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes along rows is one pass with the pointwise nodes around it, and keeps every bit.
class RowsTest {
  private static List<Tensor> normal(DType dtype, Shape... shapes) {
    List<Tensor> all = new ArrayList<>();
    for (Shape shape : shapes) {
      all.add(Key.of(20 + all.size()).normal(shape, dtype));
    }
    return all;
  }

  private static List<String> slopes(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
    Tape<List<Tensor>, List<Tensor>> slope = Tape.record(f, x).gradient();
    return FusionTest.played(slope, x);
  }

  @Test
  void aLayerNormIsOneNodeAndSoIsItsGradient() {
    List<Tensor> x = normal(DType.F32, Shape.of(20, 300), Shape.of(300), Shape.of(300));
    Function<List<Tensor>, Tensor> norm = v -> v.get(0).layerNorm(v.get(1), v.get(2), 1e-5);
    assertThat(FusionTest.played(v -> List.of(norm.apply(v)), x))
        .containsExactly("{standardize mul add}");
    assertThat(slopes(v -> norm.apply(v).tanh().sum(), x))
        .containsExactly(
            "{standardize mul add tanh mul scale shift mul mul mul sum sum over over sub mul sub mul}",
            "sum",
            "sum");
  }

  @Test
  void aSoftmaxIsOneNodeWithWhatFeedsItAndSoIsItsGradient() {
    List<Tensor> x = normal(DType.F32, Shape.of(4, 16, 40), Shape.of(4, 16, 40));
    Function<List<Tensor>, Tensor> f = v -> v.get(0).mul(.3).softmax(-1).mul(v.get(1));
    assertThat(FusionTest.played(v -> List.of(f.apply(v)), x))
        .containsExactly("{scale softmax mul}");
    assertThat(slopes(v -> f.apply(v).sum(), x)).hasSize(1);
  }

  @Test
  void aCrossEntropyIsOneNodeWithItsGradient() {
    List<Tensor> x = normal(DType.F32, Shape.of(300, 10));
    Tensor labels = Key.of(3).uniform(Shape.of(300), DType.F32).mul(10).to(DType.I32);
    assertThat(slopes(v -> v.getFirst().crossEntropy(labels).mean(), x))
        .containsExactly("{crossentropy sub mul}");
  }

  @Test
  void whatIsSpreadOverRowsAndReadOutsideIsMadeThere() {
    List<Tensor> x = normal(DType.F64, Shape.of(60, 60));
    assertThat(
            FusionTest.played(
                v -> {
                  Tensor most = v.getFirst().amaxKeep(1).expand(Shape.of(60, 60));
                  return List.of(v.getFirst().sub(most).exp(), most.matmul(v.getFirst()));
                },
                x))
        .containsExactly("{amax sub exp}", "expand", "matmul");
  }

  @Test
  void rowsOfOtherLengthsAreOtherGroups() {
    List<Tensor> x = normal(DType.F32, Shape.of(10, 30, 40));
    assertThat(
            FusionTest.played(
                v -> {
                  Tensor a = v.getFirst().mul(2);
                  Tensor b = a.sub(a.meanKeep(2)).abs();
                  return List.of(b.sub(b.meanKeep(1, 2)).exp());
                },
                x))
        .hasSize(2);
  }

  /// A battery along rows of all kinds of length; NaN, infinities and equal elements among them.
  @ParameterizedTest
  @CsvSource({
    "2100, 1",
    "700, 7",
    "65, 64",
    "9, 255",
    "17, 256",
    "33, 257",
    "3, 1023",
    "5, 1025",
    "2, 9000",
    "3, 20000"
  })
  void everyRowLengthKeepsEveryBit(int rows, int columns) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      float[] numbers = Key.of(rows).normal(Shape.of(rows * columns), DType.F32).toFloats();
      if (columns > 2) {
        numbers[columns - 1] = Float.NaN;
        numbers[(rows - 1) * columns] = Float.POSITIVE_INFINITY;
        numbers[(rows - 1) * columns + 1] = Float.POSITIVE_INFINITY;
      }
      Tensor x = Tensor.of(numbers).reshape(rows, columns).to(dtype);
      Tensor other = Key.of(columns).normal(Shape.of(rows, columns), dtype);
      Tensor labels = Tensor.zeros(Shape.of(rows), DType.I64);
      List<Tensor> in = List.of(x, other, Key.of(5).normal(Shape.of(rows), dtype));
      Function<List<Tensor>, List<Tensor>> f =
          v -> {
            Tensor a = v.get(0).mul(v.get(1)).add(.5);
            Tensor narrow = v.get(2).unsqueeze(1);
            Tensor soft = a.softmax(-1).mul(narrow);
            Tensor unit = a.div(a.square().meanKeep(1).add(.1).sqrt());
            Tensor even = a.standardize(.1, 1).mul(a.amaxKeep(1)).tanh();
            Tensor apart = a.sub(a.logSumExp(-1).unsqueeze(1)).abs();
            Tensor length = a.norm(1).mul(v.get(2)).unsqueeze(1).mul(unit);
            Tensor loss = soft.crossEntropy(labels);
            return List.of(soft, unit.add(even), apart.gt(unit).where(even, length), loss);
          };
      FusionTest.played(f, in);
      slopes(v -> f.apply(v).stream().map(Tensor::sum).reduce(Tensor::add).orElseThrow(), in);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64"})
  void rowsThatAreStandardisedInDoublesLieAmongOthers(DType dtype) {
    float[] sizes = {1, 0, 1, 1, 1e25f, 1e25f, 1e-25f, 1, Float.NaN, 1, 1, 0, 1};
    List<Tensor> in = new ArrayList<>(normal(dtype, Shape.of(13, 300), Shape.of(300)));
    in.add(Tensor.of(sizes).to(dtype).reshape(13, 1));
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Tensor sized = v.get(0).mul(v.get(2));
          Tensor even = sized.standardize(.1, 1);
          Tensor kept = sized.add(1).standardize(.1, 1);
          Tensor alone = v.get(0).standardize(.1, 1).softmax(-1);
          return List.of(even.mul(v.get(1)).add(sized), kept.mul(.5), kept, alone);
        };
    FusionTest.played(f, in);
    slopes(v -> f.apply(v).stream().map(Tensor::sum).reduce(Tensor::add).orElseThrow(), in);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void randomProgramsAlongRowsKeepEveryBit(long seed) {
    Random random = new Random(seed);
    int rows = 30 + random.nextInt(40);
    int columns = seed % 3 == 0 ? 300 + random.nextInt(30) : 70 + random.nextInt(30);
    DType dtype = seed % 4 == 0 ? DType.F64 : DType.F32;
    List<Tensor> x =
        normal(
            dtype,
            Shape.of(rows, columns),
            Shape.of(rows, columns),
            Shape.of(columns),
            Shape.of(rows, 1));
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Random draw = new Random(seed);
          List<Tensor> all = new ArrayList<>(v);
          Tensor zero = v.get(0).mul(0);
          for (int i = 0; i < 30; i++) {
            Tensor a = all.get(draw.nextInt(all.size()));
            Tensor b = all.get(draw.nextInt(all.size()));
            Tensor wide = a.add(zero);
            all.add(
                switch (draw.nextInt(13)) {
                  case 0 -> a.add(b);
                  case 1 -> a.mul(b).tanh();
                  case 2 -> wide.softmax(-1);
                  case 3 -> wide.standardize(.1, 1).mul(b);
                  case 4 -> wide.sumKeep(1).mul(.01).tanh();
                  case 5 -> wide.amaxKeep(1).sub(b);
                  case 6 -> wide.logSumExp(1).unsqueeze(1).sin();
                  case 7 -> wide.norm(1).unsqueeze(1).add(1).rsqrt();
                  case 8 -> a.gt(b).where(a, b.mul(.5));
                  case 9 -> wide.sum(0).tanh();
                  case 10 -> wide.flip(1).sub(b);
                  case 11 -> wide.reshape(columns * rows).sigmoid().reshape(rows, columns);
                  default -> a.maximum(b).floor().mul(.2);
                });
          }
          return List.of(all.getLast().add(zero), all.get(20), all.get(30).mul(2));
        };
    FusionTest.played(f, x);
    slopes(v -> f.apply(v).getFirst().mean().add(f.apply(v).get(1).sum()), x);
  }

  @Test
  void aCheckedPlayNamesTheNodeAtFault() {
    Tensor ones = Tensor.ones(50, 60);
    Player<Tensor, Tensor> player =
        Tape.record(x -> x.sub(x.meanKeep(1)).log().sub(1), ones).player().checked();
    assertThatThrownBy(() -> player.play(ones))
        .isInstanceOf(NotFinite.class)
        .hasMessageContaining("log at RowsTest.java:")
        .hasMessageEndingWith(" made -Infinity at [0, 0], from (50, 60) in [0.0, 0.0]");
  }

  @Test
  void aReplayAllocatesNothing() {
    Tensor x = Key.of(1).normal(Shape.of(64, 300), DType.F32);
    Tensor weight = Key.of(2).normal(Shape.of(64, 300), DType.F32);
    Player<Tensor, Tensor> player =
        Tape.record((Tensor v) -> v.standardize(1e-5, 1).softmax(-1).mul(weight).sum(), x)
            .gradient()
            .player();
    player.set(x);
    Allocation.assertNone(player, 300);
  }
}
