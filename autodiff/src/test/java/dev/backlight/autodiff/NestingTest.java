package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transformations inside of each other: recordings do not mix up whose derivative is whose.
class NestingTest {
  /// The derivative of a function of one number, forwards or backwards.
  private static Tensor slope(boolean forwards, UnaryOperator<Tensor> f, Tensor at) {
    Tape<Tensor, Tensor> tape = Tape.record(f, at);
    return forwards
        ? tape.jvp(Function.identity()).run(new WithTangent<>(at, Tensor.scalar(1.)))
        : tape.gradient().run(at);
  }

  private static final boolean[] BOTH = {false, true};

  @Test
  void anInnerDerivativeDoesNotSeeTheOuterPerturbation() {
    for (boolean outer : BOTH) {
      for (boolean inner : BOTH) {
        // d/dx [x · d/dy (x + y)] = 1; who confuses the two answers 2.
        Tensor sum =
            slope(
                outer,
                x -> x.mul(slope(inner, y -> x.add(y), Tensor.scalar(2.))),
                Tensor.scalar(1.));
        assertThat(sum.item()).isEqualTo(1);
        // d/dx [x · d/dy (x·y)] = d/dx x² = 2x.
        Tensor product =
            slope(
                outer,
                x -> x.mul(slope(inner, y -> x.mul(y), Tensor.scalar(2.))),
                Tensor.scalar(3.));
        assertThat(product.item()).isEqualTo(6);
        // The inner point depends on x, too: d/dx [d/dy y³ at x²] = 12 x³.
        Tensor at = slope(outer, x -> slope(inner, y -> y.pow(3), x.mul(x)), Tensor.scalar(2.));
        assertThat(at.item()).isEqualTo(96);
      }
    }
  }

  @Test
  void threeDeepInEveryMixtureOfDirections() {
    // d/dx d/dy d/dz sin(x·y·z): at 1, 1, 1 it is cos 1 − 3 sin 1 − cos 1 = −3 sin 1.
    for (boolean a : BOTH) {
      for (boolean b : BOTH) {
        for (boolean c : BOTH) {
          Tensor one = Tensor.scalar(1.);
          Tensor third =
              slope(a, x -> slope(b, y -> slope(c, z -> x.mul(y).mul(z).sin(), one), one), one);
          assertThat(third.item()).isCloseTo(-3 * Math.sin(1), within(1e-14));
        }
      }
    }
  }

  @Test
  void aFunctionThatReturnsADerivativeClosesOverItsOwnPointOnly() {
    // The amazing bug: f(x) = g ↦ y ↦ g(x + y), derived by x at 0, applied twice.
    for (boolean forwards : BOTH) {
      Function<UnaryOperator<Tensor>, UnaryOperator<Tensor>> derived =
          g -> y -> slope(forwards, x -> g.apply(x.add(y)), Tensor.scalar(0.));
      Tensor second = derived.apply(derived.apply(y -> y.exp())).apply(Tensor.scalar(1.));
      assertThat(second.item()).isCloseTo(Math.E, within(1e-14));
    }
  }

  @Test
  void derivativesInsideOfLoopsChoicesAndCallsAreDifferentiated() {
    UnaryOperator<Tensor> inner =
        x -> Grad.of((Tensor p) -> p.mul(x).sin().sum(), x.mul(.5)).grad();
    Tensor at = Tensor.of(.3, -.7);
    GradCheck.standard().check((Tensor x) -> Tape.call(inner, x), at);
    GradCheck.standard()
        .check(
            (Tensor x) ->
                Tape.scan(c -> new Scanned<>(c.add(inner.apply(c)).mul(x), c), x, 3).carry(),
            at);
    GradCheck.standard().check((Tensor x) -> Tape.cond(x.sum().lt(0), inner, z -> z, x), at);
    GradCheck.standard()
        .check(
            (Tensor x) ->
                Tape.whileLoop(
                    (Tensor s) -> s.square().sum().gt(.01), s -> inner.apply(s).mul(.1), x, 12),
            at);
  }

