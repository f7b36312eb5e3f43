package dev.backlight.testkit;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary programs: functions of a few square matrices that are made of random steps, for
/// properties that must hold for whatever a user records. They shrink to fewer steps.
///
/// ```java
/// @Property
/// void replaysAreEager(@ForAll("programs") Program program) { … }
///
/// @Provide
/// Arbitrary<Program> programs() {
///   return Programs.smooth(2, 8);
/// }
/// ```
public final class Programs {
  private Programs() {}

  /// Programs without kinks, whose values stay small: their derivatives can be asked of finite
  /// differences.
  public static Arbitrary<Program> smooth(int inputs, int maxSteps) {
    return of(EnumSet.range(Kind.ADD, Kind.CONCAT), inputs, maxSteps);
  }

  /// Programs of all kinds of steps, with kinks, selections and branches by `where`.
  public static Arbitrary<Program> any(int inputs, int maxSteps) {
    return of(EnumSet.allOf(Kind.class), inputs, maxSteps);
  }

  private static Arbitrary<Program> of(Set<Kind> kinds, int inputs, int maxSteps) {
    Arbitrary<Integer> places = Arbitraries.integers().between(0, 1000);
    Arbitrary<Step> steps =
        Combinators.combine(Arbitraries.of(kinds), places, places).as(Step::new);
    return steps.list().ofMinSize(1).ofMaxSize(maxSteps).map(list -> new Program(inputs, list));
  }

  /// What a step does with two (n, n) matrices.
  public enum Kind {
    ADD((a, b) -> a.add(b)),
    SUB((a, b) -> a.sub(b.mul(.5))),
    MUL((a, b) -> a.mul(b).mul(.5)),
    TANH((a, _) -> a.tanh()),
    SIGMOID((a, _) -> a.sigmoid()),
    SIN((a, _) -> a.sin()),
    RATIO((a, b) -> a.div(b.square().add(1))),
    MATMUL((a, b) -> a.matmul(b).mul(.3)),
    MATMUL_TN((a, b) -> a.matmul(b, true, false).tanh()),
    MATMUL_NT((a, b) -> a.matmul(b, false, true).tanh()),
    TRANSPOSE((a, _) -> a.transpose()),
    CENTER((a, _) -> a.sub(a.meanKeep(1))),
    SOFTMAX((a, _) -> a.softmax(1)),
    LOG_SUM_EXP((a, b) -> b.sub(a.logSumExp(0))),
    STANDARDIZE((a, _) -> a.standardize(.5, 1)),
    EXPAND_ROW((a, b) -> a.slice(0, 0, 1).expand(b.shape()).add(b)),
    RESHAPE((a, _) -> a.flatten().flip(0).reshape(a.shape())),
    CONCAT((a, b) -> Tensor.concat(1, a.slice(1, 1, a.size(1)), b.slice(1, 0, 1))),
    RELU((a, _) -> a.relu()),
    MAXIMUM((a, b) -> a.maximum(b)),
    MAX_ROW((a, b) -> b.sub(a.max(0).values())),
    WHERE((a, b) -> a.gt(b).where(a, b.mul(.1))),
    ROOT_WHERE((a, _) -> a.gt(0).where(a.sqrt(), a));

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final BinaryOperator<Tensor> work;

    Kind(BinaryOperator<Tensor> work) {
      this.work = work;
    }
  }

  /// One step: what it does, and with which earlier values, counted around.
  ///
  /// @param kind what it does
  /// @param first the place of its first operand, modulo the number of earlier values
  /// @param second the place of its second operand, modulo the number of earlier values
  public record Step(Kind kind, int first, int second) {}

  /// A function of `inputs` matrices of one shape (n, n) to a scalar: the steps one after the
  /// other, each on earlier values, then a sum of all.
  ///
  /// @param inputs how many matrices it takes
  /// @param steps what it does with them
  public record Program(int inputs, List<Step> steps) implements Function<List<Tensor>, Tensor> {
    public Program {
      steps = List.copyOf(steps);
    }

    @Override
    public Tensor apply(List<Tensor> x) {
      List<Tensor> values = new ArrayList<>(x);
      for (Step step : steps) {
        Tensor a = values.get(step.first() % values.size());
        Tensor b = values.get(step.second() % values.size());
        values.add(step.kind().work.apply(a, b));
      }
      Tensor sum = values.getLast().sum();
      for (Tensor value : values) {
        sum = sum.add(value.mean());
      }
      return sum;
    }

    /// Inputs that fit: matrices of (n, n) with values of at most 1 in size.
    public Arbitrary<List<Tensor>> points(int n, dev.backlight.core.DType dtype) {
      return Tensors.between(-1, 1, Shape.of(n, n), dtype).list().ofSize(inputs);
    }

    /// One line a step.
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        int known = inputs + i;
        text.append('v')
            .append(known)
            .append(" = ")
            .append(step.kind().name().toLowerCase(java.util.Locale.ROOT));
        text.append(" v").append(step.first() % known).append(" v").append(step.second() % known);
        text.append('\n');
      }
      return text.toString();
    }
  }
}
