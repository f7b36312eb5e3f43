package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// The bits are those of `StrictMath`, and nothing is allocated.
class TrigonometryTest {
  private static DoubleStream angles() {
    SplittableRandom random = new SplittableRandom(11);
    DoubleStream edges =
        DoubleStream.of(0, 1e-300, 1e-9, Math.PI / 4, 1e6, 8e5, 1e9, 1e300, Double.MIN_VALUE)
            .flatMap(x -> DoubleStream.of(x, Math.nextUp(x), Math.nextDown(x)));
    DoubleStream quadrants =
        random
            .ints(20_000, 1, 600_000)
            .mapToDouble(k -> k * (Math.PI / 2))
            .flatMap(x -> DoubleStream.of(x, Math.nextUp(x), Math.nextDown(x)));
    DoubleStream first =
        DoubleStream.iterate(1, k -> k < 200, k -> k + 1)
            .map(k -> k * (Math.PI / 4))
            .flatMap(x -> DoubleStream.of(x, Math.nextUp(x), Math.nextDown(x)));
    DoubleStream anywhere = random.doubles(200_000, -20, 20);
    DoubleStream wide = random.doubles(100_000, -830_000, 830_000);
    return DoubleStream.of(1)
        .flatMap(_ ->
            DoubleStream.concat(
                DoubleStream.concat(edges, first),
                DoubleStream.concat(quadrants, DoubleStream.concat(anywhere, wide))))
        .flatMap(x -> DoubleStream.of(x, -x));
  }

  @Test
  void everyBitIsThatOfStrictMath() {
    angles()
        .forEach(x -> {
          assertSame("sin", x, Trigonometry.sin(x), StrictMath.sin(x));
          assertSame("cos", x, Trigonometry.cos(x), StrictMath.cos(x));
          assertSame("tan", x, Trigonometry.tan(x), StrictMath.tan(x));
        });
  }

  @Test
  void specialAnglesAreThoseOfStrictMath() {
    for (double x : new double[] {Double.NaN, 1 / 0., -1 / 0., -0.0}) {
      assertSame("sin", x, Trigonometry.sin(x), StrictMath.sin(x));
      assertSame("cos", x, Trigonometry.cos(x), StrictMath.cos(x));
      assertSame("tan", x, Trigonometry.tan(x), StrictMath.tan(x));
    }
  }

  private static void assertSame(String name, double x, double got, double want) {
    if (Double.doubleToLongBits(got) != Double.doubleToLongBits(want)) {
      assertThat(got).as("%s(%s)", name, x).isEqualTo(want);
    }
  }

  @Test
  void nothingIsAllocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double sum = all();
    long before = threads.getCurrentThreadAllocatedBytes();
    sum += all();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    assertThat(sum).isFinite();
  }

  private static double all() {
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      double x = i * .37;
      sum += Trigonometry.sin(x) + Trigonometry.cos(x) + Trigonometry.tan(x);
    }
    return sum;
  }
}
