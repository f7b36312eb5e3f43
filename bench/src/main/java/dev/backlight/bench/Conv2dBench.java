package dev.backlight.bench;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A 3x3 convolution of 8 images, 32 channels of 28x28 to 64, padded by 1: forward, and with both
/// backward passes.
///
/// Rerun: `bench/run Conv2dBench`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
// Averages: what is timed repeats without pause, so there is no distribution to sample.
@OutputTimeUnit(TimeUnit.MILLISECONDS)
// The vector loops take over from the plain ones when they are measured to be faster: seconds, not
// calls.
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
// A fresh JVM each time: inlining depends on what ran before.
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class Conv2dBench {
  private static final int SIZE = 28;

  private Player<List<Tensor>, Tensor> forward;
  private Player<List<Tensor>, Grad<List<Tensor>>> both;

  @Setup
  public void record() {
    Key[] keys = Key.of(6).split(2);
    List<Tensor> in =
        List.of(
            keys[0].normal(Shape.of(8, 32, SIZE, SIZE), DType.F32),
            keys[1].normal(Shape.of(64, 32, 3, 3), DType.F32));
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(v -> v.get(0).conv2d(v.get(1), Conv2dOptions.of().padding(1)), in);
    forward = tape.player();
    check(in, forward.play(in));
    both = Tape.record((List<Tensor> v) -> tape.run(v).sum(), in).valueAndGrad().player();
    Grad<List<Tensor>> grad = both.play(in);
    // The sum's slope in a weight is the sum of what it meets.
    Answers.require(
        "the slope in the middle weight",
        grad.grad().get(1).at(5, 7, 1, 1),
        in.get(0).slice(1, 7, 8).to(DType.F64).sum().item(),
        1e-3);
  }

  private static void check(List<Tensor> in, Tensor y) {
    int[][] places = {{0, 0, 0, 0}, {7, 63, 27, 27}, {3, 20, 13, 5}};
    for (int[] p : places) {
      double want = 0;
      for (int c = 0; c < 32; c++) {
        for (int i = 0; i < 3; i++) {
          for (int j = 0; j < 3; j++) {
            int row = p[2] + i - 1;
            int column = p[3] + j - 1;
            if (row >= 0 && row < SIZE && column >= 0 && column < SIZE) {
              want += in.get(0).at(p[0], c, row, column) * in.get(1).at(p[1], c, i, j);
            }
          }
        }
      }
      Answers.require("y", y.at(p), want, 1e-4);
    }
  }

  @Benchmark
  public Object forward() {
    forward.play();
    return forward.output(0);
  }

  @Benchmark
  public Object forwardAndBackward() {
    both.play();
    return both.output(0);
  }
}
