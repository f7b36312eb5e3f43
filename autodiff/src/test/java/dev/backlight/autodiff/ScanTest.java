package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Tanh;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScanTest {
  private static final Tensor XS = Key.of(1).normal(Shape.of(4, 2), DType.F64);
  private static final Tensor H = Key.of(2).normal(Shape.of(3), DType.F64);
  private static final Tensor W = Key.of(3).normal(Shape.of(3, 3), DType.F64).mul(.5);
  private static final Tensor U = Key.of(4).normal(Shape.of(2, 3), DType.F64);

  /// A recurrent layer.
  record Rnn(Tensor w, Tensor u, Tensor h, Tensor xs) {
    Scanned<Tensor, Tensor> step(Tensor carry, Tensor x) {
      Tensor next = carry.unsqueeze(0).matmul(w).add(x.unsqueeze(0).matmul(u)).tanh().squeeze(0);
      return new Scanned<>(next, next.mul(x.sum()));
    }

    Scanned<Tensor, Tensor> scanned(boolean backwards) {
      return backwards ? Tape.scanBackwards(this::step, h, xs) : Tape.scan(this::step, h, xs);
    }

    Scanned<Tensor, Tensor> unrolled(boolean backwards) {
      Tensor carry = h;
      Tensor[] out = new Tensor[xs.size(0)];
      for (int s = 0; s < out.length; s++) {
        int t = backwards ? out.length - 1 - s : s;
        Scanned<Tensor, Tensor> step = step(carry, xs.slice(0, t, t + 1).reshape(2));
        carry = step.carry();
        out[t] = step.out();
      }
      return new Scanned<>(carry, Tensor.stack(0, out));
    }
  }

  private static final Rnn RNN = new Rnn(W, U, H, XS);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aScanHasTheBitsOfTheUnrolledLoop(boolean backwards) {
    Rnn other = new Rnn(W.mul(.9), U.neg(), H.add(.1), XS.mul(1.5));
    var scan = Tape.record((Rnn r) -> r.scanned(backwards), RNN);
    Scanned<Tensor, Tensor> want = other.unrolled(backwards);
    for (Scanned<Tensor, Tensor> got : List.of(scan.run(other), scan.player().play(other))) {
      assertThat(got.carry().sameAs(want.carry())).isTrue();
      assertThat(got.out().sameAs(want.out())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGradientOfAScanHasTheBitsOfThatOfTheUnrolledLoop(boolean backwards) {
    var scan = Tape.record((Rnn r) -> r.scanned(backwards).out().square().sum(), RNN).gradient();
    var loop = Tape.record((Rnn r) -> r.unrolled(backwards).out().square().sum(), RNN).gradient();
    List<Tensor> got = Struct.leaves(scan.player().play(RNN));
    List<Tensor> want = Struct.leaves(loop.run(RNN));
    for (int leaf = 0; leaf < 4; leaf++) {
      double[] g = got.get(leaf).toDoubles();
      double[] w = want.get(leaf).toDoubles();
      for (int i = 0; i < g.length; i++) {
        // Sums over the steps are in another order than in the unrolled tape.
        assertThat(g[i]).isCloseTo(w[i], org.assertj.core.api.Assertions.within(1e-14));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void scansPassTheGradientCheckToOrderThree(boolean backwards) {
    GradCheck.standard()
        .order(3)
        .check(
            (Rnn r) -> {
              Scanned<Tensor, Tensor> s = r.scanned(backwards);
              return List.of(s.carry(), s.out());
            },
            RNN);
  }

  @Test
  void onlyTheLastCarryOrOnlyTheOutputsPassTheGradientCheck() {
    GradCheck.standard().check((Rnn r) -> r.scanned(false).carry().sum(), RNN);
    GradCheck.standard().check((Rnn r) -> r.scanned(false).out(), RNN);
  }

  @Test
  void parametersReadFromOutsideAndScansInsideScansPassTheGradientCheck() {
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.scan(
                        (c, x) ->
                            new Scanned<>(
                                Tape.scan(
                                        d -> new Scanned<>(d.mul(in.get(1)).sin().add(x), d), c, 2)
                                    .carry(),
                                c.exp()),
                        in.get(2),
                        in.get(0))
                    .out(),
            List.of(Tensor.of(.1, -.3, .5), Tensor.of(.7, .2), Tensor.of(.4, -.6)));
  }

  @Test
  void carriesThatChangePlacesAreNotMixedUp() {
    record Two(Tensor a, Tensor b) {}
    Two end =
        Tape.scan(
                (Two t) -> new Scanned<>(new Two(t.b(), t.a()), t.a()),
                new Two(Tensor.of(1.), Tensor.of(2.)),
                3)
            .carry();
    assertThat(end.a().item()).isEqualTo(2);
    assertThat(end.b().item()).isEqualTo(1);
    GradCheck.standard()
        .check(
            (Two x) ->
                Tape.scan(
                        (Two t) -> new Scanned<>(new Two(t.b(), t.a().mul(t.b())), t.b().exp()),
                        x,
                        3)
                    .carry()
                    .b(),
            new Two(Tensor.of(.3), Tensor.of(-.8)));
  }

  @Test
  void oneTensorInTwoPlacesOfTheCarryIsTwoCarries() {
    Tensor zero = Tensor.of(0., 0.);
    Tensor one = Tensor.of(1., 2.);
    List<Tensor> end =
        Tape.scan(
                (List<Tensor> c) ->
                    new Scanned<>(List.of(c.get(0).add(one), c.get(1).sub(one)), List.<Tensor>of()),
                List.of(zero, zero),
                5)
            .carry();
    assertThat(end.get(0).toDoubles()).containsExactly(5, 10);
    assertThat(end.get(1).toDoubles()).containsExactly(-5, -10);
  }

  @Test
  void aScanWithoutStepsAnswersWhatItStartedFrom() {
    Scanned<Tensor, Tensor> none =
        Tape.scan(
            (c, x) -> new Scanned<>(c.add(x), c.mul(2)),
            H,
            Tensor.zeros(Shape.of(0, 3), DType.F64));
    assertThat(none.carry().sameAs(H)).isTrue();
    assertThat(none.out().shape()).isEqualTo(Shape.of(0, 3));
    Tape<Tensor, Tensor> gradient =
        Tape.record(
                (Tensor h) ->
                    Tape.scan(c -> new Scanned<>(c.exp(), c), h, 0).carry().square().sum(),
                H)
            .gradient();
    assertThat(gradient.run(H).sameAs(H.mul(2))).isTrue();
  }

  @Test
  void aForwardPassKeepsOneCarryAndABackwardPassThatOfEachStepAndWhatIsDear() {
    long[] forward = new long[2];
    long[] backward = new long[2];
    for (int i = 0; i < 2; i++) {
      int steps = i == 0 ? 10 : 110;
      Tape<Tensor, Tensor> tape =
          Tape.record(
              (Tensor x) ->
                  Tape.scan(c -> new Scanned<>(c.sin().mul(2).cos(), List.<Tensor>of()), x, steps)
                      .carry()
                      .sum(),
              Tensor.zeros(Shape.of(1000), DType.F64));
      forward[i] = tape.player().bytes();
      backward[i] = tape.gradient().player().bytes();
    }
    assertThat(forward[1]).isEqualTo(forward[0]);
    // The carry, and the sine, whose double the slope of the cosine reads.
    assertThat(backward[1] - backward[0]).isEqualTo(2 * 100 * 8000);
  }

  private static List<Node> products(Program p) {
    return p.nodes.stream().filter(node -> node.op() instanceof MatMul).toList();
  }

  private static Scan backwards(Program p) {
    return p.nodes.stream()
        .map(Node::op)
        .filter(op -> op instanceof Scan scan && scan.backwards())
        .map(Scan.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theGradientOfASharedMatrixIsOneProductOverTheRowsOfAllSteps() {
    Rnn large =
        new Rnn(
            Key.of(6).normal(Shape.of(16, 16), DType.F64),
            Key.of(7).normal(Shape.of(9, 16), DType.F64),
            Key.of(8).normal(Shape.of(16), DType.F64),
            Key.of(9).normal(Shape.of(4, 9), DType.F64));
    Program back =
        Tape.record((Rnn r) -> r.scanned(false).out().square().sum(), large).gradient().program();
    // Those of w and of u, over 4 steps of 1 row.
    assertThat(products(back))
        .extracting(node -> back.specs[node.input(0)].shape())
        .containsExactlyInAnyOrder(Shape.of(4, 16), Shape.of(4, 9));
    // What is left in a step sends the cotangent to the carry before, and to x.
    assertThat(products(backwards(back).body().program)).hasSize(2);
    // Its slope is read off the hyperbolic tangent, which was kept.
    assertThat(backwards(back).body().program.nodes).noneMatch(node -> node.op() instanceof Tanh);
  }

  @Test
  void aProductIsKeptWithWhatIsAddedToIt() {
    record In(Tensor w, Tensor h, Tensor xs) {}
    Program back =
        Tape.record(
                (In in) ->
                    Tape.scan(
                            (Tensor h, Tensor x) -> {
                              Tensor next = h.matmul(in.w()).add(x).square();
                              return new Scanned<>(next, next);
                            },
                            in.h(),
                            in.xs())
                        .out()
                        .sum(),
                new In(
                    Key.of(6).normal(Shape.of(16, 16), DType.F64).mul(.1),
                    Key.of(7).normal(Shape.of(2, 16), DType.F64),
                    Key.of(8).normal(Shape.of(4, 2, 16), DType.F64)))
            .gradient()
            .program();
    assertThat(back.nodes)
        .filteredOn(node -> node.op() instanceof Scan scan && scan.backwards())
        .singleElement()
        .satisfies(node -> assertThat(node.inputs()).doesNotContain(2));
  }

  @Test
  void aProductThatIsMuchLargerThanTheCarryIsComputedAnew() {
    Tensor wide = Key.of(5).normal(Shape.of(3, 40), DType.F64);
    Program back =
        Tape.record(
                (Tensor w) -> {
                  Tensor start = Tensor.zeros(Shape.of(1, 3), DType.F64);
                  return Tape.scan(
                          h -> {
                            Tensor next = h.add(.1).matmul(w).tanh().matmul(w, false, true).tanh();
                            return new Scanned<>(next, next);
                          },
                          start,
                          5)
                      .out()
                      .sum();
                },
                wide)
            .gradient()
            .program();
    // The two forward ones, and those to the carry, to the wide value and to the matrix, twice.
    assertThat(products(backwards(back).body().program)).hasSizeGreaterThan(3);
    assertThat(products(back)).isEmpty();
  }

  @Test
  void scansAndTheirGradientsReplayWithoutAllocating() {
    Player<Rnn, Rnn> player =
        Tape.record((Rnn r) -> r.scanned(false).out().square().sum(), RNN).gradient().player();
    player.set(RNN);
    Allocation.assertNone(player, 2_000);
  }

  @Test
  void theDerivativeForwardsRunsNoSweepBackwards() {
    var jvp = Tape.record((Rnn r) -> r.scanned(false).carry(), RNN).jvp(Rnn::h);
    assertThat(jvp.nodes()).allMatch(node -> !(node.op() instanceof Scan s && s.backwards()));
    assertThat(jvp.nodes()).filteredOn(node -> node.op() instanceof Scan).hasSize(2);
  }

  @Test
  void aCarryThatChangesItsShapeIsRefused() {
    assertThatThrownBy(() -> Tape.scan(c -> new Scanned<>(c.sum(), c), H, 2))
        .isInstanceOf(ShapeException.class)
        .hasMessage("scan needs a body that answers F64(3) at x, as it was given, got F64()");
    assertThatThrownBy(() ->
            Tape.scan(
                (Tensor c, List<Tensor> x) -> new Scanned<>(c, c),
                H,
                List.of(XS, Tensor.zeros(3, 2))))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "scan needs tensors of one length along their first axis, got [(4, 2), (3, 2)]");
    assertThatThrownBy(() -> Tape.scan(c -> new Scanned<>(c, c), H, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("scan needs a length of at least 0, got -1");
    assertThatThrownBy(() ->
            Tape.scan((Tensor c, List<Tensor> x) -> new Scanned<>(c, c), H, new ArrayList<>()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("scan needs a tensor to go along, or a length, got neither");
  }

  @Test
  void aBodyThatReadsAValueIsRefused() {
    assertThatThrownBy(() -> Tape.scan(c -> new Scanned<>(c.mul(c.sum().item()), c), H, 2))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching(
            "a scanned body runs at other values, so it cannot be pinned by item\\(\\) at"
                + " ScanTest\\.java:\\d+");
  }

  @Test
  void aGuardInsideABodyIsAskedInEveryStep() {
    assertThatThrownBy(() ->
            Tape.scan(
                c -> new Scanned<>(c.test(v -> v < 3) ? c.add(1) : c, List.<Tensor>of()),
                Tensor.scalar(0.),
                5))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at ScanTest\\.java:\\d+ now answers false; record again");
  }

  @Test
  void aScanIsOneLineOfATape() {
    assertThat(Tape.record((Rnn r) -> r.scanned(false).carry(), RNN).toString())
        .containsPattern("= scan\\{7 nodes, 4 steps} %2 %3 %0 %1 +// ScanTest\\.java:\\d+");
  }
}
