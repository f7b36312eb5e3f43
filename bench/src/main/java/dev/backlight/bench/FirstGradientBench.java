package dev.backlight.bench;

import dev.backlight.autodiff.Grad;
import dev.backlight.core.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The first gradient in a fresh JVM: classes are loaded and code is cold. `backlight bench --only
/// first_gradient` adds what the JVM itself needs to start.
///
/// Rerun: `bench/run FirstGradientBench`.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 20, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class FirstGradientBench {
  @Benchmark
  public double gradient() {
    Tensor w = Tensor.of(new float[] {0.5f, -1, 2, 1});
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4});
    double slope = Grad.of((Tensor in) -> in.mul(w).tanh().sum(), x).grad().at(0);
    // d tanh(x w) = w (1 - tanh²(x w))
    double t = Math.tanh(0.5);
    Answers.require("the slope", slope, 0.5 * (1 - t * t), 1e-6);
    return slope;
  }
}
