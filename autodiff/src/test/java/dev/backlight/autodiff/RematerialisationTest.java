package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What groups compute anew has the bits of what they would have read, and takes no memory.
class RematerialisationTest {
  private static final Tensor W = Key.of(1).normal(Shape.of(32, 96), DType.F32);
  private static final Tensor V = Key.of(2).normal(Shape.of(96, 32), DType.F32);
  private static final List<Tensor> X = List.of(Key.of(3).normal(Shape.of(64, 32), DType.F32));

  /// The gradient of a function between two products.
  private static Program gradient(UnaryOperator<Tensor> f) {
    return tape(f).program();
  }

  private static Tape<List<Tensor>, List<Tensor>> tape(UnaryOperator<Tensor> f) {
    Function<List<Tensor>, Tensor> loss =
        x -> f.apply(x.getFirst().matmul(W)).matmul(V).tanh().sum();
    return Tape.record(loss, X).gradient();
  }

  private static Program fused(Program p, boolean anew) {
    Program simple = RepeatedConstants.shrink(Simplification.simplify(p));
    return Fusion.fuse(ViewFolding.fold(simple), anew);
  }

  private static List<Fused> groups(Program p) {
    return p.nodes.stream().filter(n -> n.op() instanceof Fused).map(n -> (Fused) n.op()).toList();
  }

  private static long written(Program p) {
    return groups(p).stream().mapToInt(group -> group.writes().size()).sum();
  }

  private static UnaryOperator<Tensor> named(String name) {
    return switch (name) {
      case "gelu" -> x -> x.add(Tensor.of(0.5f)).gelu();
      case "geluTanh" -> Tensor::geluTanh;
      case "silu" -> Tensor::silu;
      case "square of sines" -> x -> x.mul(3).add(1).square().mul(x.sin());
      case "softplus" -> x -> x.softplus().mul(2);
      case "dropout" ->
          x -> {
            Tensor kept = Key.of(7).uniform(x.shape(), x.dtype()).lt(0.8);
            return Tensor.where(kept, x.mul(1.25).square(), x.mul(0)).mul(x);
          };
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu", "geluTanh", "silu", "square of sines", "softplus", "dropout"})
  void everyBitStays(String name) {
    Program p = gradient(named(name));
    List<Tensor> want = tape(named(name)).run(X);
    for (boolean anew : new boolean[] {false, true}) {
      Program fused = fused(p, anew);
      for (int k = 0; k < want.size(); k++) {
        Tensor got = Tensor.over(FusionTest.compiled(fused, X).get(k));
        assertThat(got.sameAs(want.get(k))).as(name + anew).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu", "geluTanh", "square of sines"})
  void lessIsWrittenAndKept(String name) {
    Program p = gradient(named(name));
    assertThat(written(fused(p, true))).isLessThan(written(fused(p, false)));
    assertThat(new MemoryPlan(fused(p, true)).bytes())
        .isLessThan(new MemoryPlan(fused(p, false)).bytes());
  }

  @Test
  void theGradientOfAGeluReadsTheProductAndTheErrorFunction() {
    List<Fused> groups = groups(fused(gradient(named("gelu")), true));
    assertThat(groups.stream().map(Fused::name))
        .containsExactly(
            "{add scale erf shift mul scale mul}",
            "{tanh mul scale shift}",
            "{add scale mul scale mul mul scale exp scale mul scale add}");
    // The values and the error function behind it; nothing else of what it made on the way.
    assertThat(groups.getFirst().writes()).hasSize(2);
  }

  @Test
  void whatIsDearIsWritten() {
    UnaryOperator<Tensor> root = x -> x.square().add(1).sqrt().mul(x);
    Program p = gradient(root);
    assertThat(groups(fused(p, true)).stream().map(Fused::name))
        .isEqualTo(groups(fused(p, false)).stream().map(Fused::name).toList());
  }

  @Test
  void whatWouldTakeMoreInputsIsWritten() {
    // The sum of two products: reading both is more than reading the sum.
    UnaryOperator<Tensor> sum = x -> x.add(x.matmul(V).matmul(W)).square();
    Program p = gradient(sum);
    assertThat(written(fused(p, true))).isEqualTo(written(fused(p, false)));
  }

  @Test
  void replaysTakeNoMemory() {
    Player<List<Tensor>, List<Tensor>> player = tape(named("gelu")).player();
    player.set(X);
    Allocation.assertNone(player, 300);
  }

  @Test
  void anOutputIsWrittenOnceByItsOwnGroup() {
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> {
              Tensor y = in.getFirst().matmul(W).mul(2).add(1);
              Tensor z = y.sin().mul(y);
              return List.of(y, z.matmul(V).matmul(W).mul(y).mul(z));
            },
            X);
    FusionTest.played(tape, X);
  }
}
