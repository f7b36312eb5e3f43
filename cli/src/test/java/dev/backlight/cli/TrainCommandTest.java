package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.nn.Classifier;
import dev.backlight.nn.Linear;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir Path folder;

  @Test
  void accuracyIsPrintedAndTheModelIsSavedWithItsNames() throws Exception {
    Path model = folder.resolve("m.safetensors");
    Ran ran = Ran.of("train", Tables.flowers(folder), "--target", "kind", "--model", model);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("data        60 rows, 3 features")
        .contains("target      kind: daisy, rose")
        .contains("trained on  48 rows, accuracy ")
        .contains("held out    12 rows, accuracy ")
        .contains("model       " + model);
    assertThat(ran.err()).contains("epoch  1/60", "epoch 60/60");

    Classifier saved = Classifier.load(model);
    assertThat(saved.features()).containsExactly("width", "height", "noise");
    assertThat(saved.classes()).containsExactly("daisy", "rose");
    assertThat(saved.facts()).containsEntry("target", "kind").containsEntry("epochs", "60");
  }

  @Test
  void aSeparableTableIsLearned() throws Exception {
    Ran ran =
        Ran.of(
            "explain",
            "--model",
            Tables.model(folder),
            folder.resolve("flowers.csv"),
            "--out",
            folder.resolve("a.csv"));
    assertThat(ran.code()).as(ran.err()).isZero();
    String accuracy = ran.out().replaceAll("(?s).*accuracy +([0-9.]+) %.*", "$1");
    assertThat(Double.parseDouble(accuracy)).isGreaterThan(93);
  }

  @Test
  void theSameSeedGivesTheSameFile() throws Exception {
    Path data = Tables.flowers(folder);
    for (String name : new String[] {"a", "b", "c"}) {
      int seed = name.equals("c") ? 2 : 1;
      assertThat(
              Ran.of(
                      "train",
                      data,
                      "--target",
                      "kind",
                      "--model",
                      folder.resolve(name),
                      "--epochs",
                      3,
                      "--seed",
                      seed)
                  .code())
          .isZero();
    }
    assertThat(folder.resolve("b")).hasSameBinaryContentAs(folder.resolve("a"));
    assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("c"))).isNotNegative();
  }

  @Test
  void hiddenWidthsAreThoseAsked() throws Exception {
    Path model = folder.resolve("m");
    Ran ran =
        Ran.of(
            "train",
            Tables.flowers(folder),
            "--target",
            "kind",
            "--model",
            model,
            "--hidden",
            "5",
            "--epochs",
            1);
    assertThat(ran.code()).as(ran.err()).isZero();
    Linear first = (Linear) Classifier.load(model).model().layers().getFirst();
    assertThat(first.weight().shape().sizes()).containsExactly(3, 5);
  }
}
