package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.PoolOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.DataException;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
  private static final Key KEY = Key.of(9);

  @TempDir Path dir;

  private static Classifier small() {
    return Classifier.of(
        Sequential.mlp(KEY, Activation.TANH, 2, 3, 2),
        new Standardizer(Tensor.of(1f, 2f), Tensor.of(2f, 4f)),
        List.of("a", "b"),
        List.of("no", "yes"),
        Map.of("rows", "12"));
  }

  /// One of every layer that can be saved.
  private static Classifier everyLayer() {
    Sequential model =
        Sequential.of(
            Unflatten.to(2, 6, 6),
            Conv2d.of(2, 4, 3, Conv2dOptions.of().padding(1).groups(2), KEY),
            BatchNorm.of(4),
            new Dropout(.25),
            Activation.GELU,
            MaxPool2d.of(2),
            Conv2d.of(4, 3, 2, KEY.fold(1)).withoutBias(),
            LeakyRelu.of(),
            new AvgPool2d(Pool2dOptions.of(2).stride(1).padding(1).countPadding(false)),
            Sequential.of(new GlobalAvgPool(), new Flatten(), Linear.of(3, 3, KEY).withoutBias()),
            Activation.SOFTPLUS);
    return Classifier.of(
        Parameters.to(DType.F64, model),
        Standardizer.of(72, 8, 16, DType.F64),
        IntStream.range(0, 72).mapToObj(i -> "p" + i).toList(),
        List.of("x", "y", "z"),
        Map.of());
  }

  /// One of every other layer that can be saved.
  private static Classifier everySequenceLayer() {
    Recurrent deep = Recurrent.of(Recurrent.Kind.LSTM, 4, 2, 2, true, DType.F32, KEY).dropout(.1);
    Sequential model =
        Sequential.of(
            Unflatten.to(3, 4),
            LearnedPositions.of(5, 4, KEY),
            new SinusoidalPositions(),
            TransformerBlock.of(4, 2, 8, KEY).causally().dropout(.1),
            Residual.of(MultiHeadAttention.of(4, 2, KEY).rotating(), RmsNorm.of(4)),
            new SpatialDropout(.1),
            new AlphaDropout(.1),
            deep,
            new LayerNorm(Tensor.ones(4), null, 1e-5),
            Recurrent.of(Recurrent.Kind.GRU, 4, 4, 1, KEY),
            GroupNorm.of(1, 3),
            InstanceNorm.of(3),
            PRelu.of(3),
            Recurrent.of(Recurrent.Kind.RNN, 4, 2, 1, KEY).lastOnly());
    return Classifier.of(
        model,
        Standardizer.of(12, 0, 1, DType.F32),
        IntStream.range(0, 12).mapToObj(i -> "p" + i).toList(),
        List.of("x", "y"),
        Map.of());
  }

  /// One of every layer with windows in one and three dimensions, and of those that resize.
  private static Classifier everyWindow() {
    ConvOptions around = ConvOptions.of().padding(1);
    Sequential model =
        Sequential.of(
            Unflatten.to(2, 8),
            Conv1d.of(2, 3, 3, around, KEY),
            ConvTranspose1d.of(3, 2, 2, ConvOptions.of().stride(2), KEY),
            MaxPool1d.of(2),
            AvgPool1d.of(2),
            Unflatten.to(2, 2, 2),
            Upsample.linear(2),
            ConvTranspose2d.of(2, 2, 3, around, KEY),
            new LpPool2d(2, 2, 2),
            AdaptiveMaxPool.to(4, 4),
            Unflatten.to(2, 2, 2, 4),
            Conv3d.of(2, 2, 3, around, KEY),
            ConvTranspose3d.of(2, 2, 2, ConvOptions.of().stride(2), KEY),
            MaxPool3d.of(2),
            new AvgPool3d(PoolOptions.of(1)),
            AdaptiveAvgPool.to(2, 2, 1),
            new GlobalMaxPool());
    return Classifier.of(
        model,
        Standardizer.of(16, 0, 1, DType.F32),
        IntStream.range(0, 16).mapToObj(i -> "p" + i).toList(),
        List.of("x", "y"),
        Map.of());
  }

  @Test
  void whatWouldGrowWithoutBoundIsRefused() throws IOException {
    Path file = dir.resolve("m.safetensors");
    everyWindow().save(file);
    Safetensors found = Safetensors.read(file);
    for (String[] change :
        new String[][] {
          {"\"factor\":2", "\"factor\":99999"},
          {"\"sizes\":[4,4]", "\"sizes\":[4,99999]"},
          {"\"stride\":[2]", "\"stride\":[99999]"}
        }) {
      String note = String.valueOf(found.metadata().get("backlight"));
      assertThat(note).contains(change[0]);
      new Safetensors(found.tensors(), Map.of("backlight", note.replace(change[0], change[1])))
          .write(file);
      assertThatThrownBy(() -> Classifier.load(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("of at most 64");
    }
  }

  @Test
  void everythingComesBackBitForBit() throws IOException {
    for (Classifier saved : List.of(small(), everyLayer(), everySequenceLayer(), everyWindow())) {
      Path file = dir.resolve("m.safetensors");
      saved.save(file);
      Classifier loaded = Classifier.load(file);
      assertThat(loaded.features()).isEqualTo(saved.features());
      assertThat(loaded.classes()).isEqualTo(saved.classes());
      assertThat(loaded.facts()).isEqualTo(saved.facts());
      assertThat(loaded.model().labels()).isEqualTo(saved.model().labels());
      Tensor x =
          KEY.normal(Shape.of(4, saved.features().size()), saved.standardizer().mean().dtype());
      assertThat(loaded.apply(x).sameAs(saved.apply(x))).isTrue();
      Path again = dir.resolve("again.safetensors");
      loaded.save(again);
      assertThat(again).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void rawNumbersArePreparedAndClassified() {
    Classifier c = small();
    Tensor x = Tensor.of(new float[][] {{3, 2}, {-1, 6}});
    Tensor prepared = Tensor.of(new float[][] {{1, 0}, {-1, 1}});
    assertThat(c.apply(x).sameAs(c.model().apply(prepared))).isTrue();
    assertThat(c.pipeline().labels())
        .containsExactly("standardizer1", "linear1", "tanh1", "linear2");
    double[] p = c.probabilities(x).toDoubles();
    assertThat(p[0] + p[1]).isEqualTo(1, org.assertj.core.api.Assertions.within(1e-6));
    assertThat(c.predict(x).at(0)).isEqualTo(p[1] > p[0] ? 1 : 0);
  }

  @Test
  void theColumnsOfATableAreFoundByName() {
    Table table = Csv.parse("x.csv", "id,b,a,kind\n7,6,-1,yes\n");
    assertThat(small().inputs(table).toFloats()).containsExactly(-1, 6);
    assertThat(small().examples(table, "kind").y().toInts()).containsExactly(1);
  }

  @Test
  void tablesThatDoNotFitTheModelAreRefused() {
    refused("a,c\n1,2\n", "x.csv: a column 'b' is needed, got a, c");
    refused("a,b\n1,2\nold,3\n", "x.csv, line 3, column a: a number is needed, got 'old'");
    Table table = Csv.parse("x.csv", "a,b,kind\n1,2,maybe\n");
    assertThatThrownBy(() -> small().examples(table, "kind"))
        .isInstanceOf(DataException.class)
        .hasMessage("x.csv, line 2, column kind: one of no, yes is needed, got 'maybe'");
  }

  private static void refused(String csv, String message) {
    Table table = Csv.parse("x.csv", csv);
    assertThatThrownBy(() -> small().inputs(table))
        .isInstanceOf(DataException.class)
        .hasMessage(message);
  }

  @Test
  void aClassifierAndItsExamplesAreStructuresOfTensorsToATape() {
    Classifier c = small();
    Dataset data = Dataset.xor();
    record Both(Classifier classifier, Dataset data) {}
    Tape<Both, Tensor> loss =
        Tape.record(
            in -> Losses.crossEntropy(in.classifier().apply(in.data().x()), in.data().y()),
            new Both(c, data));
    Classifier slope = loss.gradient(Both::classifier).run(new Both(c, data));
    assertThat(slope.standardizer().mean().toFloats()).containsOnly(0);
    Sequential alone =
        Grad.of(
                (Sequential m) ->
                    Losses.crossEntropy(m.apply(c.standardizer().apply(data.x())), data.y()),
                c.model())
            .grad();
    Parameters.of(alone)
        .forEach((name, tensor) ->
            assertThat(tensor.sameAs(Parameters.of(slope.model()).get(name))).as(name).isTrue());
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    Classifier c = small();
    assertThatThrownBy(
            () -> Classifier.of(c.model(), c.standardizer(), List.of("a"), c.classes(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a classifier of 2 columns needs as many names, got 1");
    assertThatThrownBy(() ->
            Classifier.of(
                c.model(), c.standardizer(), c.features(), List.of("a", "b", "c"), Map.of()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a classifier of 3 classes needs logits (n, 3), got (1, 2) for one row");
  }

  @Test
  void aLayerOfOnesOwnCannotBeSaved() {
    Classifier own =
        Classifier.of(
            small().model().then(x -> x.mul(2)),
            small().standardizer(),
            List.of("a", "b"),
            List.of("no", "yes"),
            Map.of());
    assertThatThrownBy(() -> own.save(dir.resolve("m.safetensors")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("saving needs layers of dev.backlight.nn, got layer at model.layers.3");
    assertThat(dir).isEmptyDirectory();
  }

  // ---- hostile files ----

  /// A file whose note says `from` where it now says `to`.
  private Path changed(String from, String to) throws IOException {
    Path file = dir.resolve("m.safetensors");
    small().save(file);
    Safetensors found = Safetensors.read(file);
    String note = found.metadata().get("backlight");
    assertThat(note).contains(from);
    new Safetensors(found.tensors(), Map.of("backlight", note.replace(from, to))).write(file);
    return file;
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> Classifier.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void filesOfOtherKindsAreRefused() throws IOException {
    Path file = dir.resolve("m.safetensors");
    Parameters.save(small().model(), file);
    refused(file, "a note 'backlight' is needed, got a file without it");
    refused(
        changed("\"version\":1", "\"version\":2"),
        "backlight: a classifier of version 1 is needed, got classifier of version 2");
    refused(
        changed("\"dtype\":\"F32\"", "\"dtype\":\"I32\""),
        "backlight: 'dtype' needs F32 or F64, got I32");
    refused(
        changed("{\"kind\"", "{kind"), "JSON needs a name in quotes at line 1, column 2, got 'k'");
  }

  @Test
  void aDescriptionThatMakesNoSenseIsRefused() throws IOException {
    refused(
        changed("\"tanh\"", "\"java.lang.Runtime\""),
        "backlight.model.layers.1: a layer of a known type is needed, got 'java.lang.Runtime'");
    refused(
        changed("\"weight\":[2,3]", "\"weight\":[-2,3]"),
        "backlight.model.layers.0: 'weight' needs a whole number of at least 1, got [-2, 3]");
    refused(
        changed("\"weight\":[2,3]", "\"weight\":[2000000000,3]"),
        "backlight.model.layers.0: 'weight' needs sizes that fit memory, got [2000000000, 3]");
    refused(
        changed("\"weight\":[2,3]", "\"height\":7"),
        "backlight.model.layers.0: 'weight' needs a list, got nothing");
    refused(
        changed("[\"a\",\"b\"]", "[\"a\",7]"),
        "backlight: 'features' needs a list of texts, got [a, 7]");
    refused(
        changed("{\"type\":\"tanh\"}", "7"),
        "backlight.model.layers.1: an object is needed, got 7");
    refused(
        changed("\"tanh\"", "\"globalavgpool\""),
        "layers that fit together are needed, got: globalAvgPool needs (n, c, ...) with places, got (1, 3)");
    refused(
        changed("[\"no\",\"yes\"]", "[\"no\"]"),
        "layers that fit together are needed, got: a classifier of 1 classes needs logits (n, 1),"
            + " got (1, 2) for one row");
  }

  @Test
  void aConvolutionCannotAskForEndlessPadding() throws IOException {
    Path file = dir.resolve("m.safetensors");
    everyLayer().save(file);
    Safetensors found = Safetensors.read(file);
    String note =
        found
            .metadata()
            .get("backlight")
            .replace("\"padH\":1,\"padW\":1,\"dilation", "\"padH\":1,\"padW\":99999,\"dilation");
    new Safetensors(found.tensors(), Map.of("backlight", note)).write(file);
    assertThatThrownBy(() -> Classifier.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(
            file
                + ": backlight.model.layers.1: a convolution needs strides and dilations of at most"
                + " 64 and padding within its window, got {type=conv2d, weight=[4, 1, 3, 3],"
                + " bias=[4], options={");
  }

  @Test
  void allParametersThatDoNotFitAreToldAtOnce() throws IOException {
    Path file = dir.resolve("m.safetensors");
    small().save(file);
    Safetensors found = Safetensors.read(file);
    Map<String, Tensor> tensors = new LinkedHashMap<>(found.tensors());
    tensors.remove("model.layers.2.bias");
    tensors.put("model.layers.0.weight", Tensor.zeros(5));
    tensors.put("extra", Tensor.zeros(1));
    new Safetensors(tensors, found.metadata()).write(file);
    refused(
        file,
        "parameters that fit the model are needed, got model.layers.0.weight needs F32(2, 3), got"
            + " F32(5); model.layers.2.bias is missing; extra is not in the model");
  }

  @Test
  void numbersThatAreNoneAreRefused() throws IOException {
    Path file = dir.resolve("m.safetensors");
    small().save(file);
    Safetensors found = Safetensors.read(file);
    Map<String, Tensor> tensors = new HashMap<>(found.tensors());
    tensors.put("standardizer.scale", Tensor.of(1f, 0f));
    new Safetensors(tensors, found.metadata()).write(file);
    refused(file, "standardizer.scale: finite numbers above 0 are needed, got others");
    tensors.put("standardizer.scale", Tensor.of(1f, 1f));
    tensors.put("model.layers.0.bias", Tensor.of(1f, Float.NaN, 0f));
    new Safetensors(tensors, found.metadata()).write(file);
    refused(file, "model.layers.0.bias: finite numbers are needed, got others");
  }

  @Test
  void aFileCutShortIsRefused() throws IOException {
    Path file = dir.resolve("m.safetensors");
    small().save(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Classifier.load(file)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void theNoteIsJsonThatOthersCanRead() throws IOException {
    Path file = dir.resolve("m.safetensors");
    small().save(file);
    Safetensors found = Safetensors.read(file);
    assertThat(found.tensors()).containsKeys("standardizer.mean", "model.layers.0.weight");
    assertThat(Json.parse(found.metadata().get("backlight")))
        .isEqualTo(
            Json.parse(
                """
                {"kind": "classifier", "version": 1, "dtype": "F32",
                 "features": ["a", "b"], "classes": ["no", "yes"],
                 "model": {"type": "sequential", "layers": [
                   {"type": "linear", "weight": [2, 3], "bias": [3]},
                   {"type": "tanh"},
                   {"type": "linear", "weight": [3, 2], "bias": [2]}]},
                 "facts": {"rows": "12"}}
                """));
  }
}
