package dev.backlight.core.kernel;

import dev.backlight.core.kernel.Formula.Form;
import dev.backlight.core.kernel.Formula.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [Formula] as a loop over arrays, compiled aside as soon as there is enough to do; see
/// [WarmUp].
public final class FormulaLoop {
  /// Loops that are kept for whoever asks for one of the same form.
  private static final int KEPT = 256;

  private static final Map<Form, Warm> KNOWN =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Form, Warm> eldest) {
          return size() > KEPT;
        }
      };

  private final Warm warm;
  private final double[] numbers;
  private final int length;

  private FormulaLoop(Warm warm, double[] numbers, int length) {
    this.warm = warm;
    this.numbers = numbers;
    this.length = length;
  }

  /// The loop, or `null` where there are no vectors.
  ///
  /// @param plain does the same in another way, to 256 elements: what the loop has to be faster
  ///   than
  public static @Nullable FormulaLoop of(Formula formula, Runnable plain) {
    if (!Lanes.isVector()) {
      return null;
    }
    Form form = formula.form();
    int length = (form.wide() ? DoubleLanes.SPECIES : FloatLanes.SPECIES).length();
    synchronized (KNOWN) {
      Warm warm = KNOWN.computeIfAbsent(form, f -> new Warm(f, plain));
      return new FormulaLoop(warm, formula.numbers(), length);
    }
  }

  /// Whether the loop is the faster way by now.
  ///
  /// @param work elements that there are to do
  public boolean isReady(long work) {
    return warm.done(work);
  }

  /// A copy of the numbers that come in from outside.
  public double[] numbers() {
    return numbers.clone();
  }

  /// Runs over `n` elements, at least a vector. The last vector overlaps the one before, so no
  /// array may be read and written.
  public void run(Object[] arrays, int[] at, double[] numbers, int n) {
    CompiledLoop loop = warm.loop();
    int whole = n & -length;
    loop.run(arrays, at, numbers, whole);
    if (whole < n) {
      for (int k = 0; k < at.length; k++) {
        at[k] += n - length;
      }
      loop.run(arrays, at, numbers, length);
      for (int k = 0; k < at.length; k++) {
        at[k] -= n - length;
      }
    }
  }

  private static final class Warm extends WarmUp {
    private static final int N = 256;

    /// Two vectors, of any width.
    private static final int FEW = 32;

    private final Form form;
    private final Runnable plain;
    private @Nullable CompiledLoop loop;
    private Object @Nullable [] arrays;
    private int @Nullable [] at;
    private final double[] numbers;

    Warm(Form form, Runnable plain) {
      this.form = form;
      this.plain = plain;
      numbers = new double[form.numbers()];
    }

    CompiledLoop loop() {
      CompiledLoop known = loop;
      if (known == null) {
        loop = known = LoopCompiler.compile(form);
      }
      return known;
    }

    @Override
    void run(boolean vectors, int round) {
      if (!vectors) {
        plain.run();
        return;
      }
      if (arrays == null || at == null) {
        arrays = example();
        at = new int[arrays.length];
      }
      loop().run(arrays, at, numbers, round < SHORT ? FEW : N);
    }

    private Object[] example() {
      Object[] made = new Object[form.arrays()];
      int k = 0;
      for (Formula.Term term : form.terms()) {
        if (term.code() == Formula.Code.INPUT) {
          made[k++] = array(term.type());
        }
      }
      for (Formula.Output output : form.outputs()) {
        made[k++] = array(form.terms().get(output.term()).type());
      }
      return made;
    }

    private Object array(Type type) {
      if (type == Type.MASK) {
        return new boolean[N];
      }
      return form.wide() ? new double[N] : new float[N];
    }

    @Override
    public String toString() {
      return "a chain of " + form.terms().size();
    }
  }
}
