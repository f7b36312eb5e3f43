package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Scans in which threads take some of the examples each, asked of those in which one takes all.
class ShardsTest {
  private static final int HIDDEN = 24;
  private static final int STEPS = 40;

  /// An LSTM without biases.
  record Lstm(Tensor w, Tensor xs) {
    Tensor loss(int rows, boolean backwards) {
      Tensor none = Tensor.zeros(Shape.of(rows, HIDDEN), DType.F32);
      Scanned<List<Tensor>, Tensor> run =
          backwards
              ? Tape.scanBackwards(this::step, List.of(none, none), xs)
              : Tape.scan(this::step, List.of(none, none), xs);
      return run.out().square().sum().add(run.carry().getLast().sum());
    }

    private Scanned<List<Tensor>, Tensor> step(List<Tensor> state, Tensor x) {
      List<Tensor> gates =
          x.add(state.getFirst().matmul(w)).split(-1, HIDDEN, HIDDEN, HIDDEN, HIDDEN);
      Tensor kept = gates.get(1).sigmoid().mul(state.getLast());
      Tensor c = kept.add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
      Tensor h = gates.get(3).sigmoid().mul(c.tanh());
      return new Scanned<>(List.of(h, c), h);
    }
  }

  private static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F32).mul(.3);
  }

  private static Lstm lstm(int rows) {
    return new Lstm(normal(1, HIDDEN, 4 * HIDDEN), normal(2, STEPS, rows, 4 * HIDDEN));
  }

  private static List<Node> scans(int rows, boolean backwards) {
    return Tape.record((Lstm l) -> l.loss(rows, backwards), lstm(rows))
        .gradient()
        .program()
        .playable()
        .nodes
        .stream()
        .filter(node -> node.op() instanceof Scan)
        .toList();
  }

  private static Block[] inputs(Scan scan) {
    Block[] in = new Block[scan.body().inputs()];
    Arrays.setAll(
        in,
        i -> {
          Spec one = scan.body().input(i);
          Shape shape = scan.mapped().get(i) ? one.shape().prepend(scan.length()) : one.shape();
          return normal(10 + i, shape.sizes()).block();
        });
    return in;
  }

  private static Block[] outputs(Node node) {
    return node.outputs().stream().map(Block::allocate).toArray(Block[]::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 19})
  void everyNumberOfThreadsGivesTheSameBits(int rows) {
    List<Node> scans = scans(rows, rows == 13);
    assertThat(scans).hasSize(2);
    for (Node node : scans) {
      Scan scan = (Scan) node.op();
      Block[] in = inputs(scan);
      Block[] want = outputs(node);
      Steps.whole(scan, in, want, Workspace.of(scan.uses())).run(in, want);
      for (int threads = 2; threads <= 5; threads++) {
        Block[] got = outputs(node);
        Op.Kernel kernel = Shards.of(scan, in, got, Workspace.of(scan.uses()), threads);
        assertThat(kernel).isInstanceOf(Shards.class);
        for (int play = 0; play < 2; play++) {
          kernel.run(in, got);
          for (int k = 0; k < got.length; k++) {
            assertThat(Tensor.over(got[k]).sameAs(Tensor.over(want[k]))).isTrue();
          }
        }
      }
    }
  }

  @Test
  void fewExamplesAndLittleWorkAreLeftToOneThread() {
    Node few = scans(7, false).getFirst();
    Scan scan = (Scan) few.op();
    Block[] in = inputs(scan);
    Block[] out = outputs(few);
    assertThat(Shards.of(scan, in, out, Workspace.of(scan.uses()), 2)).isInstanceOf(Steps.class);
    assertThat(Shards.of(scan, in, out, Workspace.of(scan.uses()), 1)).isInstanceOf(Steps.class);
  }

  @Test
  void theComplaintOfACheckedPlayTellsOfAllExamples() {
    Node node = scans(12, false).getFirst();
    Scan scan = (Scan) node.op();
    Block[] in = inputs(scan);
    Block[] out = outputs(node);
    Workspace workspace = Workspace.of(scan.uses());
    Op.Kernel kernel = Shards.of(scan, in, out, workspace, 2);
    workspace.check();
    // Only the state of example 9 is not zero after a step.
    for (int i = 0; i < in.length; i++) {
      for (int at = 0; at < in[i].size(); at++) {
        boolean mine = scan.mapped().get(i) && at / (4 * HIDDEN) == 9;
        in[i].set(at, i < scan.carries() ? 0 : scan.mapped().get(i) ? mine ? 1 : 0 : 3e38);
      }
    }
    assertThatThrownBy(() -> kernel.run(in, out))
        .isInstanceOf(NotFinite.class)
        .hasMessageContaining("[9, 0]");
  }
}
