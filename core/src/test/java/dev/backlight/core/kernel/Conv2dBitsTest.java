package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The bits of convolutions, asked of JVMs with other widths of vectors and other numbers of
/// threads.
class Conv2dBitsTest {
  private static final Conv2dShape[] SHAPES = {
    //              n  c  h   w   o  kh kw sh sw ph pw dh dw g  oh  ow
    new Conv2dShape(5, 24, 18, 15, 36, 3, 3, 1, 1, 1, 1, 1, 1, 1, 18, 15), // Winograd
    new Conv2dShape(1, 72, 16, 16, 72, 3, 3, 1, 1, 1, 1, 1, 1, 1, 16, 16), // of one block
    new Conv2dShape(3, 14, 23, 19, 30, 5, 3, 2, 1, 2, 1, 1, 2, 2, 12, 17), // direct
    new Conv2dShape(2, 60, 17, 19, 70, 1, 1, 1, 1, 0, 0, 1, 1, 1, 17, 19), // pointwise
    new Conv2dShape(1, 60, 33, 38, 70, 1, 1, 2, 2, 0, 0, 1, 1, 1, 17, 19), // of every second
    new Conv2dShape(3, 26, 29, 31, 26, 3, 3, 1, 1, 1, 1, 1, 1, 26, 29, 31), // depthwise
    new Conv2dShape(3, 26, 29, 42, 26, 3, 3, 2, 2, 1, 1, 1, 1, 26, 15, 21), // with a stride
    new Conv2dShape(3, 3, 29, 31, 26, 3, 3, 1, 1, 1, 1, 1, 1, 1, 29, 31) // of few channels
  };

  /// What such a JVM does: all three of each, and then it tells their hashes.
  public static void main(String[] args) {
    FloatLoops loops = Lanes.isVector() ? new FloatVectorLoops(true) : new FloatScalarLoops();
    StringBuilder hashes = new StringBuilder("bits");
    for (Conv2dShape s : SHAPES) {
      float[] x = Samples.floats(s.n() * s.c() * s.h() * s.w(), 1);
      float[] w = Samples.floats(s.o() * s.taps(), 2);
      float[] g = Samples.floats(s.n() * s.o() * s.oh() * s.ow(), 3);
      float[] y = new float[g.length];
      float[] dx = new float[x.length];
      float[] dw = new float[w.length];
      loops.conv2d(s).run(x, w, y);
      loops.conv2dInput(s).run(g, w, dx);
      loops.conv2dWeight(s).run(x, g, dw);
      for (float[] made : List.of(y, dx, dw)) {
        hashes.append(' ').append(Arrays.hashCode(made));
      }
    }
    System.out.println(hashes);
  }

  private static String run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of(flags));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Conv2dBitsTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().filter(line -> line.startsWith("bits")).findFirst().orElseThrow();
  }

  @Test
  void areThoseOfEveryWidthAndEveryNumberOfThreads() throws Exception {
    Set<String> answers = new HashSet<>();
    answers.add(run("-Ddev.backlight.threads=1"));
    answers.add(run("-Ddev.backlight.threads=2", "-XX:MaxVectorSize=32"));
    answers.add(run("-Ddev.backlight.threads=3", "-XX:MaxVectorSize=16"));
    answers.add(run("-Ddev.backlight.threads=3"));
    answers.add(run("-Ddev.backlight.threads=2", "-Ddev.backlight.scalar=true"));
    assertThat(answers).hasSize(1);
  }

  @Test
  void areOthersWithoutWinogradWhereItWasAtWork() throws Exception {
    String[] with = run().split(" ");
    String[] without = run("-Ddev.backlight.winograd=false").split(" ");
    for (int i = 1; i < with.length; i++) {
      if (i <= 6) {
        assertThat(with[i]).isNotEqualTo(without[i]);
      } else {
        assertThat(with[i]).isEqualTo(without[i]);
      }
    }
  }
}
