package dev.backlight.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.cli.Terminal;
import dev.backlight.core.Key;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ShortcutStudyTest {
  @Test
  void thePriorCuresTheNetworkFromAnySeed() throws IOException {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal silent = new Terminal(nowhere, nowhere, false);
    for (long seed = 1; seed < 4; seed++) {
      ShortcutStudy study = ShortcutStudy.run(Key.of(seed), Demo.Size.quick(), silent);
      CureRun before = study.before();
      CureRun cured = study.cured();
      assertThat(before.fooled()).as("seed %d", seed).isLessThan(0.8);
      assertThat(before.share()).as("seed %d", seed).isGreaterThan(0.15);
      assertThat(cured.fooled()).as("seed %d", seed).isGreaterThan(0.93);
      assertThat(cured.share()).as("seed %d", seed).isLessThan(0.01);
      // Nothing is lost: it reads as well as a network that never met the shortcut.
      assertThat(cured.clean()).as("seed %d", seed).isGreaterThan(study.honest().clean() - 0.015);
      assertThat(study.shown()).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(3);
    }
  }
}
