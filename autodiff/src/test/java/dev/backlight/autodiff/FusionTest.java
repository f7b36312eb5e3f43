package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What players run as one node has the bits of the nodes apart.
class FusionTest {
  private static List<Tensor> normal(DType dtype, Shape... shapes) {
    List<Tensor> all = new ArrayList<>();
    for (Shape shape : shapes) {
      all.add(Key.of(all.size() + 1).normal(shape, dtype));
    }
    return all;
  }

  /// The ops of what a player of a function runs, after its answers were found to be those of the
  /// nodes apart.
  static List<String> played(Function<List<Tensor>, List<Tensor>> f, List<Tensor> x) {
    return played(Tape.record(f, x), x);
  }

  static List<String> played(Tape<List<Tensor>, List<Tensor>> tape, List<Tensor> x) {
    List<Tensor> want = tape.run(x);
    Player<List<Tensor>, List<Tensor>> player = tape.player();
    for (int play = 0; play < 2; play++) {
      List<Tensor> got = player.play(x);
      for (int k = 0; k < want.size(); k++) {
        assertThat(got.get(k).sameAs(want.get(k))).as("output " + k).isTrue();
      }
    }
    List<Block> compiled = compiled(tape.program().playable(), x);
    for (int k = 0; k < want.size(); k++) {
      assertThat(Tensor.over(compiled.get(k)).sameAs(want.get(k))).as("compiled " + k).isTrue();
    }
    return tape.program().playable().nodes.stream().map(n -> n.op().name()).toList();
  }

