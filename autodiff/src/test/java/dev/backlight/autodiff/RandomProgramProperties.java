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
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

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
          switch (random.nextInt(28)) {
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
            case 15 -> a.mul(.5).sin().exp();
            case 16 -> a.square().add(1).log().add(.5).sqrt();
            case 17 -> a.softplus().reciprocal();
            case 18 -> a.standardize(.1, 1);
            case 19 -> a.logSumExp(0).unsqueeze(0).expand(Shape.of(n, n)).mul(b);
            case 20 -> a.take(0, Tensor.of(0, n - 1)).sum(0).unsqueeze(1).mul(b);
            case 21 -> a.flip(1).cos().sub(b.square().mul(.2));
            case 22 -> a.norm(1).unsqueeze(1).add(1).rsqrt().mul(b);
            case 23 -> a.clamp(-1, 1).maximum(b.mul(.5));
            case 24 -> a.variance(0, 0).add(1).log().add(b);
            case 25 -> b.gt(.2).where(a.abs().add(.1).log(), b);
            case 26 -> a.pad(1, 1, 0).slice(1, 0, n).gelu();
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

  /// A kink near a random point says nothing; most points must say something.
  @Property(tries = 150, seed = "15", edgeCases = net.jqwik.api.EdgeCasesMode.NONE)
  void gradientsAgreeWithDifferences(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 2 + (int) Math.floorMod(seed, 2L), DType.F64);
    boolean conclusive = true;
    try {
      GradCheck.standard().directions(2).check(v -> program(seed, 8, v), x);
    } catch (GradCheckFailure e) {
      assertThat(e.getMessage()).contains("inconclusive");
      conclusive = false;
    }
    Statistics.label("conclusive")
        .collect(conclusive)
        .coverage(c -> c.check(true).percentage(p -> p > 80));
  }

  @Property(tries = 100, seed = "16")
  void forwardOverReverseIsReverseOverForward(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 3, DType.F64);
    List<Tensor> v = inputs(seed + 7, 3, DType.F64);
    Tape<List<Tensor>, Tensor> tape = Tape.record(in -> program(seed, 10, in), x);
    List<Tensor> forward = tape.gradient().jvp(in -> in).run(new WithTangent<>(x, v));
    var jvp = tape.jvp((List<Tensor> in) -> in);
    List<Tensor> reverse =
        Tape.record((List<Tensor> in) -> jvp.run(new WithTangent<>(in, v)), x).gradient().run(x);
    near(forward, reverse);
  }

  @Property(tries = 100, seed = "17")
  void theVjpIsLinearInItsCotangent(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 3, DType.F64);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(in -> program(seed, 12, in).mul(in.getFirst()).tanh(), x);
    var vjp = tape.vjp((List<Tensor> in) -> in);
    Tensor a = Key.of(seed).fold(1).normal(Shape.of(3, 3), DType.F64);
    Tensor b = Key.of(seed).fold(2).normal(Shape.of(3, 3), DType.F64);
    List<Tensor> both = vjp.run(new WithCotangent<>(x, a.mul(2).sub(b.mul(3))));
    List<Tensor> fromA = vjp.run(new WithCotangent<>(x, a));
    List<Tensor> fromB = vjp.run(new WithCotangent<>(x, b));
    List<Tensor> apart = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      apart.add(fromA.get(i).mul(2).sub(fromB.get(i).mul(3)));
    }
    near(both, apart);
  }

  /// The derivative of an untidied program and of the same one after the passes.
  @Property(tries = 100, seed = "18")
  void thePassesKeepEveryBitOfDerivativesToo(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 3, DType.F64);
    Recorder recorder = new Recorder();
    List<Tensor> recorded = new ArrayList<>();
    x.forEach(leaf -> recorded.add(recorder.input(leaf.spec(), leaf.block())));
    Program raw = recorder.finishRaw(List.of(program(seed, 12, recorded)));
    Tensor[] args = x.toArray(Tensor[]::new);
    Program back =
        Derive.pull(raw, BackwardRule.CHAIN, new int[] {0, 1, 2}, new int[0], false, true);
    Program again = Passes.standard(back);
    Tensor[] once = back.on(args);
    Tensor[] twice = again.on(args);
    for (int k = 0; k < back.outputs.length; k++) {
      assertThat(twice[again.outputs[k]].sameAs(once[back.outputs[k]])).isTrue();
    }
  }

  /// Example by example, through the map over a leading axis.
  @Property(tries = 60, seed = "19")
  void aMapOverExamplesIsALoopBitForBit(@ForAll long seed) {
    int examples = 3;
    List<List<Tensor>> each = new ArrayList<>();
    for (int e = 0; e < examples; e++) {
      each.add(inputs(seed + e, 3, DType.F64));
    }
    List<Tensor> stacked = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int leaf = i;
      stacked.add(Tensor.stack(0, each.stream().map(x -> x.get(leaf)).toList()));
    }
    Tensor mapped = Tape.mapOver(x -> program(seed, 10, x), stacked);
    for (int e = 0; e < examples; e++) {
      assertThat(mapped.get(e).sameAs(program(seed, 10, each.get(e)))).isTrue();
    }
  }

  /// A program over a batch, and its gradient over the batch, against a loop over the examples;
  /// some inputs are shared by all.
  @Property(tries = 60, seed = "20")
  void vmapIsALoop(@ForAll long seed, @ForAll boolean first, @ForAll boolean second) {
    int examples = 3;
    List<Integer> mapped = new ArrayList<>(List.of(2));
    if (first) {
      mapped.add(0);
    }
    if (second) {
      mapped.add(1);
    }
    List<List<Tensor>> each = new ArrayList<>();
    List<Tensor> shared = inputs(seed, 3, DType.F64);
    for (int e = 0; e < examples; e++) {
      List<Tensor> example = new ArrayList<>(shared);
      List<Tensor> own = inputs(seed + 1 + e, 3, DType.F64);
      mapped.forEach(i -> example.set(i, own.get(i)));
      each.add(example);
    }
    List<Tensor> batch = new ArrayList<>(shared);
    mapped.forEach(i -> batch.set(i, Tensor.stack(0, each.stream().map(x -> x.get(i)).toList())));
    Function<List<Tensor>, List<Tensor>> part = in -> mapped.stream().map(in::get).toList();
    Tape<List<Tensor>, Grad<List<Tensor>>> slope =
        Tape.record((List<Tensor> in) -> program(seed, 10, in), shared).valueAndGrad();
    Grad<List<Tensor>> over = slope.vmap(examples, part).run(batch);
    for (int e = 0; e < examples; e++) {
      int at = e;
      Grad<List<Tensor>> alone = slope.run(each.get(e));
      near(List.of(over.value().get(e)), List.of(alone.value()));
      near(over.grad().stream().map(g -> g.get(at)).toList(), alone.grad());
    }
  }

  private static void near(List<Tensor> got, List<Tensor> want) {
    for (int i = 0; i < want.size(); i++) {
      double[] a = got.get(i).toDoubles();
      double[] b = want.get(i).toDoubles();
      double scale = 1;
      for (double value : b) {
        scale = Math.max(scale, Math.abs(value));
      }
      for (int e = 0; e < a.length; e++) {
        assertThat(a[e]).isCloseTo(b[e], within(1e-8 * scale));
      }
    }
  }
}
