package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatMulTest {
  @ParameterizedTest
  @CsvSource({
    "200, 300, 70",
    "64, 256, 530",
    "77, 731, 29",
    "731, 77, 29",
    "700, 9, 60",
    "5, 2000, 90"
  })
  void bitsDoNotDependOnTheNumberOfThreads(int m, int n, int k) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      for (int form = 0; form < 4; form++) {
        MatMul op = new MatMul((form & 1) != 0, (form & 2) != 0);
        Block[] in = {
          normal(op.ta() ? Shape.of(k, m) : Shape.of(m, k), dtype, 1),
          normal(op.tb() ? Shape.of(n, k) : Shape.of(k, n), dtype, 2)
        };
        Block alone = product(op, in, 1);
        for (int threads : new int[] {2, 3, 16}) {
          Block shared = product(op, in, threads);
          if (dtype == DType.F32) {
            assertThat(shared.f32()).as("%s, %d threads", op, threads).isEqualTo(alone.f32());
          } else {
            assertThat(shared.f64()).as("%s, %d threads", op, threads).isEqualTo(alone.f64());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 50, 128, 129})
  void aFactorThatIsKnownToStayTheSameChangesNoBit(int m) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      for (boolean ta : new boolean[] {false, true}) {
        MatMul op = new MatMul(ta, true);
        Block y = normal(Shape.of(70, 600), dtype, 2);
        Spec[] specs = {Spec.of(ta ? Shape.of(600, m) : Shape.of(m, 600), dtype), y.spec()};
        Op.Kernel kernel = op.planned(specs, op.infer(specs), new boolean[] {false, true});
        for (int run = 0; run < 3; run++) {
          Block[] in = {normal(specs[0].shape(), dtype, run), y};
          Block out = Block.allocate(op.infer(specs)[0]);
          kernel.run(in, new Block[] {out});
          assertThat(Tensor.over(out).sameAs(Tensor.over(product(op, in, 1))))
              .as("%s of %s, run %d", op, dtype, run)
              .isTrue();
        }
      }
    }
  }

  private static Block product(MatMul op, Block[] in, int threads) {
    Spec[] specs = {in[0].spec(), in[1].spec()};
    Spec[] result = op.infer(specs);
    Block[] out = {Block.allocate(result[0])};
    Op.Kernel kernel = op.planned(specs, result, threads);
    kernel.run(in, out);
    return out[0];
  }

  private static Block normal(Shape shape, DType dtype, long seed) {
    Tensor values = Key.of(seed).normal(shape, dtype);
    return Block.over(
        Spec.of(shape, dtype), dtype == DType.F32 ? values.toFloats() : values.toDoubles());
  }
}
