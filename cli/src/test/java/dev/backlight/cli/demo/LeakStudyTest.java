package dev.backlight.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.cli.Terminal;
import dev.backlight.core.Key;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class LeakStudyTest {
  @Test
  void thePriorCuresTheNetworkFromAnySeed() throws IOException {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal silent = new Terminal(nowhere, nowhere, false);
    for (long seed = 1; seed < 4; seed++) {
      LeakStudy study = LeakStudy.run(Key.of(seed), Demo.Size.quick(), silent);
      CureRun before = study.before();
      CureRun cured = study.cured();
      assertThat(before.fooled()).as("seed %d", seed).isLessThan(cured.fooled() - 0.03);
      assertThat(before.share()).as("seed %d", seed).isGreaterThan(0.1);
      assertThat(cured.fooled()).as("seed %d", seed).isGreaterThan(0.95);
      assertThat(cured.share()).as("seed %d", seed).isLessThan(0.02);
      assertThat(cured.clean()).as("seed %d", seed).isGreaterThan(study.honest().clean() - 0.03);
      int patient = study.shown();
      boolean malignant = study.isMalignant(patient);
      assertThat(study.misled(before).output().at(patient) > 0).isNotEqualTo(malignant);
      assertThat(study.misled(cured).output().at(patient) > 0).isEqualTo(malignant);
    }
  }
}
