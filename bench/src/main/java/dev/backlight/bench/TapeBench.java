package dev.backlight.bench;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the tape itself costs for each op: a thousand chained additions and products of four
/// floats.
///
/// Rerun: `bench/run TapeBench`. The unit is nanoseconds for one op.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
// Averages: what is timed repeats without pause, so there is no distribution to sample.
@OutputTimeUnit(TimeUnit.NANOSECONDS)
// The vector loops take over from the plain ones when they are measured to be faster: seconds, not
// calls.
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
// A fresh JVM each time: inlining depends on what ran before.
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class TapeBench {
  private static final int OPS = 1000;

  private final Tensor x = Tensor.of(1f, 1f, 1f, 1f);
  // Near 1, so that a product of hundreds is no subnormal number, which processors are slow at.
  private final Tensor c = Tensor.of(1.01f, .99f, 1f, .995f);
  private Tape<Tensor, Tensor> tape;
  private Tape<Tensor, Grad<Tensor>> slope;
  private Player<Tensor, Tensor> forward;
  private Player<Tensor, Grad<Tensor>> both;

  private Tensor chain(Tensor z) {
    for (int i = 0; i < OPS / 2; i++) {
      z = z.add(c).mul(c);
    }
    return z.sum();
  }

  @Setup
  public void record() {
    tape = Tape.record(this::chain, x);
    slope = tape.valueAndGrad();
    forward = tape.player();
    both = slope.player();
    forward.set(x);
    both.set(x);
    double want = 0;
    float[] factors = c.toFloats();
    for (float factor : factors) {
      float z = 1;
      for (int i = 0; i < OPS / 2; i++) {
        z = (z + factor) * factor;
      }
      want += z;
    }
    both.play();
    Answers.require("the sum", both.result().value().item(), want, 1e-4);
    double slope = Math.pow(.995f, OPS / 2.0);
    Answers.require("the slope", both.result().grad().at(3), slope, 1e-4);
    Grad<Tensor> once = Grad.of(this::chain, x);
    Answers.require("the value of Grad", once.value().item(), want, 1e-4);
    Answers.require("the slope of Grad", once.grad().at(3), slope, 1e-4);
  }

  /// Forward, on plain tensors: nothing is recorded.
  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object eager() {
    return chain(x);
  }

  /// Forward, written down, with source lines, merged and tidied.
  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object recording() {
    return Tape.record(this::chain, x);
  }

  /// Forward and backward once, as define-by-run frameworks do at every step.
  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object eagerGradient() {
    return Grad.of(this::chain, x);
  }

  /// The derivative of a tape that exists.
  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object deriving() {
    return tape.valueAndGrad();
  }

  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object replayForward() {
    forward.play();
    return forward.output(0);
  }

  @Benchmark
  @OperationsPerInvocation(OPS)
  public Object replayForwardAndBackward() {
    both.play();
    return both.output(0);
  }
}
