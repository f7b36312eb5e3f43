package dev.backlight.autodiff;

import dev.backlight.autodiff.Fused.Read;
import dev.backlight.autodiff.Fused.Register;
import dev.backlight.autodiff.Fused.Step;
import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.op.RowKernel;
import dev.backlight.core.op.Standardize;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Puts a [Fused] node together. Values go by numbers, and become registers at the end.
final class FusedBuilder {
  private final int elements;
  private final int columns;
  private final List<Read> reads = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<Integer> writes = new ArrayList<>();
  private final List<Register> types = new ArrayList<>();

  /// @param columns how long a row is, 0 if there are none
  FusedBuilder(int elements, int columns) {
    this.elements = elements;
    this.columns = columns;
  }

  private int value(DType dtype, int size) {
    types.add(new Register(dtype, columns > 0 && size == elements / columns));
    return types.size() - 1;
  }

  /// The value that an input becomes.
  int read(Spec spec, Read pattern) {
    int value = value(spec.dtype(), spec.shape().elements());
    reads.add(new Read(value, pattern.period(), pattern.times()));
    return value;
  }

  /// The first of the values that a node makes.
  int step(Node node, List<Spec> specs, int[] in) {
    int first = types.size();
    List<Integer> out = new ArrayList<>();
    for (Spec spec : node.outputs()) {
      out.add(value(spec.dtype(), spec.shape().elements()));
    }
    steps.add(new Step(node, specs, Arrays.stream(in).boxed().toList(), out));
    return first;
  }

  /// Makes a value an output.
  void write(int value) {
    writes.add(value);
  }

  /// The group, with values that are never alive together in one register.
  Fused build() {
    List<Step> ordered = columns == 0 ? steps : inPhases();
    int[] last = lastUses(ordered);
    int[] register = new int[types.size()];
    List<Register> registers = new ArrayList<>();
    IntArrayList free = new IntArrayList();
    IntArrayList ended = new IntArrayList();
    for (Read read : reads) {
      register[read.register()] = take(types.get(read.register()), registers, free);
    }
    List<Step> placed = new ArrayList<>();
    for (int s = 0; s < ordered.size(); s++) {
      Step step = ordered.get(s);
      step.out().forEach(v -> register[v] = take(types.get(v), registers, free));
      placed.add(
          new Step(
              step.node(),
              step.specs(),
              step.in().stream().map(v -> register[v]).toList(),
              step.out().stream().map(v -> register[v]).toList()));
      for (int v = 0; v < last.length; v++) {
        if (last[v] == s) {
          ended.add(register[v]);
        }
      }
      // A chain of rows may end with a vector that overlaps the one before, so that it must not
      // write what it reads.
      if (columns == 0 || isAlongRows(step)) {
        free.addAll(ended);
        ended.clear();
      }
    }
    return new Fused(
        elements,
        columns,
        reads.stream().map(r -> new Read(register[r.register()], r.period(), r.times())).toList(),
        placed,
        writes.stream().map(v -> register[v]).toList(),
        registers);
  }

  private int[] lastUses(List<Step> ordered) {
    int[] last = new int[types.size()];
    Arrays.fill(last, -1);
    for (int s = 0; s < ordered.size(); s++) {
      for (int value : ordered.get(s).out()) {
        last[value] = s;
      }
      for (int value : ordered.get(s).in()) {
        last[value] = s;
      }
    }
    writes.forEach(value -> last[value] = Integer.MAX_VALUE);
    // What repeats stays where it is from piece to piece.
    reads.forEach(
        read -> last[read.register()] = read.isWhole() ? last[read.register()] : Integer.MAX_VALUE);
    // Whoever reads what is spread or standardised may read it at its source.
    for (Step step : ordered) {
      if (step.spreads() || step.node().op() instanceof Standardize) {
        int from = step.in().getFirst();
        last[from] = Math.max(last[from], last[step.out().getFirst()]);
      }
    }
    return last;
  }

  private static int take(Register type, List<Register> registers, IntArrayList free) {
    for (int i = free.size() - 1; i >= 0; i--) {
      if (registers.get(free.getInt(i)).equals(type)) {
        return free.removeInt(i);
      }
    }
    registers.add(type);
    return registers.size() - 1;
  }

  private boolean isAlongRows(Step step) {
    return RowKernel.columns(step.node().op(), step.specArray()) == columns;
  }

  /// The steps in as few phases as there can be: each makes narrow values of narrow ones, spreads
  /// some, goes on pointwise, and then along rows.
  private List<Step> inPhases() {
    int[] maker = new int[types.size()];
    Arrays.fill(maker, -1);
    for (int s = 0; s < steps.size(); s++) {
      for (int value : steps.get(s).out()) {
        maker[value] = s;
      }
    }
    int[] phase = new int[steps.size()];
    for (int s = 0; s < phase.length; s++) {
      for (int value : steps.get(s).in()) {
        int m = maker[value];
        if (m >= 0) {
          phase[s] = Math.max(phase[s], phase[m] + (isAlongRows(steps.get(m)) ? 1 : 0));
        }
      }
    }
    putOff(phase, maker);
    return IntStream.range(0, phase.length)
        .boxed()
        .sorted(Comparator.comparingInt((Integer s) -> phase[s]).thenComparingInt(this::kind))
        .map(steps::get)
        .toList();
  }

  /// What is needed only later, and reads no more than one large value that a step made, is done
  /// later: then it need not be kept.
  private void putOff(int[] phase, int[] maker) {
    int[] latest = new int[phase.length];
    Arrays.fill(latest, Integer.MAX_VALUE);
    for (int s = phase.length - 1; s >= 0; s--) {
      Step step = steps.get(s);
      long large = step.in().stream().filter(v -> maker[v] >= 0 && !types.get(v).narrow()).count();
      if (!isAlongRows(step) && large <= 1 && latest[s] < Integer.MAX_VALUE) {
        phase[s] = Math.max(phase[s], latest[s]);
      }
      for (int value : step.in()) {
        int m = maker[value];
        if (m >= 0) {
          int before = isAlongRows(steps.get(m)) ? phase[s] - 1 : phase[s];
          latest[m] = Math.min(latest[m], before);
        }
      }
    }
  }

  private int kind(int s) {
    Step step = steps.get(s);
    if (isAlongRows(step)) {
      return 3;
    }
    return step.spreads() ? 1 : types.get(step.out().getFirst()).narrow() ? 0 : 2;
  }
}
