package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenCommandTest {
  private static final Path XOR = Path.of("../explain/src/test/resources/golden/xor.json");

  @TempDir Path dir;

  @Test
  void casesAreCounted() {
    Ran ran = Ran.of("golden", XOR, "--method", "saliency");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .matches(
            "passed      2\\Rfailed      0\\Runsupported 0\\Rlargest     \\S+ of error, in xor"
                + " .*\\R");
  }

  @Test
  void wrongAndUnknownAnswersAreNamed() throws IOException {
    String text = Files.readString(XOR);
    Files.writeString(
        dir.resolve("a.json"),
        text.replace("\"method\":\"saliency\"", "\"method\":\"guess\"")
            .replace("\"abs\":1e-11,\"rel_to_max\":", "\"abs\":-1e-11,\"rel_to_max\":-"));

    Ran ran = Ran.of("golden", dir, "--unsupported");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .containsPattern(
            "unsupported  xor saliency\\S* \\(captum\\): the method guess is not known")
        .containsPattern(
            "failed       xor \\S+ \\(\\S+\\): \\S+ needs \\S+ at element \\d+ within");
  }

  @Test
  void whatHoldsNoCasesIsBadInput() throws IOException {
    Path none = dir.resolve("none");
    Files.createDirectories(none);
    Ran ran = Ran.of("golden", none);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err().strip())
        .isEqualTo("backlight: " + none + ": .json files are needed, got none");
    assertThat(Ran.of("golden", none.resolve("x")).err().strip())
        .isEqualTo(
            "backlight: " + none.resolve("x") + ": a folder of golden files is needed, got none");
    assertThat(Ran.of("golden", XOR, "--method", "guess").err().strip())
        .isEqualTo("backlight: " + XOR + ": cases are needed of guess, got none");
    Files.writeString(none.resolve("a.json"), "{}");
    assertThat(Ran.of("golden", none).err().strip())
        .isEqualTo(
            "backlight: "
                + none.resolve("a.json")
                + ": golden cases of the format explain-golden/1 are needed, got null");
  }
}
