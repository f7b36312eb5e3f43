package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Concat;
import dev.backlight.core.op.Embed;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private static final Tensor X = Key.of(7).normal(Shape.of(3, 8), DType.F64);

  private static Tape<Tensor, Tensor> gradient(UnaryOperator<Tensor> f) {
    GradCheck.standard().check((Tensor x) -> f.apply(x).sum(), X);
    return Tape.record((Tensor x) -> f.apply(x).sum(), X).gradient();
  }

  private static long count(Tape<?, ?> tape, Class<?> op) {
    return tape.nodes().stream().filter(node -> op.isInstance(node.op())).count();
  }

  @Test
  void gatesSideBySideAreJoinedOnce() {
    Tape<Tensor, Tensor> slope =
        gradient(x -> {
          List<Tensor> gates = x.sin().split(-1, 2, 2, 2, 2);
          return gates
              .get(2)
              .sigmoid()
              .mul(gates.get(0).tanh())
              .add(gates.get(3))
              .mul(gates.get(1));
        });
    assertThat(count(slope, Concat.class)).isOne();
    assertThat(count(slope, Embed.class)).isZero();
  }

  @Test
  void whatNoSliceReadsStaysZero() {
    Tape<Tensor, Tensor> slope =
        gradient(x -> x.slice(1, 5, 7).square().mul(x.slice(1, 1, 3).exp()));
    assertThat(count(slope, Concat.class)).isOne();
    assertThat(slope.run(X).slice(1, 3, 5).toDoubles()).containsOnly(0);
    assertThat(count(gradient(x -> x.slice(1, 5, 7).square()), Embed.class)).isOne();
  }

  @Test
  void slicesThatOverlapOrGoAlongSeveralAxesAreAdded() {
    assertThat(count(gradient(x -> x.slice(1, 0, 5).mul(x.slice(1, 3, 8))), Concat.class)).isZero();
    assertThat(
            count(
                gradient(x -> x.slice(1, 0, 3).sum().mul(x.slice(0, 0, 2).square().sum())),
                Concat.class))
        .isZero();
  }

  @Test
  void whatArrivesOtherwiseIsAddedToThePieces() {
    Tape<Tensor, Tensor> slope =
        gradient(x -> {
          Tensor y = x.cos();
          return y.slice(1, 0, 4).mul(y.slice(1, 4, 8)).sum().add(y.square().sum());
        });
    assertThat(count(slope, Concat.class)).isOne();
    // A branch that is not selected sends nothing through the whole; pieces of it are selected.
    Tape<Tensor, Tensor> chosen =
        Tape.record(
                (Tensor x) -> {
                  Tensor y = x.abs();
                  Tensor root = Tensor.where(y.gt(0), y, y.mul(0)).sum();
                  return root.add(y.slice(0, 0, 1).sum()).add(y.slice(0, 1, 3).sum());
                },
                X)
            .gradient();
    assertThat(chosen.run(X).sub(X.sign().mul(2)).abs().amax().item()).isZero();
  }

  /// The gradient of a sequence that is read step by step is as long as the sequence.
  @Test
  void stepsOfASequenceAreJoined() {
    Tape<Tensor, Tensor> slope =
        gradient(x -> {
          Tensor h = x.get(0).mul(0);
          for (int t = 0; t < 3; t++) {
            h = h.add(x.get(t)).tanh();
          }
          return h;
        });
    assertThat(count(slope, Embed.class)).isZero();
  }
}
