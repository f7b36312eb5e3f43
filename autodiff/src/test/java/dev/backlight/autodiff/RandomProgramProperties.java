package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Tapes of random programs: whatever is recorded, a replay is the eager run, bit for bit, at other
/// inputs too.
class RandomProgramProperties {
  /// A program that is fixed by a seed: `steps` random operations over a growing list of (r, c)
  /// matrices.
  static Tensor program(long seed, int steps, List<Tensor> inputs) {
    Random random = new Random(seed);
    List<Tensor> values = new ArrayList<>(inputs);
    DType dtype = inputs.getFirst().dtype();
    int n = inputs.getFirst().size(0);
    Tensor constant = Key.of(seed).normal(Shape.of(n, n), dtype);
    for (int i = 0; i < steps; i++) {
      Tensor a = values.get(random.nextInt(values.size()));
      Tensor b = values.get(random.nextInt(values.size()));
      values.add(
          switch (random.nextInt(16)) {
            case 0 -> a.add(b);
            case 1 -> a.mul(b);
            case 2 -> a.sub(b.mul(.5));
            case 3 -> a.tanh();
            case 4 -> a.sigmoid();
            case 5 -> a.matmul(b).mul(.3);
            case 6 -> a.matmul(b, true, false).tanh();
            case 7 -> a.transpose();
            case 8 -> a.sub(a.meanKeep(1));
            case 9 -> a.softmax(1);
            case 10 -> Tensor.where(a.gt(b), a, b.mul(.1));
            case 11 -> a.slice(0, 0, 1).expand(Shape.of(n, n)).add(b);
            case 12 -> Tensor.concat(1, a.slice(1, 1, n), b.slice(1, 0, 1));
            case 13 -> a.mul(constant);
            case 14 -> a.reshape(n * n).reshape(n, n).relu();
            default -> a.max(0).values().unsqueeze(0).expand(Shape.of(n, n)).sub(b);
          });
    }
    Tensor sum = values.getLast().sum();
    for (int i = inputs.size(); i < values.size(); i += 3) {
      sum = sum.add(values.get(i).mean());
    }
    return sum;
  }

  private static List<Tensor> inputs(long seed, int n, DType dtype) {
    Key[] keys = Key.of(seed).split(3);
    List<Tensor> inputs = new ArrayList<>();
    for (Key key : keys) {
      inputs.add(key.normal(Shape.of(n, n), dtype));
    }
    return inputs;
  }

  @Property(tries = 300, seed = "11")
  void aReplayIsTheEagerRunBitForBit(@ForAll long seed, @ForAll boolean wide) {
    DType dtype = wide ? DType.F64 : DType.F32;
    int n = 2 + (int) Math.floorMod(seed, 4L);
    int steps = 5 + (int) Math.floorMod(seed, 20L);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(x -> program(seed, steps, x), inputs(seed, n, dtype));
    Player<List<Tensor>, Tensor> player = tape.player();
    for (int other = 0; other < 3; other++) {
      List<Tensor> x = inputs(seed + other, n, dtype);
      Tensor eager = program(seed, steps, x);
      assertThat(player.play(x).sameAs(eager)).isTrue();
      assertThat(tape.run(x).sameAs(eager)).isTrue();
    }
  }

  @Property(tries = 150, seed = "12")
  void aGradientReplaysAsItRuns(@ForAll long seed) {
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(x -> program(seed, 15, x), inputs(seed, 3, DType.F32));
    Tape<List<Tensor>, Grad<List<Tensor>>> slope = tape.valueAndGrad();
    Player<List<Tensor>, Grad<List<Tensor>>> player = slope.player();
    List<Tensor> x = inputs(seed + 1, 3, DType.F32);
    player.play(inputs(seed + 2, 3, DType.F32));
    Grad<List<Tensor>> replayed = player.play(x);
    Grad<List<Tensor>> eager = slope.run(x);
    assertThat(replayed.value().sameAs(eager.value())).isTrue();
    for (int i = 0; i < x.size(); i++) {
      assertThat(replayed.grad().get(i).sameAs(eager.grad().get(i))).isTrue();
    }
  }

  @Property(tries = 100, seed = "13")
  void forwardAndReverseAreAdjoint(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 3, DType.F64);
    List<Tensor> direction = inputs(seed + 5, 3, DType.F64);
    Tape<List<Tensor>, Tensor> tape = Tape.record(v -> program(seed, 12, v), x);
    double forward = tape.jvp(v -> v).run(new WithTangent<>(x, direction)).item();
    List<Tensor> grad = tape.gradient().run(x);
    double reverse = 0;
    for (int i = 0; i < x.size(); i++) {
      reverse += grad.get(i).mul(direction.get(i)).sum().item();
    }
    assertThat(forward).isCloseTo(reverse, within(1e-9 * Math.max(1, Math.abs(reverse))));
  }

  @Property(tries = 100, seed = "14")
  void thePassesKeepEveryBit(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 3, DType.F32);
    Recorder recorder = new Recorder();
    List<Tensor> recorded = new ArrayList<>();
    x.forEach(leaf -> recorded.add(recorder.input(leaf.spec(), leaf.block())));
    Tensor sum = program(seed, 20, recorded);
    Program raw = recorder.finishRaw(List.of(sum.add(program(seed, 20, recorded))));
    Program tidy = Passes.standard(raw);
    assertThat(tidy.nodes.size()).isLessThan(raw.nodes.size());
    Tensor[] args = x.toArray(Tensor[]::new);
    assertThat(tidy.on(args)[tidy.outputs[0]].sameAs(raw.on(args)[raw.outputs[0]])).isTrue();
  }
}
