package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private static final List<List<Boolean>> SEEN = new ArrayList<>();

  /// The product of two values, which notes what players say of them.
  record Noted() implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return new Spec[] {in[0]};
    }

    @Override
    public Kernel planned(Spec[] in, Spec[] out, boolean[] fixed) {
      SEEN.add(List.of(fixed[0], fixed[1]));
      return this::run;
    }

    @Override
    public void run(Block[] in, Block[] out) {
      for (int i = 0; i < out[0].size(); i++) {
        out[0].set(i, in[0].get(i) * in[1].get(i));
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return at.g().mul(at.x(1 - i));
    }
  }

  private static Tensor noted(Tensor x, Tensor y) {
    return Tensor.apply(new Noted(), x, y);
  }

  @Test
  void constantsAreKnownAsSuchInsideOfNodesThatRunPrograms() {
    Tensor w = Tensor.of(2., 3);
    Tensor outer = Tensor.of(5., 7);
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> {
              Tensor deep = Tape.mapOver(a -> Tape.mapOver(b -> noted(b, w), a.add(x)), rows(x));
              return deep.sum(0).sum(0).add(noted(x, outer));
            },
            Tensor.of(1., 1));
    SEEN.clear();
    Player<Tensor, Tensor> player = tape.player();
    assertThat(SEEN).isNotEmpty().allMatch(List.of(false, true)::equals);
    // Σ over two rows and two slices of ((x + x)·w), and x·(5, 7).
    assertThat(player.play(Tensor.of(1., 10)).toDoubles()).containsExactly(21., 310);
  }

  private static Tensor rows(Tensor x) {
    return Tensor.stack(0, Tensor.stack(0, x, x), Tensor.stack(0, x, x));
  }
}
