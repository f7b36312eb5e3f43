package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Compare.Kind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A kernel runs on every replay, so a warm one allocates nothing; and arrays longer than needed,
/// as players hand them out, are not touched beyond what counts.
class ElementwiseAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int N = 77;
  private static final int SPARE = 5;

  record Run(Op op, DType... inputs) {
    @Override
    public String toString() {
      return op + " of " + List.of(inputs);
    }
  }

  static Stream<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (DType d : List.of(DType.F32, DType.F64)) {
      for (Op op :
          List.of(
              new Scale(2),
              new Shift(2),
              new Over(3),
              new Reciprocal(),
              new Abs(),
              new Sqrt(),
              new Rsqrt(),
              new Exp(),
              new Expm1(),
              new Log(),
              new Log1p(),
              new Sin(),
              new Cos(),
              new Tan(),
              new Tanh(),
              new Sigmoid(),
              new Softplus(),
              new Erf(),
              new Relu(),
              new Relu6(),
              new LeakyRelu(0.1),
              new Elu(1),
              new Clamp(0, 1),
              new Power(2),
              new Power(0.3),
              new Sign(),
              new Floor(),
              new Ceil(),
              new Round(),
              new StopGradient(),
              new CompareTo(Kind.GT, 0))) {
        runs.add(new Run(op, d));
      }
      for (Op op :
          List.of(
              new Add(),
              new Sub(),
              new Mul(),
              new Div(),
              new Pow(),
              new Maximum(),
              new Minimum(),
              new Compare(Kind.LT),
              new Compare(Kind.NE))) {
        runs.add(new Run(op, d, d));
      }
    }
    for (DType d : DType.values()) {
      runs.add(new Run(new Where(), DType.BOOL, d, d));
      runs.add(new Run(new Compare(Kind.GE), d, d));
      for (DType to : DType.values()) {
        runs.add(new Run(new Cast(to), d));
      }
    }
    runs.add(new Run(new Not(), DType.BOOL));
    runs.add(new Run(new And(), DType.BOOL, DType.BOOL));
    runs.add(new Run(new Or(), DType.BOOL, DType.BOOL));
    return runs.stream();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void aWarmRunAllocatesNothingAndStaysWithinItsElements(Run run) {
    Block[] in = new Block[run.inputs.length];
    Spec[] specs = new Spec[in.length];
    for (int i = 0; i < in.length; i++) {
      specs[i] = Spec.of(Shape.of(N), run.inputs[i]);
      in[i] = longer(specs[i]);
      for (int j = 0; j < N; j++) {
        in[i].set(j, (j * 7 + i * 3) % 5 - 1);
      }
    }
    Block out = longer(run.op.infer(specs)[0]);
    Block whole = Block.over(Spec.of(Shape.of(N + SPARE), out.dtype()), out.array());
    for (int j = N; j < N + SPARE; j++) {
      whole.set(j, 1);
    }
    Block[] outs = {out};

    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20 && least > 0; attempt++) {
      run.op.run(in, outs);
      long before = allocated();
      for (int k = 0; k < 50; k++) {
        run.op.run(in, outs);
      }
      least = Math.min(least, allocated() - before);
    }

    assertThat(least).isZero();
    Block fresh = run.op.evaluate(in)[0];
    for (int j = 0; j < N; j++) {
      assertThat(out.get(j)).isEqualTo(Double.valueOf(fresh.get(j)));
    }
    for (int j = N; j < N + SPARE; j++) {
      assertThat(whole.get(j)).as("element %d, beyond the %d that count", j, N).isEqualTo(1);
    }
  }

  private static Block longer(Spec spec) {
    Block whole = Block.allocate(Spec.of(Shape.of(spec.shape().elements() + SPARE), spec.dtype()));
    return Block.over(spec, whole.array());
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