  /// What a program answers whose fused nodes run in compiled loops from the first play on.
  static List<Block> compiled(Program p, List<Tensor> x) {
    Block[] values = new Block[p.specs.length];
    p.constants.forEach((value, block) -> values[value] = block);
    for (int i = 0; i < x.size(); i++) {
      values[i] = x.get(i).block();
    }
    for (Node node : p.nodes) {
      Block[] in = IntStream.of(node.inputs()).mapToObj(v -> values[v]).toArray(Block[]::new);
      Block[] out = node.outputs().stream().map(Block::allocate).toArray(Block[]::new);
      if (node.op() instanceof Fused fused) {
        fused.bound(in, out, new Fused.Registers(), true).run(in, out);
      } else if (node.op() instanceof FusedImages images) {
        boolean[] fixed = new boolean[in.length];
        images.bound(in, out, new Fused.Registers(), fixed, true).run(in, out);
      } else {
        out = node.op().evaluate(in);
      }
      System.arraycopy(out, 0, values, node.output(), out.length);
    }
    return IntStream.of(p.outputs).mapToObj(v -> values[v]).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void aChainIsOneNode(DType dtype) {
    Shape shape = Shape.of(50, 77);
    List<Tensor> x = normal(dtype, shape, shape);
    assertThat(played(v -> List.of(v.get(0).mul(v.get(1)).add(1).tanh().relu()), x))
        .containsExactly("{mul shift tanh relu}");
  }

  @Test
  void broadcastsAreReadAtTheirSource() {
    List<Tensor> x =
        normal(
            DType.F32,
            Shape.of(6, 8, 5, 13),
            Shape.of(8, 1, 1),
            Shape.of(13),
            Shape.of(6, 1, 1, 1),
            Shape.of(),
            Shape.of(5, 13),
            Shape.of(1, 8, 5, 1));
    assertThat(
            played(
                v -> {
                  Tensor z = v.get(0);
                  for (Tensor other : v.subList(1, v.size())) {
                    z = z.mul(other).add(other);
                  }
                  return List.of(z);
                },
                x))
        .containsExactly("{" + "mul add ".repeat(6).strip() + "}");
  }

  @Test
  void theReshapeOfAnInputIsWrittenToItsEnd() {
    // Longer than a piece: in loops, too, all of it is copied.
    List<Tensor> x = normal(DType.F32, Shape.of(8, 384), Shape.of(4, 768));
    assertThat(
            played(
                v -> {
                  Tensor y = v.get(0).reshape(Shape.of(4, 768));
                  return List.of(Tensor.where(y.gt(v.get(1)), y, v.get(1)), y.flip(1).add(y));
                },
                x))
        .contains("{gt where}", "flip");
  }

  @Test
  void aNumberOfMasksIsReadInLoopsOfAnyLength() {
    List<Tensor> x = normal(DType.F32, Shape.of(4, 768), Shape.of(1, 1));
    played(
        v -> {
          Tensor mask = v.get(1).gt(0).expand(Shape.of(4, 768));
          return List.of(Tensor.where(mask, v.get(0).mul(2), v.get(0).tanh()));
        },
        x);
  }

  @Test
  void aBroadcastWithoutAPatternStaysANode() {
    List<Tensor> x = normal(DType.F32, Shape.of(9, 16, 20), Shape.of(9, 1, 20));
    assertThat(played(v -> List.of(v.get(0).mul(v.get(1)).add(v.get(1))), x))
        .containsExactly("expand", "{mul add}");
  }

  @Test
  void masksAndReshapesAreMembers() {
    List<Tensor> x = normal(DType.F32, Shape.of(3000), Shape.of(30, 100));
    assertThat(
            played(
                v -> {
                  Tensor y = v.get(0).exp().reshape(Shape.of(30, 100)).sub(v.get(1));
                  return List.of(y.gt(0).and(y.lt(1)).where(y, v.get(1)).reshape(Shape.of(60, 50)));
                },
                x))
        .containsExactly("{exp sub gt lt and where}");
  }

  @Test
  void whatIsNeededOutsideIsWritten() {
    List<Tensor> x = normal(DType.F32, Shape.of(64, 64), Shape.of(64, 64));
    assertThat(
            played(
                v -> {
                  Tensor a = v.get(0).mul(v.get(1)).sin();
                  Tensor b = a.matmul(v.get(1)).add(a).sigmoid();
                  return List.of(a.mul(2), b, b.sum(0));
                },
                x))
        .containsExactly("{mul sin scale}", "matmul", "{add sigmoid}", "sum");
  }

  @Test
  void whatLeadsOutAndBackIsNotOneGroup() {
    List<Tensor> x = normal(DType.F64, Shape.of(50, 50));
    // The product needs the sine, and the last sum needs both.
    assertThat(
            played(
                v -> {
                  Tensor s = v.get(0).sin().mul(3);
                  return List.of(s.add(s.matmul(s)).square());
                },
                x))
        .containsExactly("{sin scale}", "matmul", "{add mul}");
  }

  @Test
  void aSingleLargeNodeIsAGroupSoThatThreadsShareIt() {
    List<Tensor> x = normal(DType.F32, Shape.of(70_001));
    assertThat(played(v -> List.of(v.get(0).exp()), x)).containsExactly("{exp}");
  }

  @Test
  void littleValuesStayApart() {
    List<Tensor> x = normal(DType.F32, Shape.of(4));
    assertThat(played(v -> List.of(v.get(0).exp().add(1)), x)).containsExactly("exp", "shift");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void randomProgramsKeepEveryBit(long seed) {
    Random random = new Random(seed);
    int rows = 40 + random.nextInt(30);
    int columns = 60 + random.nextInt(30);
    DType dtype = seed % 2 == 0 ? DType.F32 : DType.F64;
    List<Tensor> x =
        normal(
            dtype,
            Shape.of(rows, columns),
            Shape.of(rows, columns),
            Shape.of(columns),
            Shape.of(rows, 1));
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Random draw = new Random(seed);
          List<Tensor> all = new ArrayList<>(v);
          for (int i = 0; i < 40; i++) {
            Tensor a = all.get(draw.nextInt(all.size()));
            Tensor b = all.get(draw.nextInt(all.size()));
            all.add(
                switch (draw.nextInt(10)) {
                  case 0 -> a.add(b);
                  case 1 -> a.mul(b);
                  case 2 -> a.tanh();
                  case 3 -> a.gt(b).where(a, b);
                  case 4 -> a.mul(0.5).sub(b);
                  case 5 -> a.sub(a.add(v.get(0)).mean(-1).reshape(Shape.of(rows, 1)));
                  case 6 -> a.abs().add(1).reciprocal();
                  case 7 -> a.add(v.get(0)).sum(0).tanh();
                  case 8 ->
                      a.add(v.get(0))
                          .reshape(Shape.of(columns, rows))
                          .sin()
                          .reshape(Shape.of(rows, columns));
                  default -> a.maximum(b);
                });
          }
          return List.of(all.getLast(), all.get(20), all.get(30).sum());
        };
    played(f, x);
    Tape<List<Tensor>, List<Tensor>> slope =
        Tape.record((List<Tensor> v) -> f.apply(v).getFirst().mean().add(f.apply(v).getLast()), x)
            .gradient();
    List<Tensor> want = slope.run(x);
    List<Tensor> got = slope.player().play(x);
    List<Block> compiled = compiled(slope.program().playable(), x);
    for (int k = 0; k < want.size(); k++) {
      assertThat(got.get(k).sameAs(want.get(k))).as("slope " + k).isTrue();
      assertThat(Tensor.over(compiled.get(k)).sameAs(want.get(k))).as("compiled " + k).isTrue();
    }
  }

  @Test
  void aCheckedPlayComplainsAsIfTheNodesWereApart() {
    Tensor ones = Tensor.ones(50, 60);
    Player<Tensor, Tensor> player =
        Tape.record(x -> x.sub(1).log().relu(), ones).player().checked();
    assertThatThrownBy(() -> player.play(ones))
        .isInstanceOf(NotFinite.class)
        .hasMessageContaining("log at FusionTest.java:")
        .hasMessageEndingWith(" made -Infinity at [0, 0], from (50, 60) in [0.0, 0.0]");
    assertThat(player.play(ones.mul(2)).sameAs(Tensor.zeros(50, 60))).isTrue();
  }

  @Test
  void fedBackOutputsAreReadWhereTheyLie() {
    Tensor x = Key.of(1).normal(Shape.of(3000), DType.F32);
    Tape<Tensor, Tensor> tape = Tape.record(v -> v.mul(0.5).add(1), x);
    Player<Tensor, Tensor> player = tape.player().feedback(v -> v, v -> v);
    player.set(x);
    Tensor want = x;
    for (int i = 0; i < 3; i++) {
      player.play();
      want = tape.run(want);
    }
    assertThat(player.result().sameAs(want)).isTrue();
  }
}
