package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.nn.Classifier;
import dev.backlight.nn.Linear;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Table;
import java.io.IOException;
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

  /// Whether someone buys depends on the city alone; some cells are empty.
  private Path people() throws IOException {
    StringBuilder text = new StringBuilder("age,city,bought\n");
    for (int i = 0; i < 60; i++) {
      String city = i % 2 == 0 ? "Oslo" : "Bergen";
      text.append(i % 7 == 3 ? "" : String.valueOf(20 + i % 11)).append(',');
      text.append(i == 20 ? "" : city).append(',').append(i % 2 == 0 ? "yes" : "no").append('\n');
    }
    return Files.writeString(folder.resolve("people.csv"), text);
  }

  @Test
  void namesAndEmptyCellsAreInputsWhenSaid() throws Exception {
    Path model = folder.resolve("m.safetensors");
    Ran ran =
        Ran.of(
            "train",
            people(),
            "--target",
            "bought",
            "--model",
            model,
            "--names",
            "city",
            "--missing",
            "median");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("data        60 rows, 3 features");
    Classifier saved = Classifier.load(model);
    assertThat(saved.features()).containsExactly("age", "city=Bergen", "city=Oslo");
    Table asked = Csv.parse("asked", "city,age\nOslo,\nBergen,\nOslo,90\n");
    assertThat(saved.predict(saved.inputs(asked)).toInts()).containsExactly(1, 0, 1);
  }

  @Test
  void namesThatNobodySpokeOfAreNotTakenForInputs() throws Exception {
    Path data = people();
    Ran ran =
        Ran.of(
            "train",
            data,
            "--target",
            "bought",
            "--model",
            folder.resolve("m"),
            "--missing",
            "mean");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .contains(data + ", column city: numbers are needed, got names; if so, say --names city");
    Ran odd =
        Ran.of(
            "train", data, "--target", "bought", "--model", folder.resolve("m"), "--missing", "x");
    assertThat(odd.code()).isEqualTo(2);
    assertThat(odd.err()).contains("--missing needs mean, median or most-frequent, got x");
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
