package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir static Path folder;
  private static Ran ran = new Ran(-1, "", "");
  private static Path page = Path.of("");

  @BeforeAll
  static void run() {
    page = folder.resolve("report.html");
    ran = Ran.of("demo", "--quick", "--out", page);
  }

  private static double number(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(ran.out());
    assertThat(matcher.find()).as(pattern + " in " + ran.out()).isTrue();
    return Double.parseDouble(matcher.group(1).replace('−', '-'));
  }

  @Test
  void theKeyFiguresAreReached() {
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("XOR         4 of 4 right");
    assertThat(number("digits +([0-9.]+) % right")).isGreaterThanOrEqualTo(97);
    assertThat(number("cancer +([0-9.]+) % right")).isGreaterThanOrEqualTo(95);
    assertThat(number("cured +([0-9.]+) % right")).isGreaterThanOrEqualTo(94);
    assertThat(number("corner, ([0-9.]+) % before the prior")).isLessThan(80);
    assertThat(number("; patients ([0-9.]+) %"))
        .isGreaterThan(95)
        .isGreaterThan(number("; patients [0-9.]+ %, ([0-9.]+) % before") + 3);
  }

  @Test
  void explanationsAddUp() {
    assertThat(number("residuals +XOR ([0-9.e−]+),")).isLessThan(1e-6);
    assertThat(number("digits ([0-9.e−]+), cancer")).isLessThan(1e-3);
    assertThat(number("cancer ([0-9.e−]+) of the answer")).isLessThan(1e-3);
  }

  @Test
  void explanationsBeatChance() {
    assertThat(number("deletion +area ([0-9.−]+) logit"))
        .isLessThan(number("deletion .* gradients, ([0-9.−]+) by chance"));
    assertThat(number("insertion +area ([0-9.−]+) logit"))
        .isGreaterThan(number("insertion .* gradients, ([0-9.−]+) by chance"));
  }

  @Test
  void thePageHasAllPartsAndNeedsNothingElse() throws Exception {
    String html = Files.readString(page);
    assertThat(html)
        .contains("XOR: what did every node contribute?")
        .contains("Every layer accounts for the whole answer")
        .contains("Right answers: what spoke for the digit?")
        .contains("Wrong answers: what misled the network?")
        .contains("Areas under the curves")
        .contains("clearly malignant", "clearly benign", "got wrong")
        .contains("All 569 patients")
        .contains("Which explanation should one believe?")
        .contains("Digits: 13 methods, 8 metrics", "Breast cancer: 13 methods, 8 metrics")
        .contains("Digits: who agrees with whom?", "Breast cancer: who agrees with whom?")
        .contains("The consensus of scans", "about whom the members disagree most")
        .contains("What the prior costs", "What the prior buys", "The same scans, before and after")
        .contains("Patients, by the weight of the prior", "A patient: learned the column")
        .contains("E. Alpaydin", "W. Wolberg", "CC BY 4.0")
        .doesNotContain("NaN")
        .doesNotContainPattern("(src|href)=\"(https?:)?//")
        .doesNotContain("@import", "url(http");
  }

  @Test
  void methodsAreJudgedAndNoneFails() throws Exception {
    assertThat(ran.out())
        .contains("judged      13 methods by 8 metrics on 8 scans, 13 by 8 on 8 patients");
    assertThat(Files.readString(page)).contains("infidelity", "consensus-weighted");
    assertThat(Files.readString(page)).doesNotContain("no number");
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws Exception {
    Path again = folder.resolve("again.html");
    assertThat(Ran.of("demo", "--quick", "--seed", 0, "--out", again).code()).isZero();
    assertThat(Files.mismatch(page, again)).isEqualTo(-1);
  }

  @Test
  void progressGoesToStandardError() {
    assertThat(ran.err())
        .contains("1/5 XOR", "2/5 digits", "3/5 breast cancer", "5/5 a shortcut", "epoch ");
    assertThat(ran.out()).doesNotContain("epoch  1");
  }

  @Test
  void anUnwritablePlaceIsToldBeforeTheWork() {
    Ran refused = Ran.of("demo", "--out", folder.resolve("no/report.html"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualToIgnoringNewLines(
            "backlight: cannot write "
                + folder.resolve("no/report.html")
                + ": no such directory "
                + folder.resolve("no"));
  }
}
