package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Random programs inside of calls, loops and choices are what they are outside; linear maps and
/// Taylor series of them are their derivatives.
class ControlProperties {
  private static List<Tensor> inputs(long seed, DType dtype) {
    Key[] keys = Key.of(seed).split(3);
    List<Tensor> inputs = new ArrayList<>();
    for (Key key : keys) {
      inputs.add(key.normal(Shape.of(3, 3), dtype));
    }
    return inputs;
  }

  private static Tensor program(long seed, List<Tensor> x) {
    return RandomProgramProperties.program(seed, 10, x);
  }

  private static void assertClose(Tensor got, Tensor want) {
    double[] g = got.toDoubles();
    double[] w = want.toDoubles();
    assertThat(got.shape()).isEqualTo(want.shape());
    for (int i = 0; i < g.length; i++) {
      assertThat(g[i]).isCloseTo(w[i], within(1e-9 * Math.max(1, Math.abs(w[i]))));
    }
  }

  /// Values to the bit, gradients but for the order in which cotangents are added.
  private static void assertSame(
      Function<List<Tensor>, Tensor> inside, Function<List<Tensor>, Tensor> outside, long seed) {
    List<Tensor> at = inputs(seed, DType.F64);
    Tape<List<Tensor>, Tensor> tape = Tape.record(inside, inputs(seed + 1, DType.F64));
    assertThat(tape.player().play(at).sameAs(outside.apply(at))).isTrue();
    List<Tensor> got = tape.gradient().player().play(at);
    List<Tensor> want = Tape.record(outside, at).gradient().run(at);
    for (int i = 0; i < got.size(); i++) {
      assertClose(got.get(i), want.get(i));
    }
  }

  @Property(tries = 100, seed = "31", edgeCases = EdgeCasesMode.NONE)
  void aCalledProgramIsTheProgram(@ForAll long seed) {
    assertSame(x -> Tape.call(z -> program(seed, z), x), x -> program(seed, x), seed);
  }

  /// One tensor of the carry comes in from outside the body, too.
  private static List<Tensor> step(long seed, List<Tensor> c, Tensor outside) {
    Tensor s = program(seed, c).tanh();
    return List.of(c.get(1), c.get(2).mul(.5).add(outside), c.get(0).mul(s));
  }

  private static Tensor end(List<Tensor> c) {
    return c.get(0).add(c.get(1)).mul(c.get(2).cos()).sum();
  }

  @Property(tries = 100, seed = "32", edgeCases = EdgeCasesMode.NONE)
  void aScannedProgramIsTheLoop(@ForAll long seed) {
    assertSame(
        x ->
            end(
                Tape.scan(
                        (List<Tensor> c) ->
                            new Scanned<>(step(seed, c, x.get(0)), List.<Tensor>of()),
                        x,
                        3)
                    .carry()),
        x -> end(step(seed, step(seed, step(seed, x, x.get(0)), x.get(0)), x.get(0))),
        seed);
  }

  @Property(tries = 100, seed = "33", edgeCases = EdgeCasesMode.NONE)
  void aChosenProgramIsThatProgram(@ForAll long seed) {
    assertSame(
        x -> Tape.cond(x.get(0).sum().gt(0), z -> program(seed, z), z -> program(seed + 1, z), x),
        x -> x.get(0).sum().item() > 0 ? program(seed, x) : program(seed + 1, x),
        seed);
  }

  @Property(tries = 100, seed = "34", edgeCases = EdgeCasesMode.NONE)
  void linearMapsAreTheJvpAndTheVjpAtThePoint(@ForAll long seed) {
    List<Tensor> at = inputs(seed, DType.F64);
    List<Tensor> direction = inputs(seed + 7, DType.F64);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(x -> program(seed, x), inputs(seed + 1, DType.F64));
    Linearized<Tensor, List<Tensor>, Tensor> forward = tape.linearize(at);
    assertThat(forward.value().sameAs(tape.run(at))).isTrue();
    Tensor jvp = tape.jvp(Function.identity()).run(new WithTangent<>(at, direction));
    assertThat(forward.map().player().play(direction).sameAs(jvp)).isTrue();
    Tensor g = Tensor.scalar(1.5);
    List<Tensor> vjp = tape.vjp(Function.identity()).run(new WithCotangent<>(at, g));
    List<Tensor> back = tape.pullback(at).map().player().play(g);
    for (int i = 0; i < vjp.size(); i++) {
      assertThat(back.get(i).sameAs(vjp.get(i))).isTrue();
    }
  }

  @Property(tries = 100, seed = "35", edgeCases = EdgeCasesMode.NONE)
  void aTapeWithAPartBoundIsTheTape(@ForAll long seed) {
    List<Tensor> at = inputs(seed, DType.F32);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(x -> program(seed, x), inputs(seed + 1, DType.F32));
    Tape<Tensor, Tensor> open = tape.bind(at, x -> x.get(1));
    assertThat(open.player().play(at.get(1)).sameAs(tape.run(at))).isTrue();
    assertThat(open.nodes().size()).isLessThanOrEqualTo(tape.nodes().size());
  }

  @Property(tries = 60, seed = "36", edgeCases = EdgeCasesMode.NONE)
  void taylorSeriesAreNestedForwardDerivatives(@ForAll long seed) {
    List<Tensor> at = inputs(seed, DType.F64);
    List<Tensor> v = inputs(seed + 7, DType.F64);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(x -> program(seed, x), inputs(seed + 1, DType.F64));
    List<Tensor> got = tape.taylor(at, v, 3);
    for (int k = 0; k <= 3; k++) {
      assertClose(got.get(k), tape.run(at));
      var jvp = tape.jvp(Function.identity());
      tape = Tape.record(x -> jvp.run(new WithTangent<>(x, v)), at);
    }
  }
}
