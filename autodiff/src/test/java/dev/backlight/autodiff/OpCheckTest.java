package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.OpCheck.Question;
import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every question of the battery catches the op that breaks its promise.
class OpCheckTest {
  private static final Tensor X = Tensor.of(-1.2, .4, 3);

  record Softsign() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return x.abs().add(1).square().reciprocal();
    }
  }

  /// Doubling, right in everything; the broken ones change one thing.
  interface Doubling extends Op.Custom {
    @Override
    default String name() {
      return "doubling";
    }

    @Override
    default Spec[] infer(Spec... in) {
      Check.inputs(this, 1, in);
      Check.floats(this, in);
      return new Spec[] {in[0]};
    }

    @Override
    default void run(Block[] in, Block[] out) {
      for (int i = 0; i < in[0].size(); i++) {
        out[0].set(i, 2 * in[0].get(i));
      }
    }

    @Override
    default @Nullable Tensor vjp(int i, Site at) {
      return at.g().mul(2);
    }

    @Override
    default Tensor @Nullable [] batch(Batch at) {
      return Tensor.applyAll(this, at.x(0));
    }
  }

  record Right() implements Doubling {}

  private static void fails(Op op, String message) {
    assertThatThrownBy(() -> OpCheck.standard().check(op, X))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageMatching(message);
  }

  @Test
  void aRightOpPassesAndTheReportSaysWhatWasAsked() {
    assertThat(OpCheck.standard().check(new Softsign(), X).toString())
        .matches(
            """
            softsign
              shapes and dtypes: 5 of 12 unfit inputs refused
              writes all of its output: yes
              leaves its inputs alone: yes
              allocates nothing: yes
              equal records are interchangeable: yes
              same bits on 8 threads: yes
              F32 is close to F64: within \\d\\.\\de-\\d\\d, derivatives within \\d\\.\\de-\\d\\d
              replay = eager: yes, and of the vjp
              batch = loop: rule
              derivatives: to order 3
              adjoint identity: yes
              linear in the cotangent: yes
              forward over reverse = reverse over forward: yes\
            """);
    OpCheck.standard().check(new Right(), X);
  }

  @Test
  void whatDoesNotApplyIsSaid() {
    record Loud() implements Op.Discrete {
      @Override
      public Spec[] infer(Spec... in) {
        Check.inputs(this, 1, in);
        Check.bools(this, in);
        return in.clone();
      }

      @Override
      public void run(Block[] in, Block[] out) {
        out[0].copyFrom(in[0]);
      }
    }

    OpCheck.Report report = OpCheck.standard().check(new Loud(), Tensor.of(true, false));
    assertThat(report.outcomes())
        .containsEntry(Question.SINGLE, "no F64 input")
        .containsEntry(Question.BATCH, "loop")
        .containsEntry(Question.DERIVATIVES, "none: piecewise constant");
    assertThat(
            OpCheck.standard()
                .order(1)
                .without(Question.ALLOCATION)
                .check(new Right(), X)
                .outcomes())
        .doesNotContainKey(Question.ALLOCATION)
        .containsEntry(Question.DERIVATIVES, "to order 1");
  }

  @Test
  void aShapeRuleThatBreaksOnBadInputIsFound() {
    record Careless() implements Doubling {
      @Override
      public Spec[] infer(Spec... in) {
        return new Spec[] {in[0]};
      }
    }

    fails(
        new Careless(),
        "doubling\\[F64\\(3\\)]: shapes and dtypes: on \\[] infer needs to answer, or to throw a"
            + " ShapeException or a DTypeException, got java.lang.ArrayIndexOutOfBoundsException: .*");
  }

  @Test
  void aShapeRuleThatDoesNotKeepItsWordIsFound() {
    record Fickle(AtomicInteger calls) implements Doubling {
      @Override
      public Spec[] infer(Spec... in) {
        Check.inputs(this, 1, in);
        return new Spec[] {in[0].with(in[0].shape().prepend(calls.incrementAndGet() % 2 + 1))};
      }

      @Override
      public void run(Block[] in, Block[] out) {}
    }

    fails(
        new Fickle(new AtomicInteger()),
        "doubling\\[F64\\(3\\)]: shapes and dtypes: infer says \\[F64\\(1, 3\\)], made \\[F64\\(2, 3\\)]");
  }

  @Test
  void anOutputThatIsNotWrittenIsFound() {
    record Lazy() implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        for (int i = 0; i < in[0].size(); i++) {
          out[0].set(i, out[0].get(i) + 2 * in[0].get(i));
        }
      }
    }

    fails(
        new Lazy(),
        "doubling\\[F64\\(3\\)]: writes all of its output: needed -2.4 at y\\[0] over memory that"
            + " holds -77.0, got -79.4");
  }

  @Test
  void memoryBeyondTheOutputIsGuarded() {
    record Greedy() implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        double[] y = out[0].dtype() == DType.F64 ? out[0].f64() : new double[0];
        for (int i = 0; i < y.length; i++) {
          y[i] = i < in[0].size() ? 2 * in[0].get(i) : 0;
        }
      }
    }

    fails(
        new Greedy(),
        "doubling\\[F64\\(3\\)]: writes all of its output: output 0 has 3 elements, written at 3");
  }

  @Test
  void aKernelThatCountsByTheArrayIsFound() {
    record Overlong() implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        int n = in[0].f64().length;
        for (int i = 0; i < in[0].size(); i++) {
          out[0].set(i, in[0].get(i) * 2 * n / 3);
        }
      }
    }

    fails(
        new Overlong(),
        "doubling\\[F64\\(3\\)]: writes all of its output: needed -2.4 at y\\[0].*");
  }

  @Test
  void aChangedInputIsFound() {
    record Vandal() implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        Doubling.super.run(in, out);
        in[0].set(2, in[0].get(2) + 1);
      }
    }

    assertThatThrownBy(() ->
            OpCheck.standard()
                .without(Question.OUTPUTS)
                .check(new Vandal(), Tensor.of(-1.2, .4, 3)))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageMatching(
            "doubling\\[F64\\(3\\)]: leaves its inputs alone: input 0 was \\S+ at element 2, is \\S+");
  }

  @Test
  void aKernelThatAllocatesIsFound() {
    record Wasteful() implements Doubling {
      @SuppressWarnings("UnusedVariable") // so that the compiler may not leave the array out
      static double[] last = {};

      @Override
      public void run(Block[] in, Block[] out) {
        last = new double[100];
        Doubling.super.run(in, out);
      }
    }

    fails(
        new Wasteful(),
        "doubling\\[F64\\(3\\)]: allocates nothing: a warm kernel needs no new memory, got 816 bytes a run");
  }

  @Test
  void componentsThatAreComparedByIdentityAreFound() {
    record Weighted(double[] weights) implements Doubling {}

    fails(
        new Weighted(new double[] {2}),
        "doubling\\[F64\\(3\\)]: equal records are interchangeable: a record of the same components needs to be"
            + " equal and to have the same hash, got .*; components are values and lists, not arrays");
  }

  @Test
  void aKernelThatRemembersIsFound() {
    record Counting(AtomicInteger calls) implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        Doubling.super.run(in, out);
        out[0].set(0, calls.incrementAndGet());
      }
    }

    fails(
        new Counting(new AtomicInteger()),
        "doubling\\[F64\\(3\\)]: writes all of its output: needed \\d.0 at y\\[0] .*, got \\d.0");
  }

  @Test
  void aKernelThatThreadsDisturbIsFound() {
    record Shared(double[] scratch, List<Double> key) implements Doubling {
      @Override
      @SuppressWarnings("ThreadPriorityCheck") // so that threads get into each other's way
      public void run(Block[] in, Block[] out) {
        for (int i = 0; i < in[0].size(); i++) {
          scratch[0] = in[0].get(i);
          Thread.yield();
          out[0].set(i, 2 * scratch[0]);
        }
      }
    }

    Tensor many = Tensor.linspace(-1, 1, 20_000, DType.F64);
    assertThatThrownBy(() ->
            OpCheck.standard()
                .without(Question.EQUALITY, Question.ALLOCATION)
                .check(new Shared(new double[1], List.of()), many))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageContaining("same bits on 8 threads: needed");
  }

  @Test
  void singlePrecisionOfItsOwnIsFound() {
    record Rough() implements Doubling {
      @Override
      public void run(Block[] in, Block[] out) {
        double two = in[0].dtype() == DType.F32 ? 2.001 : 2;
        for (int i = 0; i < in[0].size(); i++) {
          out[0].set(i, two * in[0].get(i));
        }
      }
    }

    fails(
        new Rough(),
        "doubling\\[F64\\(3\\)]: F32 is close to F64: needed -2.4 at y\\[0], got -2.40\\d+ \\(tolerance 1.0E-5\\)");
  }

  @Test
  void aWrongBatchingRuleIsFound() {
    record Unbatched() implements Doubling {
      @Override
      public Tensor @Nullable [] batch(Batch at) {
        return new Tensor[] {at.x(0)};
      }
    }

    fails(
        new Unbatched(),
        "doubling\\[F64\\(3\\)]: batch = loop: needed -2.4\\d* at y\\[0, 0], got -1.2\\d* for a batch of 3 with"
            + " mapped inputs \\[true]");
  }

  @Test
  void aBatchingRuleThatReadsAValueIsFound() {
    record Peeking() implements Doubling {
      @Override
      public Tensor @Nullable [] batch(Batch at) {
        return new Tensor[] {at.x(0).mul(at.x(0).toDoubles().length > 0 ? 2 : 1)};
      }
    }

    fails(
        new Peeking(),
        "doubling\\[F64\\(3\\)]: batch = loop: needed a rule that reads no value, got: reading needs a value.*");
  }

  @Test
  void aWrongDerivativeIsDiagnosed() {
    record Half() implements Doubling {
      @Override
      public @Nullable Tensor vjp(int i, Site at) {
        return at.g();
      }
    }

    fails(
        new Half(),
        "doubling\\[F64\\(3\\)]: derivatives: doubling at OpCheckTest.java:\\d+: the vjp with respect to input 0"
            + " is wrong at order 1: .*; it is off by a factor of 0.5 in input 0");
  }

  @Test
  void aKernelThatRunsOnlyOnceIsFound() {
    record Once() implements Doubling {
      @Override
      public Kernel planned(Spec[] in, Spec[] out) {
        AtomicInteger runs = new AtomicInteger();
        return (x, y) -> {
          if (runs.getAndIncrement() == 0) {
            run(x, y);
          }
        };
      }
    }

    fails(
        new Once(),
        "doubling\\[F64\\(3\\)]: replay = eager: needed -2.25 at y\\[0] on a replay, got -2.4");
  }

  @Test
  void aHessianThatIsNotSymmetricIsFound() {
    record Times() implements Op.Custom {
      @Override
      public Spec[] infer(Spec... in) {
        Check.inputs(this, 2, in);
        Check.floats(this, in);
        Check.same(this, in);
        return new Spec[] {in[0]};
      }

      @Override
      public void run(Block[] in, Block[] out) {
        for (int i = 0; i < in[0].size(); i++) {
          out[0].set(i, in[0].get(i) * in[1].get(i));
        }
      }

      @Override
      public @Nullable Tensor vjp(int i, Site at) {
        return at.g().mul(i == 0 ? at.x(1) : at.x(0).stopGradient());
      }
    }

    assertThatThrownBy(() ->
            OpCheck.standard()
                .without(Question.DERIVATIVES)
                .check(new Times(), X, Tensor.of(1., 2, 3)))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageMatching(
            "times\\[F64\\(3\\), F64\\(3\\)]: forward over reverse = reverse over forward: needed \\S+ at"
                + " y\\[0], got \\S+ of the Hessian-vector product");
  }

  @Test
  void aRuleThatBendsIsFoundWithoutDifferencesToo() {
    record Bent() implements Doubling {
      @Override
      public @Nullable Tensor vjp(int i, Site at) {
        return at.g().mul(2).add(1);
      }
    }

    assertThatThrownBy(() ->
            OpCheck.standard().without(Question.DERIVATIVES, Question.ADJOINT).check(new Bent(), X))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageMatching(
            "doubling\\[F64\\(3\\)]: linear in the cotangent: needed \\S+ at y\\[0], got \\S+ for 2a - 3b");
    assertThatThrownBy(() -> OpCheck.standard().without(Question.DERIVATIVES).check(new Bent(), X))
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageMatching(
            "doubling\\[F64\\(3\\)]: adjoint identity: needed equal products, got \\S+ by the jvp and \\S+ by"
                + " the vjp");
  }
}
