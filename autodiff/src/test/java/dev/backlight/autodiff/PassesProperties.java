package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// What players run in place of a tape has its bits: for random programs that move elements about,
/// multiply, repeat, cut and join, with constants among them, and for their gradients.
class PassesProperties {
  private static final int[][] SHAPES = {
    {2, 4, 6}, {8, 6}, {4, 12}, {2, 2, 2, 6}, {6, 8}, {1, 48}, {3, 1, 16}, {48}
  };

  /// The shapes, with `times` as many elements.
  private static Shape shape(Random random, int times) {
    int[] sizes = SHAPES[random.nextInt(SHAPES.length)].clone();
    sizes[random.nextInt(sizes.length)] *= times;
    return Shape.of(sizes);
  }

  /// A program that is fixed by a seed, over values of 48 · `times` elements.
  private static List<Tensor> program(long seed, int steps, int times, List<Tensor> inputs) {
    Random random = new Random(seed);
    List<Tensor> values = new ArrayList<>(inputs);
    DType dtype = inputs.getFirst().dtype();
    for (int i = 0; i < steps; i++) {
      Tensor a = values.get(Math.max(0, values.size() - 1 - random.nextInt(4)));
      Tensor b = values.get(random.nextInt(values.size())).reshape(a.shape());
      int axis = random.nextInt(a.rank());
      values.add(
          switch (random.nextInt(18)) {
            case 0, 1, 2 -> permuted(random, a);
            case 3, 4 -> a.reshape(shape(random, times));
            case 5, 6 -> a.rank() < 2 ? a.tanh() : product(a, b).tanh();
            case 7 -> a.add(b);
            case 8 -> a.mul(b.sigmoid());
            case 9 -> halves(a, axis, b);
            case 10 -> a.pad(axis, 1, 2).slice(axis, 1, 1 + a.size(axis));
            case 11 -> a.unsqueeze(axis).expand(wider(a, axis)).sum(axis).mul(.25);
            case 12 -> a.mul(1).neg().neg().add(-0.);
            case 13 -> a.mul(Key.of(seed).fold(i).normal(a.shape(), dtype).exp());
            case 14 -> a.sub(a.meanKeep(axis));
            case 15 -> Tensor.where(a.gt(b), a, b).flip(axis);
            case 16 -> a.swap(0, axis).swap(axis, 0).relu();
            default -> a.square().add(1).sqrt();
          });
    }
    return List.copyOf(values.subList(inputs.size(), values.size()));
  }

  private static Tensor permuted(Random random, Tensor a) {
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < a.rank(); axis++) {
      order.add(axis);
    }
    Collections.shuffle(order, random);
    return a.permute(order.stream().mapToInt(axis -> axis).toArray());
  }

  /// Of the shape of both: all pairs of rows, then back.
  private static Tensor product(Tensor a, Tensor b) {
    return a.matmul(b, false, true).mul(.1).matmul(a).mul(.1);
  }

  /// Cut in two, each changed by itself, joined again.
  private static Tensor halves(Tensor a, int axis, Tensor b) {
    int n = a.size(axis);
    int at = n / 2;
    Tensor first = a.slice(axis, 0, at).tanh();
    Tensor second = a.slice(axis, at, n).mul(b.slice(axis, at, n));
    return Tensor.concat(axis, first, second);
  }

  private static Shape wider(Tensor a, int axis) {
    return a.unsqueeze(axis).shape().with(axis, 3);
  }

  private static List<Tensor> inputs(long seed, int times, DType dtype) {
    Random random = new Random(seed);
    return Arrays.stream(Key.of(seed).split(2))
        .map(key -> key.normal(shape(random, times), dtype))
        .toList();
  }

  private static void same(List<Tensor> got, List<Tensor> wanted) {
    for (int k = 0; k < wanted.size(); k++) {
      assertThat(got.get(k).sameAs(wanted.get(k))).isTrue();
    }
  }

  @Property(tries = 250, seed = "41")
  void whatPlayersRunHasTheBitsOfTheTape(@ForAll long seed, @ForAll boolean wide) {
    DType dtype = wide ? DType.F64 : DType.F32;
    int times = Math.floorMod(seed, 8L) == 0 ? 64 : 1;
    List<Tensor> x = inputs(seed, times, dtype);
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(in -> program(seed, 12, times, in), x);
    Player<List<Tensor>, List<Tensor>> player = tape.player();
    for (int other = 0; other < 2; other++) {
      List<Tensor> y = x.stream().map(leaf -> leaf.mul(1.5)).toList();
      same(player.play(y), program(seed, 12, times, y));
    }
    // With one output, more may go.
    Tape<List<Tensor>, Tensor> last = Tape.record(in -> program(seed, 12, times, in).getLast(), x);
    assertThat(last.player().play(x).sameAs(program(seed, 12, times, x).getLast())).isTrue();
  }

  @Property(tries = 150, seed = "42")
  void soDoGradients(@ForAll long seed) {
    int times = Math.floorMod(seed, 8L) == 0 ? 64 : 1;
    List<Tensor> x = inputs(seed, times, DType.F32);
    Tape<List<Tensor>, List<Tensor>> slopes =
        Tape.record((List<Tensor> in) -> program(seed, 8, times, in).getLast().tanh().sum(), x)
            .gradient();
    same(slopes.player().play(x), slopes.run(x));
  }

  @Property(tries = 60, seed = "45")
  void compiledLoopsInMemoryThatValuesShareHaveThem(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 64, DType.F32);
    Tape<List<Tensor>, List<Tensor>> slopes =
        Tape.record((List<Tensor> in) -> program(seed, 8, 64, in).getLast().tanh().sum(), x)
            .gradient();
    same(OverwritingTest.planned(slopes.program().playable(), x), slopes.run(x));
  }

  /// Outputs that are inputs, constants or each other stay what they are.
  @Property(tries = 60, seed = "43")
  void outputsMayBeAnything(@ForAll long seed) {
    List<Tensor> x = inputs(seed, 1, DType.F32);
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> {
              List<Tensor> all = new ArrayList<>(program(seed, 6, 1, in));
              all.add(in.getFirst());
              all.add(in.getLast().mul(1));
              all.add(all.getFirst());
              all.add(Tensor.of(1, 2));
              return all;
            },
            x);
    same(tape.player().play(x), tape.run(x));
    List<Tensor> stacked = x.stream().map(leaf -> Tensor.stack(0, leaf, leaf.mul(2))).toList();
    Tape<List<Tensor>, List<Tensor>> map =
        Tape.record(in -> Tape.mapOver(each -> tape.run(each), in), stacked);
    same(map.player().play(stacked), map.run(stacked));
  }
}
