package dev.backlight.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Matrix products of square matrices, replayed: `2 n³` operations each.
///
/// Rerun: `bench/run MatMulBench`, or with `-p n=512 -p dtype=F32 -p form=NN`.
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
public class MatMulBench {
  // 333 is neither a multiple of a tile nor of a vector.
  @Param({"64", "256", "333", "512"})
  int n;

  @Param({"F32", "F64"})
  DType dtype;

  /// N: as it is, T: stored transposed.
  @Param({"NN", "NT", "TN"})
  String form;

  private Player<List<Tensor>, Tensor> player;

  @Setup
  public void record() {
    boolean ta = form.charAt(0) == 'T';
    boolean tb = form.charAt(1) == 'T';
    Key[] keys = Key.of(1).split(2);
    Tensor a = keys[0].normal(Shape.of(n, n), dtype);
    Tensor b = keys[1].normal(Shape.of(n, n), dtype);
    player =
        Tape.record((List<Tensor> in) -> in.get(0).matmul(in.get(1), ta, tb), List.of(a, b))
            .player();
    Tensor c = player.play(List.of(a, b));
    double tolerance = dtype == DType.F32 ? 1e-4 : 1e-11;
    for (int i = 0; i < n; i += Math.max(1, n / 7)) {
      for (int j = 0; j < n; j += Math.max(1, n / 5)) {
        double want = 0;
        for (int k = 0; k < n; k++) {
          want += (ta ? a.at(k, i) : a.at(i, k)) * (tb ? b.at(j, k) : b.at(k, j));
        }
        Answers.require("c[" + i + ", " + j + "]", c.at(i, j), want, tolerance);
      }
    }
  }

  @Benchmark
  public Object product() {
    player.play();
    return player.output(0);
  }
}
