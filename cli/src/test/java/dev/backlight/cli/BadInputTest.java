package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Tensor;
import dev.backlight.core.io.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is wrong with the input: one line that says so, exit code 2, and nothing written.
class BadInputTest {
  @TempDir static Path folder;
  private static Path flowers = Path.of("");
  private static Path model = Path.of("");

  @BeforeAll
  static void train() throws Exception {
    model = Tables.model(folder);
    flowers = folder.resolve("flowers.csv");
  }

  @AfterEach
  void nothingHalfWrittenIsLeft() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .noneMatch(name -> name.startsWith("out") || name.endsWith(".tmp"));
    }
  }

  private static void refused(String message, Object... args) {
    Ran ran = Ran.of(args);
    assertThat(ran.err())
        .isEqualTo("backlight: " + message.replace("DIR/", folder + "/") + System.lineSeparator());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
  }

  private static void train(String message, Object... more) {
    refused(
        message,
        with(new Object[] {"train", flowers, "--target", "kind", "--model", out("out")}, more));
  }

  private static void trainOn(String message, String text) throws IOException {
    Path data = Tables.write(folder, "bad.csv", text);
    refused(message, "train", data, "--target", "kind", "--model", out("out"));
  }

  private static void explain(String message, Object... more) {
    refused(
        message,
        with(new Object[] {"explain", "--model", model, flowers, "--out", out("out.csv")}, more));
  }

  private static void explainRows(String message, String text) throws IOException {
    Path data = Tables.write(folder, "bad.csv", text);
    refused(message, "explain", "--model", model, data, "--out", out("out.csv"));
  }

  private static void explainWith(String message, byte[] contents) throws IOException {
    Path bad = Files.write(folder.resolve("bad.safetensors"), contents);
    refused(message, "explain", "--model", bad, flowers, "--out", out("out.csv"));
  }

  private static Object[] with(Object[] first, Object[] more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
  }

  private static Path out(String name) {
    return folder.resolve(name);
  }

  // ---- tables ----

  @Test
  void aMissingFile() {
    refused(
        "DIR/none.csv: a file is needed, got none of this name",
        "train",
        folder.resolve("none.csv"),
        "--target",
        "kind",
        "--model",
        out("out"));
  }

  @Test
  void aMissingTargetColumn() throws Exception {
    trainOn("DIR/bad.csv: a column 'kind' is needed, got a, b", "a,b\n1,2\n");
  }

  @Test
  void aMissingFeatureColumn() throws Exception {
    explainRows("DIR/bad.csv: a column 'height' is needed, got width, noise", "width,noise\n1,2\n");
  }

  @Test
  void raggedRows() throws Exception {
    trainOn(
        "DIR/bad.csv, line 3: 2 values are needed, as in the header, got 3",
        "a,kind\n1,x\n1,2,y\n");
  }

  @Test
  void textInANumericColumn() throws Exception {
    trainOn(
        "DIR/bad.csv, line 3, column a: a number is needed, got 'tall'",
        "a,kind\n1,x\ntall,y\n2,x\n3,y\n");
  }

  @Test
  void anEmptyFile() throws Exception {
    trainOn("DIR/bad.csv: a header and rows are needed, got nothing", "");
  }

  @Test
  void aHeaderAlone() throws Exception {
    trainOn("DIR/bad.csv: rows are needed, got only a header", "a,kind\n");
  }

  @Test
  void notANumberInTheData() throws Exception {
    trainOn(
        "DIR/bad.csv, line 2, column a: a finite number is needed, got 'NaN'",
        "a,kind\nNaN,x\n1,y\n2,x\n3,y\n");
    explainRows(
        "DIR/bad.csv, line 2, column noise: a finite number is needed, got 'inf'",
        "width,height,noise\n1,2,inf\n");
  }

  @Test
  void aMissingValue() throws Exception {
    explainRows(
        "DIR/bad.csv, line 3, column width: a number is needed, got an empty cell",
        "width,height,noise\n1,2,3\n,2,3\n");
  }

  @Test
  void aMissingLabel() throws Exception {
    trainOn(
        "DIR/bad.csv, line 3, column kind: a value is needed, got an empty cell",
        "a,kind\n1,x\n2,\n3,y\n");
  }

  @Test
  void aClassNeverSeenInTraining() throws Exception {
    explainRows(
        "DIR/bad.csv, line 2, column kind: one of daisy, rose is needed, got 'tulip'",
        "width,height,noise,kind\n1,2,3,tulip\n");
  }

  @Test
  void oneClassOnly() throws Exception {
    trainOn(
        "DIR/bad.csv, column kind: at least two classes are needed, got only 'x'",
        "a,kind\n1,x\n2,x\n");
  }

  @Test
  void tooFewRows() throws Exception {
    trainOn(
        "DIR/bad.csv: two rows of each of 2 classes are needed to train and to judge, got"
            + " 2 rows",
        "a,kind\n1,x\n2,y\n");
  }

  // ---- models ----

  @Test
  void aMissingModel() {
    refused(
        "DIR/none: a model file is needed, got none of this name",
        "explain",
        "--model",
        folder.resolve("none"),
        flowers,
        "--out",
        out("out.csv"));
  }

  @Test
  void aTruncatedModel() throws Exception {
    byte[] whole = Files.readAllBytes(model);
    Path bad =
        Files.write(folder.resolve("bad.safetensors"), Arrays.copyOf(whole, whole.length - 9));
    Ran ran = Ran.of("explain", "--model", bad, flowers, "--out", out("out.csv"));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .hasLineCount(1)
        .startsWith("backlight: " + bad + ": ")
        .contains("needs 2", " got 2");
  }

  @Test
  void everyTruncationIsRefusedInOneLine() throws Exception {
    byte[] whole = Files.readAllBytes(model);
    for (int length = 0; length < whole.length; length += 1 + length / 3) {
      Path bad = Files.write(folder.resolve("bad.safetensors"), Arrays.copyOf(whole, length));
      Ran ran = Ran.of("explain", "--model", bad, flowers, "--out", out("out.csv"));
      assertThat(ran.code()).as("%d bytes: %s", length, ran.err()).isEqualTo(2);
      assertThat(ran.err()).hasLineCount(1).startsWith("backlight: " + bad + ": ");
    }
  }

  @Test
  void anOversizedHeader() throws Exception {
    byte[] bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 60).array();
    Path bad = Files.write(folder.resolve("bad.safetensors"), bytes);
    Ran ran = Ran.of("explain", "--model", bad, flowers, "--out", out("out.csv"));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .hasLineCount(1)
        .startsWith("backlight: " + bad + ": ")
        .contains("got a length of " + (1L << 60));
  }

  @Test
  void tensorsThatAreNoModel() throws Exception {
    Path bad = folder.resolve("bad.safetensors");
    Safetensors.of(Map.of("a", Tensor.of(1f))).write(bad);
    explainWith(
        "DIR/bad.safetensors: a note 'backlight' is needed, got a file without it",
        Files.readAllBytes(bad));
  }

  @Test
  void aModelWithALayerOfTheWrongShape() throws Exception {
    Safetensors stored = Safetensors.read(model);
    Map<String, Tensor> tensors = new java.util.LinkedHashMap<>(stored.tensors());
    tensors.put("model.layers.2.weight", Tensor.zeros(5, 16));
    Path bad = folder.resolve("bad.safetensors");
    new Safetensors(tensors, stored.metadata()).write(bad);
    explainWith(
        "DIR/bad.safetensors: parameters that fit the model are needed, got model.layers.2.weight"
            + " needs F32(32, 16), got F32(5, 16)",
        Files.readAllBytes(bad));
  }

  @Test
  void aTableAsAModel() throws Exception {
    Ran ran = Ran.of("explain", "--model", flowers, flowers, "--out", out("out.csv"));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).hasLineCount(1).startsWith("backlight: " + flowers + ": ");
  }

  // ---- places to write to ----

  @Test
  void aFolderThatIsNotThere() {
    refused(
        "cannot write DIR/no/m: no such directory " + folder.resolve("no"),
        "train",
        flowers,
        "--target",
        "kind",
        "--model",
        folder.resolve("no/m"));
    refused(
        "cannot write DIR/no/a.html: no such directory " + folder.resolve("no"),
        "explain",
        "--model",
        model,
        flowers,
        "--out",
        folder.resolve("no/a.html"));
  }

  // ---- options ----

  @Test
  void anUnknownMethod() {
    explain(
        "--method needs ig, saliency, gxi, lrp, occlusion or another of 'backlight methods', got"
            + " 'magic'",
        "--method",
        "magic");
  }

  @Test
  void anUnknownBaseline() {
    explain("--baseline needs mean or zeros, got 'ones'", "--baseline", "ones");
  }

  @Test
  void anUnknownTargetClass() {
    explain("--target-class needs one of daisy, rose, got 'tulip'", "--target-class", "tulip");
  }

  @Test
  void rowsThatAreNoCount() {
    explain("--rows needs a whole number of at least 1, or all, got 'few'", "--rows", "few");
    explain("--rows needs a whole number of at least 1, or all, got '0'", "--rows", "0");
  }

  @Test
  void aFormatThatIsNotWritten() {
    refused(
        "--out needs a name that ends in .html, .json or .csv, got 'out.png'",
        "explain",
        "--model",
        model,
        flowers,
        "--out",
        "out.png");
  }

  @Test
  void countsAndRatesOutOfRange() {
    train("--epochs needs a whole number of at least 1, got 0", "--epochs", 0);
    train("--batch needs a whole number of at least 1, got -4", "--batch", -4);
    train("--hidden needs a whole number of at least 1, got 0", "--hidden", "8,0");
    train("--lr needs a number above 0, got NaN", "--lr", "NaN");
    train("--validation needs a number between 0 and 1, got 1.5", "--validation", 1.5);
  }

  @Test
  void textForANumber() {
    train(
        "Invalid value for option '--epochs': 'many' is not an int; see 'backlight train --help'",
        "--epochs",
        "many");
  }

  @Test
  void aMissingOption() {
    refused(
        "Missing required option: '--target=COLUMN'; see 'backlight train --help'",
        "train",
        flowers,
        "--model",
        out("out"));
  }
}
