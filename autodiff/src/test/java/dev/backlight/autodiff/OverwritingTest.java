package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Fused nodes write over values that nobody reads any more, where nothing is done twice.
class OverwritingTest {
  /// What a program answers in the memory that its values share, compiled loops from the first play
  /// on.
  static List<Tensor> planned(Program p, List<Tensor> x) {
    MemoryPlan plan = new MemoryPlan(p);
    Object[] slots = plan.allocate();
    Block[] values = new Block[p.specs.length];
    for (int v = 0; v < values.length; v++) {
      Block constant = p.constants.get(v);
      values[v] = constant != null ? constant : Block.over(p.specs[v], slots[plan.slot[v]]);
    }
    for (int i = 0; i < x.size(); i++) {
      values[i].copyFrom(x.get(i).block());
    }
    for (Node node : p.nodes) {
      Block[] in = IntStream.of(node.inputs()).mapToObj(v -> values[v]).toArray(Block[]::new);
      Block[] out =
          IntStream.range(0, node.outputs().size())
              .mapToObj(k -> values[node.output() + k])
              .toArray(Block[]::new);
      if (node.op() instanceof Fused fused) {
        fused.bound(in, out, new Fused.Registers(), true).run(in, out);
      } else {
        Block[] made = node.op().evaluate(in);
        for (int k = 0; k < out.length; k++) {
          out[k].copyFrom(made[k]);
        }
      }
    }
    return IntStream.of(p.outputs).mapToObj(v -> Tensor.over(values[v].copy())).toList();
  }

  /// How many outputs of fused nodes lie where an input does.
  private static int overwritten(Program p) {
    MemoryPlan plan = new MemoryPlan(p);
    int count = 0;
    for (Node node : p.nodes) {
      for (int k = 0; node.op() instanceof Fused && k < node.outputs().size(); k++) {
        int slot = plan.slot[node.output() + k];
        count += IntStream.of(node.inputs()).anyMatch(v -> plan.slot[v] == slot) ? 1 : 0;
      }
    }
    return count;
  }

  private static int overwritten(Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, x);
    Program p = tape.program().playable();
    List<Tensor> want = tape.run(x);
    List<Tensor> compiled = planned(p, x);
    List<Tensor> played = tape.player().play(x);
    for (int k = 0; k < want.size(); k++) {
      assertThat(compiled.get(k).sameAs(want.get(k))).as("compiled " + k).isTrue();
      assertThat(played.get(k).sameAs(want.get(k))).as("played " + k).isTrue();
    }
    return overwritten(p);
  }

  private static List<Tensor> normal(DType dtype, int rows, int columns) {
    return List.of(
        Key.of(1).normal(Shape.of(rows, columns), dtype),
        Key.of(2).normal(Shape.of(columns, columns), dtype));
  }

  /// A chain between two products, so that what it reads dies there.
  private static List<Tensor> chain(List<Tensor> in) {
    return List.of(in.get(0).matmul(in.get(1)).tanh().mul(3).add(1).matmul(in.get(1)));
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void aChainIsWrittenOverWhatItReads(DType dtype) {
    assertThat(overwritten(OverwritingTest::chain, normal(dtype, 64, 64))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"50, 77, 0", "100, 100, 0", "64, 48, 1", "192, 64, 0", "256, 64, 1"})
  void onlyWhereBlocksDivideTheElements(int rows, int columns, int count) {
    // Pieces of 1,024 elements, blocks of 8,192.
    assertThat(overwritten(OverwritingTest::chain, normal(DType.F32, rows, columns)))
        .isEqualTo(count);
  }

  @Test
  void whatIsReadOnceMoreStays() {
    Function<List<Tensor>, List<Tensor>> f =
        in -> {
          Tensor y = in.get(0).matmul(in.get(1));
          Tensor z = y.tanh().add(1).matmul(in.get(1));
          return List.of(z.matmul(y));
        };
    assertThat(overwritten(f, normal(DType.F32, 64, 64))).isZero();
  }

  @Test
  void whatALaterStepReadsStays() {
    // Both values are written for others; the first is made before the product is read again.
    Function<List<Tensor>, List<Tensor>> f =
        in -> {
          Tensor y = in.get(0).matmul(in.get(1));
          Tensor early = y.square();
          Tensor late = early.tanh().sigmoid().mul(y);
          return List.of(early.matmul(in.get(1)).add(late.matmul(in.get(1))));
        };
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, normal(DType.F32, 64, 64));
    Program p = tape.program().playable();
    Node node = p.nodes.stream().filter(n -> n.outputs().size() == 2).findFirst().orElseThrow();
    Fused op = (Fused) node.op();
    assertThat(IntStream.of(0, 1).mapToObj(k -> Overwriting.isSafe(op, 0, k)))
        .containsExactly(false, true);
    assertThat(overwritten(f, normal(DType.F32, 64, 64))).isEqualTo(1);
  }

  @Test
  void alongRowsSomethingElseHasToComeLast() {
    Function<List<Tensor>, List<Tensor>> softmax =
        in -> List.of(in.get(0).matmul(in.get(1)).softmax(1).matmul(in.get(1)));
    assertThat(overwritten(softmax, normal(DType.F32, 64, 64))).isZero();
    Function<List<Tensor>, List<Tensor>> norm =
        in -> {
          Tensor y = in.get(0).matmul(in.get(1));
          return List.of(y.sub(y.meanKeep(1)).mul(y).matmul(in.get(1)));
        };
    assertThat(overwritten(norm, normal(DType.F32, 64, 64))).isEqualTo(1);
  }

  @Test
  void outputsAndInputsKeepTheirMemory() {
    List<Tensor> x = normal(DType.F32, 64, 64);
    Function<List<Tensor>, List<Tensor>> f =
        in -> {
          Tensor y = in.get(0).matmul(in.get(1));
          return List.of(y, y.tanh().add(1), in.get(0).exp().mul(2));
        };
    assertThat(overwritten(f, x)).isZero();
    assertThat(x.get(0).sameAs(normal(DType.F32, 64, 64).get(0))).isTrue();
  }

  @Test
  void numbersOfRowsDoNotHoldTheMemoryOfImages() {
    Function<List<Tensor>, List<Tensor>> f =
        in -> {
          Tensor wide = in.get(0).matmul(in.get(1)).matmul(in.get(1));
          Tensor narrow = wide.matmul(in.get(1)).mean(1);
          Tensor again = in.get(0).add(1).matmul(in.get(1)).matmul(in.get(1));
          return List.of(again.matmul(in.get(1)).sum().mul(narrow));
        };
    Program p = Tape.record(f, normal(DType.F32, 96, 96)).program().playable();
    MemoryPlan plan = new MemoryPlan(p);
    for (int v = p.inputs; v < p.specs.length; v++) {
      int n = p.specs[v].shape().elements();
      int size = plan.slot[v] < 0 ? 0 : plan.sizes.get(plan.slot[v]);
      assertThat(size).isLessThanOrEqualTo(Math.max(1024, 8 * n));
    }
  }
}
