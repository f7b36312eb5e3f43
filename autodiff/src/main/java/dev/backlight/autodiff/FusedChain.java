package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.op.Chain;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Sub;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts one chain of [FusedLoops] together.
final class FusedChain {
  private final FusedLoops loops;
  private final Fused op;
  private final int begin;
  private final int[] values;
  private final boolean[] written;
  private final IntArrayList in = new IntArrayList();
  private final IntArrayList from = new IntArrayList();
  private final IntArrayList numbers = new IntArrayList();
  private final IntArrayList numbersFrom = new IntArrayList();
  private final IntArrayList places = new IntArrayList();
  private final IntArrayList out = new IntArrayList();
  private final IntArrayList to = new IntArrayList();
  private FusedLoops.@Nullable Stretch stretch;
  private Chain.@Nullable Builder builder;
  private boolean wide;

  FusedChain(FusedLoops loops, int begin) {
    this.loops = loops;
    this.begin = begin;
    op = loops.op;
    values = new int[op.registers().size()];
    written = new boolean[values.length];
    Arrays.fill(values, -1);
  }

  private DType type(int register) {
    return op.registers().get(register).dtype();
  }

  /// Takes one more step in, if it can be.
  boolean add(Fused.Step step) {
    if (op.isAlongRows(step) || step.spreads() || op.isNarrow(step.out().getFirst())) {
      return false;
    }
    int to = step.out().getFirst();
    DType[] types = step.in().stream().map(this::type).toArray(DType[]::new);
    int cost = Chain.cost(step.node().op(), type(to), types);
    boolean doubles = type(to) == DType.F64 || List.of(types).contains(DType.F64);
    boolean floats = type(to) == DType.F32 || List.of(types).contains(DType.F32);
    if (cost < 0 || (builder == null && !doubles && !floats)) {
      return false;
    }
    if (builder == null) {
      wide = doubles;
      builder = new Chain.Builder(wide ? DType.F64 : DType.F32);
    } else if (wide ? floats : doubles || builder.size() + cost > Chain.MOST) {
      return false;
    }
    int[] arguments = step.in().stream().mapToInt(this::value).toArray();
    values[to] = builder.step(step.node().op(), type(to), arguments);
    written[to] = true;
    return true;
  }

  /// A chain that standardises what the chains behind it read.
  ///
  /// @param begin the step that it does
  static FusedLoops.Stage stretching(FusedLoops loops, FusedLoops.Found found, int begin) {
    FusedChain building = new FusedChain(loops, begin);
    int register = found.register();
    Chain.Builder chain = new Chain.Builder(building.type(register));
    building.builder = chain;
    building.stretched(chain, found);
    int home = loops.home(register, begin + 1);
    building.out.add(register);
    building.to.add(home);
    chain.output(building.values[register]);
    return building.stage(Objects.requireNonNull(chain.build()));
  }

  private void stretched(Chain.Builder chain, FusedLoops.Found found) {
    DType type = type(found.register());
    stretch = new FusedLoops.Stretch(found, in.size(), chain.numbers());
    in.add(found.source());
    from.add(found.from());
    int x = chain.input(type);
    int near = chain.step(new Sub(), type, x, chain.number());
    int centred = chain.step(new Sub(), type, near, chain.number());
    values[found.register()] = chain.step(new Mul(), type, centred, chain.number());
    written[found.register()] = true;
  }

  private int value(int register) {
    FusedLoops.Found found = loops.found(register);
    if (values[register] < 0 && found != null && stretch == null) {
      stretched(Objects.requireNonNull(builder), found);
    }
    if (values[register] < 0) {
      Chain.Builder chain = Objects.requireNonNull(builder);
      int narrow = loops.spreadFrom(register);
      int k = loops.untouched(register);
      if (narrow >= 0 && type(register) != DType.BOOL) {
        values[register] = number(chain, narrow, loops.where(narrow, 1));
      } else if (narrow < 0
          && k >= 0
          && type(register) != DType.BOOL
          && FusedLoops.isNumber(op.reads().get(k), loops.unit)) {
        values[register] = number(chain, register, k);
      } else {
        loops.spread(register);
        in.add(register);
        from.add(loops.where(register, loops.unit));
        values[register] = chain.input(type(register));
      }
    }
    return values[register];
  }

  private int number(Chain.Builder chain, int register, int where) {
    places.add(chain.numbers());
    numbers.add(register);
    numbersFrom.add(where);
    return chain.number();
  }

  /// The chain of the steps up to `end`.
  @Nullable Chain chain(int end) {
    Chain.Builder chain = Objects.requireNonNull(builder);
    for (int register = 0; register < written.length; register++) {
      if (!written[register]) {
        continue;
      }
      boolean last = loops.isLast(register, end);
      int before = out.size();
      for (int k = 0; k < op.writes().size(); k++) {
        if (last && op.writes().get(k) == register) {
          out.add(register);
          to.add(FusedLoops.output(k));
          chain.output(values[register]);
        }
      }
      if (out.size() == before && isReadFrom(register, end)) {
        out.add(register);
        to.add(FusedLoops.REGISTER);
        chain.output(values[register]);
      }
    }
    return chain.build();
  }

  FusedLoops.Stage stage(Chain chain) {
    if (stretch != null) {
      loops.stretched();
    }
    loops.made(out.toIntArray(), to.toIntArray());
    return new FusedLoops.Stage(
        chain,
        null,
        begin,
        in.toIntArray(),
        from.toIntArray(),
        numbers.toIntArray(),
        numbersFrom.toIntArray(),
        places.toIntArray(),
        out.toIntArray(),
        to.toIntArray(),
        stretch);
  }

  private boolean isReadFrom(int register, int end) {
    for (Fused.Step step : op.steps().subList(end, op.steps().size())) {
      if (step.in().contains(register)) {
        return true;
      }
      if (step.out().contains(register)) {
        return false;
      }
    }
    return false;
  }
}