  @Test
  void loopsInsideOfDerivativesInsideOfLoops() {
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.scan(
                        (c, t) ->
                            new Scanned<>(
                                Grad.of(
                                        (Tensor p) ->
                                            Tape.scan(
                                                    d -> new Scanned<>(d.mul(p).sin().add(t), d),
                                                    c,
                                                    2)
                                                .carry()
                                                .sum(),
                                        c)
                                    .grad(),
                                c.mul(in.get(1).sum())),
                        in.get(0),
                        in.get(1))
                    .out(),
            List.of(Tensor.of(.4, -.9), Tensor.of(.2, .8, -.5)));
  }

  @Test
  void aTapeIsRunInsideTheRecordingOfAnother() {
    Tape<Tensor, Tensor> cube = Tape.record(x -> x.mul(x).mul(x), Tensor.scalar(0.));
    Tape<Tensor, Tensor> slope = cube.gradient();
    Tape<Tensor, Tensor> both =
        Tape.record(x -> cube.run(x.exp()).add(slope.run(x)), Tensor.scalar(1.));
    assertThat(both.run(Tensor.scalar(.5)).item()).isCloseTo(Math.exp(1.5) + .75, within(1e-14));
    assertThat(both.gradient().run(Tensor.scalar(.5)).item())
        .isCloseTo(3 * Math.exp(1.5) + 3, within(1e-13));
  }

  @Test
  void aTensorDoesNotOutliveItsRecording() {
    List<Tensor> kept = new ArrayList<>();
    Tape.record(
        (Tensor x) -> {
          kept.add(x);
          return x;
        },
        Tensor.scalar(1.));
    assertThatThrownBy(() -> kept.getFirst().add(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a tensor was used after the recording it belongs to had ended; return it from the"
                + " recorded function, or take its value inside with detached()");
  }

  /// Everything at once: a scan of choices over calls, with a loop behind.
  private static Tensor everything(List<Tensor> in) {
    Tensor w = in.get(1);
    Tensor h =
        Tape.scan(
                (c, x) ->
                    new Scanned<>(
                        Tape.cond(
                            c.sum().gt(0),
                            z -> Tape.call(u -> u.unsqueeze(0).matmul(w).tanh().reshape(4), z),
                            z -> z.mul(x).sin(),
                            c.add(x)),
                        c.exp()),
                in.get(0).slice(0, 0, 1).reshape(4),
                in.get(0))
            .out()
            .sum(0);
    return Tape.whileLoop((Tensor s) -> s.sum().gt(.5), s -> s.mul(.7), h, 40).sum();
  }

  private static final List<Tensor> POINT =
      List.of(
          Key.of(1).normal(Shape.of(6, 4), DType.F32), Key.of(2).normal(Shape.of(4, 4), DType.F32));

  @Test
  void sixtyFourThreadsGiveTheSameBitsThroughLoopsChoicesAndCalls()
      throws InterruptedException, ExecutionException {
    Tape<List<Tensor>, Grad<List<Tensor>>> tape =
        Tape.record(NestingTest::everything, POINT).valueAndGrad();
    Grad<List<Tensor>> alone = tape.player().play(POINT);
    List<Callable<Grad<List<Tensor>>>> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      boolean replayed = i % 2 == 0;
      tasks.add(() -> {
        if (!replayed) {
          return tape.run(POINT);
        }
        Player<List<Tensor>, Grad<List<Tensor>>> player = tape.player();
        player.play(List.of(POINT.get(0).mul(3), POINT.get(1).neg()));
        return player.play(POINT);
      });
    }
    try (var threads = Executors.newFixedThreadPool(64)) {
      for (Future<Grad<List<Tensor>>> done : threads.invokeAll(tasks)) {
        assertThat(done.get().value().sameAs(alone.value())).isTrue();
        for (int leaf = 0; leaf < 2; leaf++) {
          assertThat(done.get().grad().get(leaf).sameAs(alone.grad().get(leaf))).isTrue();
        }
      }
    }
  }

  @Test
  void tapesWithLoopsChoicesAndCallsAreSavedAndReadBack(@TempDir Path folder) throws IOException {
    Tape<List<Tensor>, Grad<List<Tensor>>> tape =
        Tape.record(NestingTest::everything, POINT).valueAndGrad();
    Path file = folder.resolve("everything.tape");
    TapeFile.write(tape, file);
    Grad<List<Tensor>> want = tape.run(POINT);
    Grad<List<Tensor>> got = TapeFile.read(file, POINT, want).run(POINT);
    assertThat(got.value().sameAs(want.value())).isTrue();
    assertThat(got.grad().get(0).sameAs(want.grad().get(0))).isTrue();
    assertThat(got.grad().get(1).sameAs(want.grad().get(1))).isTrue();
  }

  @Test
  void loopsChoicesAndCallsReplayInSinglePrecisionWithoutAllocating() {
    Player<List<Tensor>, Grad<List<Tensor>>> player =
        Tape.record(NestingTest::everything, POINT).valueAndGrad().player();
    player.set(POINT);
    Allocation.assertNone(player, 1_000);
  }
}
