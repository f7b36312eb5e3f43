package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Backend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which loops run, asked of JVMs that were started one way and another.
class LanesTest {
  /// What such a JVM does: a product and an exp, and then it tells.
  public static void main(String[] args) {
    float[] y = new float[4];
    FloatLoops.current()
        .matmul(
            false,
            false,
            2,
            2,
            1,
            new float[] {1, 2},
            0,
            1,
            new float[] {3, 4},
            0,
            2,
            y,
            0,
            2,
            false);
    DoubleLoops.current().exp(new double[1], new double[1], 1);
    System.out.println(Backend.current() + "; " + y[3]);
  }

  private static String run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LanesTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void withoutTheModuleTheScalarLoopsRunAndOneWarningNamesTheFlag() throws Exception {
    assertThat(run())
        .contains("scalar; 8.0")
        .containsOnlyOnce(
            "jdk.incubator.vector is not loaded: Backlight runs on its scalar kernels, several times slower. "
                + "Start java with --add-modules jdk.incubator.vector");
  }

  @Test
  void withTheModuleTheVectorLoopsRun() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector"))
        .containsPattern("vector, (128|256|512) bits; 8.0")
        .doesNotContain("scalar");
  }

  @Test
  void aPropertyChoosesTheScalarLoopsSilently() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector", "-Ddev.backlight.scalar=true"))
        .contains("scalar; 8.0")
        .doesNotContain("slower");
  }

  @Test
  void withoutTheOptimizingCompilerTheScalarLoopsRun() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"))
        .contains("scalar; 8.0")
        .contains("this JVM runs without its optimizing compiler");
  }
}
