package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SingleWritesTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(64, 64), DType.F32);

  private static List<Fused> fused(Tape<?, ?> tape) {
    return tape.program().playable().nodes.stream()
        .filter(node -> node.op() instanceof Fused)
        .map(node -> (Fused) node.op())
        .toList();
  }

  @Test
  void aValueThatIsReadUnderTwoShapesIsWrittenOnce() {
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> {
              Tensor y = x.tanh().mul(x);
              Tensor wide = y.reshape(32, 128);
              return y.matmul(x).sum().add(wide.matmul(wide, true, false).sum());
            },
            X);
    assertThat(fused(tape)).isNotEmpty();
    for (Fused group : fused(tape)) {
      assertThat(new HashSet<>(group.writes())).hasSameSizeAs(group.writes());
    }
    assertThat(tape.player().play(X).sameAs(tape.run(X))).isTrue();
  }

  @Test
  void outputsUnderTwoShapesAreBothThere() {
    Tape<Tensor, List<Tensor>> tape =
        Tape.record(
            x -> {
              Tensor y = x.tanh().mul(x);
              return List.of(y, y.reshape(32, 128), y.reshape(4096).matmul(y.reshape(4096, 1)));
            },
            X);
    List<Tensor> played = tape.player().play(X);
    List<Tensor> eager = tape.run(X);
    for (int k = 0; k < eager.size(); k++) {
      assertThat(played.get(k).sameAs(eager.get(k))).isTrue();
    }
  }
}
