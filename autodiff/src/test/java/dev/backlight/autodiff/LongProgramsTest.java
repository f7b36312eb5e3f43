package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Reshape;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must not grow with the square of a program's length.
class LongProgramsTest {
  private static final Tensor X = Tensor.of(.5, .25);

  /// A list that counts how often one of its elements is read.
  private static final class Counted<T> extends AbstractList<T> implements RandomAccess {
    private final List<T> list;
    private int reads;

    Counted(List<T> list) {
      this.list = list;
    }

    @Override
    public T get(int index) {
      reads++;
      return list.get(index);
    }

    @Override
    public int size() {
      return list.size();
    }
  }

  private static Tensor asking(Tensor x, int times) {
    Tensor z = x;
    for (int i = 0; i < times; i++) {
      z = z.sin();
      z.get(0).test(v -> v < 2);
    }
    return z.sum();
  }

  private static Program with(Program p, List<Guard> guards) {
    return new Program(
        p.inputs,
        p.captured,
        p.constants,
        p.nodes,
        p.specs,
        p.outputs,
        guards,
        p.pins,
        p.recordedOn);
  }

  @Test
  void everyGuardIsFoundOnceHoweverManyNodesThereAre() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> asking(x, 300), X);
    Counted<Guard> guards = new Counted<>(tape.program().guards);
    Program program = with(tape.program(), guards);
    assertThat(guards).hasSize(300);
    guards.reads = 0;
    program.on(X);
    assertThat(guards.reads).as("reads of 300 guards by a run").isEqualTo(300);
    guards.reads = 0;
    new Player<>(program, Struct.of(X), Struct.of(X));
    assertThat(guards.reads).as("reads of 300 guards by a new player").isEqualTo(300);
  }

  @Test
  void guardsAreAskedWhereTheirValueIsMadeInTheOrderOfTheProgram() {
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> {
              x.get(0).test(v -> v > 0);
              Tensor y = x.log();
              y.get(0).test(v -> v > -1);
              return y.sum();
            },
            X);
    assertThatThrownBy(() -> tape.run(Tensor.of(-1.0, 1)))
        .isInstanceOf(StaleTape.class)
        .hasMessageContaining("now answers false")
        .hasMessageContaining(tape.program().guards.getFirst().where());
    assertThatThrownBy(() -> tape.run(Tensor.of(.1, 1)))
        .isInstanceOf(StaleTape.class)
        .hasMessageContaining(tape.program().guards.getLast().where());
    // A scalar input is asked before all nodes.
    Tape<Tensor, Tensor> early =
        Tape.record(x -> x.test(v -> v > 0) ? x.sqrt() : x, Tensor.scalar(4.0));
    assertThat(early.program().questions().early()).hasSize(1);
    assertThatThrownBy(() -> early.run(Tensor.scalar(-4.0))).isInstanceOf(StaleTape.class);
    assertThatThrownBy(() -> early.program().on(Tensor.scalar(-4.0))).isInstanceOf(StaleTape.class);
  }

  @Test
  void aValueKnowsItsManyReadersOnceAndInOrder() {
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> {
              Tensor z = x.exp();
              Tensor sum = z.mul(z);
              for (int i = 0; i < 5000; i++) {
                sum = sum.add(z.mul(2 + i));
              }
              return sum.sum();
            },
            X);
    // Another program over the same nodes adds no reader.
    tape.program().giving(0);
    Node exp = tape.nodes().getFirst();
    assertThat(exp.op().name()).isEqualTo("exp");
    List<Node> readers =
        tape.nodes().stream()
            .filter(n -> Arrays.stream(n.inputs()).anyMatch(v -> v == exp.output()))
            .toList();
    assertThat(readers).hasSize(5001);
    assertThat(exp.consumers()).isEqualTo(readers);
  }

  @Test
  void nodesOfAnotherTapeAreRefused() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.exp().sum(), X);
    Tape<Tensor, Tensor> longer = Tape.record(x -> x.exp().tanh().square().sum(), X);
    assertThat(tape.at(tape.nodes()).run(X)).hasSize(2);
    for (Node stranger : List.of(longer.nodes().getFirst(), longer.nodes().getLast())) {
      assertThatThrownBy(() -> tape.at(List.of(stranger)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a node of this tape is needed, got " + stranger + " of another");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void noTwoValuesThatAreAliveTogetherShareMemory(long seed) {
    DType dtype = seed % 2 == 0 ? DType.F32 : DType.F64;
    List<Tensor> at =
        Arrays.stream(Key.of(seed).split(2)).map(k -> k.normal(Shape.of(3, 3), dtype)).toList();
    Program p =
        Tape.record((List<Tensor> x) -> RandomProgramProperties.program(seed, 40, x), at)
            .valueAndGrad()
            .program();
    int[] slot = new MemoryPlan(p).slot;
    int[] owner = new int[p.specs.length];
    Arrays.fill(owner, -1);
    // Whoever reads a value finds it there: nobody has written over it meanwhile, except that a
    // reshape is the value itself.
    int[] same = IntStream.range(0, p.specs.length).toArray();
    for (int i = 0; i < p.inputs; i++) {
      owner[slot[i]] = i;
    }
    for (Node node : p.nodes) {
      for (int value : node.inputs()) {
        if (!p.constants.containsKey(value)) {
          assertThat(owner[slot[value]]).as("the owner of %" + value).isEqualTo(same[value]);
        }
      }
      for (int k = 0; k < node.outputs().size(); k++) {
        int value = node.output() + k;
        if (node.op() instanceof Reshape && slot[node.input(0)] == slot[value]) {
          same[value] = same[node.input(0)];
        }
        owner[slot[value]] = same[value];
      }
    }
    for (int output : p.outputs) {
      if (!p.constants.containsKey(output)) {
        assertThat(owner[slot[output]]).as("the owner of output %" + output).isEqualTo(output);
      }
    }
  }
}
