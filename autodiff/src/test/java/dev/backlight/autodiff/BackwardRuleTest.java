package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Where;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BackwardRuleTest {
  private static final Tensor X = Tensor.of(Shape.of(1, 2), .5, -2);
  private static final Tensor W = Tensor.of(Shape.of(2, 1), 3., 4);
  private static final Tensor B = Tensor.of(.25);

  /// The chain rule, and a note of what it saw around each node.
  private record Looking(List<String> seen) implements BackwardRule {
    @Override
    public BackwardRule within(Surroundings sweep) {
      sweep.nodes().forEach(node -> seen.add(node.op().name()));
      return (node, at) -> {
        for (int value : node.inputs()) {
          Node maker = sweep.maker(value);
          seen.add(
              node.op().name()
                  + (sweep.active(value) ? " depends on " : " is given ")
                  + (maker == null ? "a leaf" : maker.op().name())
                  + sweep.value(value).shape());
        }
        return back(node, at);
      };
    }

    @Override
    public @Nullable Tensor[] back(Node node, Site at) {
      return at.op().vjps(at);
    }
  }

  @Test
  void aRuleMayLookAroundInItsSweep() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.matmul(W).add(B).tanh(), X);
    Looking rule = new Looking(new ArrayList<>());
    Tensor pulled = tape.trace(rule, x -> x, List.of()).run(X).inputs();
    assertThat(rule.seen())
        .containsExactly(
            "matmul",
            "add",
            "tanh",
            "tanh depends on add(1, 1)",
            "add depends on matmul(1, 1)",
            "add is given a leaf(1, 1)",
            "matmul depends on a leaf(1, 2)",
            "matmul is given a leaf(2, 1)");
    assertThat(pulled.sameAs(tape.trace(BackwardRule.CHAIN, x -> x, List.of()).run(X).inputs()))
        .isTrue();
  }

  /// Gives both sides of a choice what arrives.
  private record Everywhere(boolean reachesUnselected) implements BackwardRule {
    @Override
    public @Nullable Tensor[] back(Node node, Site at) {
      return at.op() instanceof Where
          ? new @Nullable Tensor[] {null, at.g(), at.g()}
          : at.op().vjps(at);
    }
  }

  @Test
  void whatAWhereDidNotSelectIsReachedOnlyByARuleThatAsksForIt() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.gt(0).where(x.tanh(), x.neg()), Tensor.of(-1.));
    double slope = 1 - Math.tanh(1) * Math.tanh(1);
    for (boolean reaches : new boolean[] {true, false}) {
      double pulled =
          tape.trace(new Everywhere(reaches), x -> x, List.of())
              .run(Tensor.of(-1.))
              .inputs()
              .toDoubles()[0];
      assertThat(pulled).isCloseTo(reaches ? slope - 1 : -1, within(1e-15));
    }
  }
}
