package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.kernel.Formula;
import dev.backlight.core.kernel.Formula.Value;
import dev.backlight.core.kernel.FormulaLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Pointwise ops as one flat loop in vectors, with the bits of the ops one after the other.
///
/// The loop is compiled while it is not needed yet; until [#isReady], the ops have to be run
/// themselves. Chains of one form share their loop: the numbers of [Scale] and the like are no part
/// of it.
public final class Chain {
  /// Operations of a loop beyond which another one begins: C2 stops inlining vectors somewhere
  /// above a hundred.
  public static final int MOST = 64;

  /// Elements that a chain has to be run over at least.
  public static final int LEAST = 16;

  private static final int EXAMPLE = 256;

  private final FormulaLoop loop;

  private Chain(FormulaLoop loop) {
    this.loop = loop;
  }

  /// How many operations a step takes, or -1 if it is not known how to do it in vectors.
  ///
  /// @param dtype of its result
  public static int cost(Op op, DType dtype, DType... in) {
    boolean wide = dtype == DType.F64 || List.of(in).contains(DType.F64);
    Formula formula = new Formula(wide);
    Value[] arguments = new Value[in.length];
    for (int k = 0; k < in.length; k++) {
      DType number = wide ? DType.F64 : DType.F32;
      if (in[k] != DType.BOOL && in[k] != number) {
        return -1;
      }
      arguments[k] = in[k] == DType.BOOL ? formula.maskInput() : formula.input();
    }
    boolean fits = dtype == DType.BOOL || dtype == (wide ? DType.F64 : DType.F32);
    return fits && Formulas.of(op, dtype, formula, arguments) != null ? formula.size() : -1;
  }

  /// Whether the loop is the faster way by now.
  ///
  /// @param work elements that there are to do
  public boolean isReady(long work) {
    return loop.isReady(work);
  }

  /// The numbers that [#run] takes: those that are read from outside are to be filled in.
  public double[] numbers() {
    return loop.numbers();
  }

  /// Runs over `n` elements of each of the arrays from a place of its own on: those that are read,
  /// in the order in which they were named, then those that are written. No array may be both.
  ///
  /// @param n at least [#LEAST]
  public void run(Object[] arrays, int[] at, double[] numbers, int n) {
    loop.run(arrays, at, numbers, n);
  }

  /// Puts a chain together; values go by numbers.
  public static final class Builder {
    private final Formula formula;
    private final List<Value> values = new ArrayList<>();
    private final List<Runnable> plain = new ArrayList<>();
    private final List<Block> examples = new ArrayList<>();
    private int outputs;

    /// A chain in `F32` or `F64`, and `BOOL`.
    public Builder(DType dtype) {
      formula = new Formula(dtype == DType.F64);
    }

    /// How many operations there are so far.
    public int size() {
      return formula.size();
    }

    /// An array that is read.
    public int input(DType dtype) {
      return add(dtype == DType.BOOL ? formula.maskInput() : formula.input(), dtype);
    }

    /// One number for all elements, the next of those that are read from outside.
    public int number() {
      return add(formula.number(1), formula.isWide() ? DType.F64 : DType.F32);
    }

    /// How many numbers there are so far.
    public int numbers() {
      return formula.numberCount();
    }

    private int add(Value value, DType dtype) {
      values.add(value);
      Block example = Block.allocate(Spec.of(Shape.of(EXAMPLE), dtype));
      for (int i = 0; i < EXAMPLE; i++) {
        example.set(i, i % 13 * 0.25);
      }
      examples.add(example);
      return values.size() - 1;
    }

    /// What an op makes of values; its [#cost] is known.
    public int step(Op op, DType dtype, int... in) {
      Value[] arguments = new Value[in.length];
      Block[] blocks = new Block[in.length];
      for (int k = 0; k < in.length; k++) {
        arguments[k] = values.get(in[k]);
        blocks[k] = examples.get(in[k]);
      }
      Value made = Objects.requireNonNull(Formulas.of(op, dtype, formula, arguments));
      int value = add(made, dtype);
      Block[] out = {examples.get(value)};
      plain.add(() -> op.run(blocks, out));
      return value;
    }

    /// Has a value written.
    public void output(int value) {
      formula.store(values.get(value));
      outputs++;
    }

    /// The chain, or `null` where there are no vectors.
    public @Nullable Chain build() {
      if (outputs == 0) {
        return null;
      }
      FormulaLoop loop = FormulaLoop.of(formula, () -> plain.forEach(Runnable::run));
      return loop == null ? null : new Chain(loop);
    }
  }
}
