package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.AbstractList;
import java.util.ArrayList;
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
  void memoryIsSharedAsASearchThroughAllFreeSlotsWouldShareIt(long seed) {
    DType dtype = seed % 2 == 0 ? DType.F32 : DType.F64;
    List<Tensor> at =
        Arrays.stream(Key.of(seed).split(2)).map(k -> k.normal(Shape.of(3, 3), dtype)).toList();
    Program p =
        Tape.record((List<Tensor> x) -> RandomProgramProperties.program(seed, 40, x), at)
            .valueAndGrad()
            .program();
    assertThat(new MemoryPlan(p).slot).isEqualTo(searched(p));
  }

  /// The plan by asking every free slot for every value.
  private static int[] searched(Program p) {
    int[] last = new int[p.specs.length];
    for (int n = 0; n < p.nodes.size(); n++) {
      Node node = p.nodes.get(n);
      for (int value : node.inputs()) {
        last[value] = n;
      }
      for (int k = 0; k < node.outputs().size(); k++) {
        last[node.output() + k] = n;
      }
    }
    IntStream.of(p.outputs).forEach(output -> last[output] = Integer.MAX_VALUE);
    int[] slot = new int[p.specs.length];
    Arrays.fill(slot, -1);
    List<Spec> slots = new ArrayList<>();
    for (int i = 0; i < p.inputs; i++) {
      slot[i] = slots.size();
      slots.add(p.specs[i]);
    }
    List<Integer> free = new ArrayList<>();
    for (int n = 0; n < p.nodes.size(); n++) {
      Node node = p.nodes.get(n);
      for (int k = 0; k < node.outputs().size(); k++) {
        int value = node.output() + k;
        int best = last[value] == Integer.MAX_VALUE ? -1 : search(free, slots, p.specs[value]);
        if (best < 0) {
          slot[value] = slots.size();
          slots.add(p.specs[value]);
          continue;
        }
        free.remove((Integer) best);
        slot[value] = best;
        if (slots.get(best).shape().elements() < p.specs[value].shape().elements()) {
          slots.set(best, p.specs[value]);
        }
      }
      int now = n;
      IntStream outputs = IntStream.range(0, node.outputs().size()).map(k -> node.output() + k);
      IntStream.concat(IntStream.of(node.inputs()), outputs)
          .filter(v -> v >= p.inputs && slot[v] >= 0 && last[v] == now && !free.contains(slot[v]))
          .forEach(v -> free.add(slot[v]));
    }
    return slot;
  }

  private static int search(List<Integer> free, List<Spec> slots, Spec spec) {
    int need = spec.shape().elements();
    int best = -1;
    for (int candidate : free) {
      if (slots.get(candidate).dtype() != spec.dtype()) {
        continue;
      }
      int mine = slots.get(candidate).shape().elements();
      int other = best < 0 ? -1 : slots.get(best).shape().elements();
      boolean better = mine >= need ? other < need || mine < other : other < need && mine > other;
      if (best < 0 || better) {
        best = candidate;
      }
    }
    return best;
  }
}
