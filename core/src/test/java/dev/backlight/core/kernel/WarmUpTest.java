package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The vector loops take over by themselves, unnoticed by results and by the garbage collector.
class WarmUpTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final float[] x = Samples.floats(4096, 1);
  private final float[] w = Samples.floats(4096, 2);
  private final float[] y = new float[4096];
  private final Conv2dShape conv =
      new Conv2dShape(1, 16, 16, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 16, 16);
  private final FloatConvolution forward = FloatLoops.current().conv2d(conv);
  private final FloatConvolution input = FloatLoops.current().conv2dInput(conv);
  private final FloatConvolution weight = FloatLoops.current().conv2dWeight(conv);
  private final Pool2dShape pool = new Pool2dShape(1, 4, 16, 16, 2, 2, 2, 2, 0, 0, 8, 8, false);
  private final FloatConvolution average = FloatLoops.current().avgPool2d(pool);
  private final FloatConvolution spread = FloatLoops.current().avgPool2dInput(pool);
  private final int[] index = new int[256];

  private void everything(FloatLoops loops) {
    loops.add(x, w, y, 4096);
    loops.exp(x, y, 1000);
    loops.log(x, y, 1000);
    loops.tanh(x, y, 1000);
    loops.sigmoid(x, y, 1000);
    loops.erf(x, y, 1000);
    y[0] = loops.sum(x, 0, 1000) + loops.dot(x, 0, w, 0, 1000) + loops.max(x, 0, 1000);
    loops.sumRows(x, 10, 100, y);
    loops.sumColumns(x, 10, 100, y);
    loops.softmaxRows(x, 10, 100, y);
    loops.logSumExpRows(x, 10, 100, y);
    loops.matmul(false, true, 64, 64, 64, x, 0, 64, w, 0, 64, y, 0, 64, false);
    loops.matmul(false, false, 30, 60, 64, x, 0, 64, w, 0, 60, y, 0, 60, false);
    loops.matmul(false, false, 1, 64, 64, x, 0, 64, w, 0, 64, y, 0, 64, false);
    loops.matmul(false, false, 1, 10, 256, x, 0, 256, w, 0, 10, y, 0, 10, false);
    loops.matmul(false, false, 64, 1, 64, x, 0, 64, w, 0, 1, y, 0, 1, false);
    loops.matmul(true, false, 64, 1, 64, x, 0, 64, w, 0, 1, y, 0, 1, false);
    loops.transpose(x, 0, 64, 64, 60, y, 0, 64);
    forward.run(x, w, y);
    input.run(x, w, y);
    weight.run(x, w, y);
    loops.maxPool2d(x, y, index, pool);
    average.run(x, x, y);
    spread.run(x, x, y);
  }

  @Test
  void noLoopAllocatesWhileTheVectorLoopsWarmUpNorAfter() throws InterruptedException {
    FloatLoops loops = FloatLoops.current();
    for (int i = 0; i < 300; i++) {
      everything(loops);
    }
    // Other tests may have had some loops compiled for other sizes.
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    assertThat(bytesUntil(end)).as("bytes, early").isLessThan(2000);
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (loops instanceof FloatVectorLoops vectors
        && !vectors.isWarm()
        && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assumeTrue(
        loops instanceof FloatVectorLoops vectors && vectors.isWarm(),
        "too busy a machine to tell");
    // Now and then C2 takes a loop back and compiles it again, so this may take a while on a busy
    // machine.
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    assertThat(bytesUntil(end)).as("bytes, warm").isLessThan(2000);
  }

  /// The bytes that a hundred rounds allocate once they have settled; a loop that allocates does so
  /// every time.
  private long bytesUntil(long end) {
    long bytes = bytesOf(100);
    while (bytes > 2000 && System.nanoTime() < end) {
      bytes = bytesOf(100);
    }
    return bytes;
  }

  /// The bytes that so many rounds allocate; the least of three, as the JVM now and then allocates
  /// a little itself.
  private long bytesOf(int rounds) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int round = 0; round < rounds; round++) {
        everything(FloatLoops.current());
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
