package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks an op at a point everything that the engine relies on: ours and yours get the same battery.
///
/// ```java
/// OpCheck.standard().check(new Softsign(), Tensor.of(-1.2, 0.4, 3.0));
/// ```
///
/// The [Question]s are about the kernel (it writes all of its outputs and nothing else, allocates
/// nothing, gives the same bits on many threads), about the types (`F32` answers as `F64` does, bad
/// input is refused in words), about tapes (a replay is the eager run, a batch is a loop) and about
/// derivatives (finite differences to order 3, adjoint identity, forward over reverse).
///
/// Choose a point in `F64` away from kinks and poles. What is found is told by the [Report].
public final class OpCheck {
  /// What an op is asked.
  public enum Question {
    /// Outputs are what `infer` says; missing or unfit inputs are refused by a `ShapeException` or
    /// a `DTypeException`.
    SHAPES("shapes and dtypes"),
    /// Every element of every output is written, whatever was there; nothing beyond them is.
    OUTPUTS("writes all of its output"),
    /// The inputs are as they were.
    INPUTS("leaves its inputs alone"),
    /// A warm kernel allocates nothing. Needs the module `jdk.management`.
    ALLOCATION("allocates nothing"),
    /// A record of the same components is equal, has the same hash and gives the same bits.
    EQUALITY("equal records are interchangeable"),
    /// Eight threads at once get the same bits.
    THREADS("same bits on 8 threads"),
    /// In `F32` shapes are the same, dtypes follow and values are near; and those of the vjps of
    /// order 1 and 2.
    SINGLE("F32 is close to F64"),
    /// A tape of it, and of its derivative, replays on other inputs with the bits of the eager run.
    REPLAY("replay = eager"),
    /// On a batch, for every choice of mapped inputs, its batching rule, `Tape.vmap` and `vmap` of
    /// the vjp give what a loop over the examples gives.
    BATCH("batch = loop"),
    /// The derivatives agree with finite differences.
    DERIVATIVES("derivatives"),
    /// `⟨ȳ, jvp(ẋ)⟩ = ⟨vjp(ȳ), ẋ⟩`.
    ADJOINT("adjoint identity"),
    /// `vjp(2a − 3b) = 2 vjp(a) − 3 vjp(b)`.
    LINEARITY("linear in the cotangent"),
    /// Hessian-vector products by forward over reverse and by reverse over forward are equal.
    MIXED("forward over reverse = reverse over forward");

    private final String words;

    Question(String words) {
      this.words = words;
    }

    /// In words, as in messages and reports.
    @Override
    public String toString() {
      return words;
    }
  }

  /// What was asked of an op, and how it went.
  ///
  /// @param name the name of the op or function
  /// @param outcomes what was found, in the order in which it was asked; a question that does not
  ///   apply says why
  public record Report(String name, Map<Question, String> outcomes) {
    /// One line a question.
    @Override
    public String toString() {
      StringBuilder lines = new StringBuilder(name);
      outcomes.forEach((q, found) -> lines.append("\n  ").append(q).append(": ").append(found));
      return lines.toString();
    }
  }

  private final GradCheck grad;
  private final int order;
  private final double single;
  private final Set<Question> asked;

  private OpCheck(GradCheck grad, int order, double single, Set<Question> asked) {
    this.grad = grad;
    this.order = order;
    this.single = single;
    this.asked = asked;
  }

  /// Every question; derivatives to order 3; `F32` within 10⁻⁵.
  public static OpCheck standard() {
    return new OpCheck(GradCheck.standard(), 3, 1e-5, EnumSet.allOf(Question.class));
  }

  /// The highest order of derivative to check.
  public OpCheck order(int order) {
    return new OpCheck(grad.order(order), order, single, asked);
  }

  /// The largest error of a derivative, relative to `max(1, |derivative|)`.
  public OpCheck tolerance(double tolerance) {
    return new OpCheck(grad.tolerance(tolerance), order, single, asked);
  }

  /// The largest difference between `F32` and `F64`, relative to the largest value and at least to
  /// 1; derivatives may differ by a hundred times as much.
  public OpCheck singleTolerance(double tolerance) {
    return new OpCheck(grad, order, tolerance, asked);
  }

  /// The same check without some questions.
  public OpCheck without(Question... left) {
    Set<Question> rest = EnumSet.copyOf(asked);
    rest.removeAll(List.of(left));
    return new OpCheck(grad, order, single, rest);
  }

  /// What a function that is made of ops is not asked.
  private static final Set<Question> OF_KERNELS =
      Set.of(
          Question.SHAPES,
          Question.OUTPUTS,
          Question.INPUTS,
          Question.ALLOCATION,
          Question.EQUALITY,
          Question.THREADS);

  /// Asks the op at a point.
  ///
  /// @throws OpCheckFailure if an answer is wrong
  public Report check(Op op, Tensor... x) {
    KernelQuestions kernel = new KernelQuestions(op, x);
    TapeQuestions tape = new TapeQuestions(op, x);
    Map<Question, String> outcomes = new EnumMap<>(Question.class);
    for (Question question : asked) {
      outcomes.put(question, ask(question, kernel, tape));
    }
    return new Report(op.name(), outcomes);
  }

  /// Asks a function of tensors, made of ops, what applies to it: the questions about tapes and
  /// derivatives.
  ///
  /// @throws OpCheckFailure if an answer is wrong
  public Report check(String name, Function<List<Tensor>, List<Tensor>> function, Tensor... x) {
    TapeQuestions tape = new TapeQuestions(function, x);
    Map<Question, String> outcomes = new EnumMap<>(Question.class);
    for (Question question : asked) {
      if (!OF_KERNELS.contains(question)) {
        outcomes.put(question, said(name, question, () -> ask(question, tape)));
      }
    }
    return new Report(name, outcomes);
  }

  private String ask(Question question, KernelQuestions kernel, TapeQuestions tape) {
    return said(
        kernel.name(),
        question,
        () ->
            switch (question) {
              case SHAPES -> kernel.shapes();
              case OUTPUTS -> kernel.outputs();
              case INPUTS -> kernel.inputs();
              case ALLOCATION -> kernel.allocation();
              case EQUALITY -> kernel.equality();
              case THREADS -> kernel.threads();
              default -> ask(question, tape);
            });
  }

  private String ask(Question question, TapeQuestions tape) {
    return switch (question) {
      case SINGLE -> tape.single(single);
      case REPLAY -> tape.replay();
      case BATCH -> tape.batch();
      case DERIVATIVES -> tape.derivatives(grad.order(order), order);
      case ADJOINT -> tape.adjoint();
      case LINEARITY -> tape.linearity();
      case MIXED -> tape.mixed();
      case SHAPES, OUTPUTS, INPUTS, ALLOCATION, EQUALITY, THREADS ->
          throw new IllegalArgumentException(question + " is no question about a tape");
    };
  }

  private static String said(String name, Question question, Supplier<String> answer) {
    try {
      return answer.get();
    } catch (Wrong wrong) {
      throw new OpCheckFailure(name + ": " + question + ": " + wrong.getMessage());
    }
  }

  /// An answer that is wrong: what was needed, what came.
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }
}
