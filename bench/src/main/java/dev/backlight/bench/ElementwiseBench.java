package dev.backlight.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
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

/// Elementwise operations on `F32`, replayed: single ones and a chain of several.
///
/// Rerun: `bench/run ElementwiseBench`.
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
public class ElementwiseBench {
  @Param({"1000", "100000"})
  int length;

  private Player<List<Tensor>, Tensor> exp;
  private Player<List<Tensor>, Tensor> tanh;
  private Player<List<Tensor>, Tensor> add;
  private Player<List<Tensor>, Tensor> chain;

  @Setup
  public void record() {
    Key[] keys = Key.of(2).split(4);
    List<Tensor> in =
        java.util.Arrays.stream(keys).map(k -> k.normal(Shape.of(length), DType.F32)).toList();
    double[] x = in.get(0).toDoubles();
    double[] w = in.get(1).toDoubles();
    double[] b = in.get(2).toDoubles();
    double[] m = in.get(3).toDoubles();
    exp = player(in, v -> v.get(0).exp());
    tanh = player(in, v -> v.get(0).tanh());
    add = player(in, v -> v.get(0).add(v.get(1)));
    chain = player(in, v -> v.get(0).mul(v.get(1)).add(v.get(2)).gelu().mul(v.get(3)));
    require("exp", exp.play(in), i -> Math.exp(x[(int) i]));
    require("tanh", tanh.play(in), i -> Math.tanh(x[(int) i]));
    require("add", add.play(in), i -> x[(int) i] + w[(int) i]);
    require(
        "gelu(x w + b) m",
        chain.play(in),
        i -> gelu(x[(int) i] * w[(int) i] + b[(int) i]) * m[(int) i]);
  }

  private static Player<List<Tensor>, Tensor> player(
      List<Tensor> in, java.util.function.Function<List<Tensor>, Tensor> f) {
    return Tape.record(f, in).player();
  }

  private void require(String what, Tensor got, DoubleUnaryOperator want) {
    double[] all = new double[length];
    for (int i = 0; i < length; i++) {
      all[i] = want.applyAsDouble(i);
    }
    Answers.require(what, got, all, 2e-6);
  }

  /// x Φ(x), with the normal distribution by Simpson's rule: slow, and nothing like the engine's
  /// way.
  private static double gelu(double x) {
    int pieces = 200;
    double h = x / pieces;
    double sum = 0;
    for (int i = 0; i <= pieces; i++) {
      double t = i * h;
      double weight = i == 0 || i == pieces ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-t * t / 2);
    }
    return x * (0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI));
  }

  @Benchmark
  public Object add() {
    add.play();
    return add.output(0);
  }

  @Benchmark
  public Object exp() {
    exp.play();
    return exp.output(0);
  }

  @Benchmark
  public Object tanh() {
    tanh.play();
    return tanh.output(0);
  }

  @Benchmark
  public Object geluOfAffineTimesMask() {
    chain.play();
    return chain.output(0);
  }
}
