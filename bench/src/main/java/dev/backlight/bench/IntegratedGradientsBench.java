package dev.backlight.bench;

import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Target;
import dev.backlight.nn.Sequential;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Integrated gradients with 50 nodes of a perceptron 784-512-256-10, explained from scratch each
/// time: recorded, derived and integrated.
///
/// Rerun: `bench/run IntegratedGradientsBench`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
// Averages: what is timed repeats without pause, so there is no distribution to sample.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// The vector loops take over from the plain ones when they are measured to be faster: seconds, not
// calls.
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
// A fresh JVM each time: inlining depends on what ran before.
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class IntegratedGradientsBench {
  @Param({"1", "32"})
  int inputs;

  private final Sequential model = Mlps.model();
  private final Target target = Target.at(3);
  private final IntegratedGradients method =
      IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(50));
  private Tensor x;

  @Setup
  public void check() {
    x = Mlps.inputs(inputs);
    double[] here = model.apply(x).slice(1, 3, 4).toDoubles();
    double there = model.apply(x.mul(0)).at(0, 3);
    double[] sums = explain().scores().sum(1).toDoubles();
    for (int i = 0; i < inputs; i++) {
      // Completeness; fifty nodes leave a little at the kinks of a ReLU network.
      Answers.require("the sum of scores", sums[i], here[i] - there, 2e-2);
    }
  }

  private Attribution explain() {
    return method.explain(model::apply, x, target);
  }

  @Benchmark
  public Object fiftyNodes() {
    return explain();
  }
}
