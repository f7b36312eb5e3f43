package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightMapTest {
  private static final Key KEY = Key.of(4);

  @TempDir Path dir;

  record Words(Embedding embed, MultiHeadAttention attn, Recurrent lstm, Recurrent gru, Linear fc) {
    static Words fresh() {
      return new Words(
          Embedding.of(7, 4, KEY),
          MultiHeadAttention.of(4, 2, KEY),
          Recurrent.of(Recurrent.Kind.LSTM, 4, 3, 1, true, DType.F32, KEY),
          Recurrent.of(Recurrent.Kind.GRU, 6, 3, 1, KEY).lastOnly(),
          Linear.of(3, 2, KEY));
    }

    Tensor apply(Tensor tokens) {
      Tensor x = embed.apply(tokens);
      return fc.apply(gru.apply(lstm.apply(x.add(attn.apply(x)))));
    }
  }

  record Image(Conv2d conv, BatchNorm norm, Linear out) {
    Tensor apply(Tensor x) {
      Tensor y = norm.apply(conv.apply(x)).relu();
      return out.apply(y.reshape(x.size(0), 18));
    }
  }

  private static WeightMap torchWords() {
    return WeightMap.of()
        .torchAttention("attn", "attn")
        .torchRecurrent(Recurrent.Kind.LSTM, "lstm", "lstm", 1, true)
        .torchRecurrent(Recurrent.Kind.GRU, "gru", "gru", 1, false)
        .transpose("fc.weight");
  }

  @Test
  void aStateDictOfPyTorchGivesItsLogits() throws IOException {
    Path file = resource("statedict.safetensors");
    Words words = Parameters.load(Words.fresh(), file, torchWords());
    Tensor tokens = Tensor.of(Shape.of(2, 5), 0, 3, 1, 6, 2, 5, 5, 4, 0, 1);
    near(words.apply(tokens), "logits", 1e-6);
    Words wide =
        Parameters.load(Parameters.to(DType.F64, Words.fresh()), file, torchWords().casting());
    near(wide.apply(tokens), "logits", 1e-14);
  }

  @Test
  void weightsInTheLayoutsOfKerasGiveTheSameLogits() throws IOException {
    Image fresh =
        new Image(
            new Conv2d(Tensor.zeros(3, 2, 3, 2), Tensor.zeros(3), Conv2dOptions.of()),
            BatchNorm.of(3),
            Linear.of(18, 2, KEY));
    WeightMap keras =
        WeightMap.keras()
            .rename("conv2d", "conv")
            .rename("batch_normalization", "norm")
            .rename("dense", "out")
            // Keras flattens (h, w, c), we (c, h, w).
            .layout(w -> w.reshape(2, 3, 3, 2).permute(2, 0, 1, 3).reshape(18, 2), "out.weight")
            .casting();
    Image image = Parameters.load(Parameters.to(DType.F64, fresh), resource("keras.npz"), keras);
    Tensor pixels = Tensor.arange(64, DType.F64).sin().reshape(2, 2, 4, 4);
    near(image.apply(pixels), "image logits", 1e-14);
  }

  private static void near(Tensor got, String name, double tolerance) throws IOException {
    Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.read(resource("statedict.json")));
    double[] want =
        ((List<?>) Objects.requireNonNull(json.get(name)))
            .stream()
                .flatMap(row -> ((List<?>) row).stream())
                .mapToDouble(v -> ((Number) v).doubleValue())
                .toArray();
    assertThat(got.toDoubles()).containsExactly(want, within(tolerance));
  }

  private static Path resource(String name) throws IOException {
    try {
      return Path.of(
          Objects.requireNonNull(WeightMapTest.class.getResource("/data/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  record Deep(List<Linear> layers, Tensor scale) {}

  private static Deep deep() {
    return new Deep(
        List.of(Linear.of(3, 2, KEY), Linear.of(2, 4, KEY).withoutBias()), Tensor.ones(5));
  }

  @Test
  void namesAreReplacedByTheirBeginningsAndByNumber() throws IOException {
    Map<String, Tensor> state = new LinkedHashMap<>();
    Parameters.of(deep())
        .forEach((name, tensor) ->
            state.put(
                name.startsWith("layers.")
                    ? "model.blocks." + name.charAt(7) + ".proj" + name.substring(8)
                    : "model." + name,
                tensor));
    assertThat(state.keySet())
        .containsExactly(
            "model.blocks.0.proj.weight",
            "model.blocks.0.proj.bias",
            "model.blocks.1.proj.weight",
            "model.scale");
    WeightMap mapping =
        WeightMap.of().rename("model.blocks.*.proj", "layers.*").rename("model", "");
    Deep loaded = Parameters.from(deep(), state, mapping, "x");
    Parameters.of(deep())
        .forEach((name, tensor) ->
            assertThat(Parameters.of(loaded).get(name).sameAs(tensor)).as(name).isTrue());
  }

  @Test
  void aBeginningIsOfWholeComponents() {
    WeightMap mapping = WeightMap.of().rename("fc", "out").rename("", "net");
    assertThat(names(mapping, "fc.weight", "fc1.weight", "fc"))
        .containsExactly("out.weight", "net.fc1.weight", "out");
    assertThat(names(WeightMap.of().rename("**.gamma", "**.scale"), "a.b.gamma", "gamma"))
        .containsExactly("a.b.scale", "gamma");
    assertThat(names(WeightMap.of().rename("a.*.b.*", "$*.0*"), "a.1.b.2.w"))
        .containsExactly("$1.02.w");
    assertThat(names(WeightMap.of().ignore("**.steps", "*.n"), "a.b.steps", "a.n", "a.b.n"))
        .containsExactly("a.b.n");
    assertThatThrownBy(() -> WeightMap.of().rename("a.*", "b.*.*"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a renaming needs as many * in what it replaces, got 'a.*' and 'b.*.*'");
  }

  private static List<String> names(WeightMap mapping, String... names) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (String name : names) {
      state.put(name, Tensor.ones(1));
    }
    return mapping.apply(state).stream().map(WeightMap.Mapped::name).toList();
  }

  @Test
  void allMismatchesAreToldAtOnceWithTheNamesOfTheFile() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("fc.weight", Tensor.ones(2, 3));
    state.put("fc.bias", Tensor.zeros(Shape.of(2), DType.F64));
    state.put("gate", Tensor.ones(2));
    state.put("scale", Tensor.ones(5));
    state.put("gain", Tensor.ones(5));
    WeightMap mapping =
        WeightMap.of()
            .rename("fc", "layers.0")
            .rename("gain", "scale")
            .make("layers.1.weight", t -> t.getFirst().matmul(t.getLast()), "gate", "scale");
    state.put("extra", Tensor.ones(1));
    assertThatThrownBy(() -> Parameters.from(deep(), state, mapping, "m.safetensors"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "m.safetensors: parameters that fit the model are needed, got layers.0.weight"
                + " (fc.weight) needs F32(3, 2), got F32(2, 3); layers.0.bias (fc.bias) needs"
                + " F32(2), got F64(2); layers.1.weight (gate, scale): matmul needs (m, k) and (k, n), got (2) and (5);"
                + " extra is not in the model");
    assertThatThrownBy(
            () -> Parameters.from(deep(), Map.of(), mapping.transpose("scale"), "m.safetensors"))
        .hasMessage(
            "m.safetensors: parameters that fit the model are needed, got layers.0.weight is"
                + " missing; layers.0.bias is missing; layers.1.weight (gate, scale): gate is"
                + " missing in the file; scale is missing");
  }

  @Test
  void twoTensorsForOneParameterAreRefused() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("a", Tensor.ones(5));
    state.put("b", Tensor.ones(5));
    record One(Tensor a) {}
    assertThatThrownBy(() ->
            Parameters.from(new One(Tensor.ones(5)), state, WeightMap.of().rename("b", "a"), "x"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: parameters that fit the model are needed, got a and b are both a");
  }

  @Test
  void floatsAreConvertedOnlyWhenAsked() throws IOException {
    record One(Tensor a, Tensor n) {}
    One like = new One(Tensor.of(0f), Tensor.of(0));
    Map<String, Tensor> state = Map.of("a", Tensor.of(0.1), "n", Tensor.of(3L));
    assertThatThrownBy(() -> Parameters.from(like, state, WeightMap.of().casting(), "x"))
        .hasMessage("x: parameters that fit the model are needed, got n needs I32(1), got I64(1)");
    One loaded =
        Parameters.from(
            like, Map.of("a", Tensor.of(0.1), "n", Tensor.of(3)), WeightMap.of().casting(), "x");
    assertThat(loaded.a().sameAs(Tensor.of(0.1f))).isTrue();
  }

  @Test
  void severalFilesAreOneModel() throws IOException {
    Map<String, Tensor> all = Parameters.of(deep());
    Safetensors.of(Map.of("scale", all.get("scale"))).write(dir.resolve("1.safetensors"));
    Map<String, Tensor> rest = new LinkedHashMap<>(all);
    rest.remove("scale");
    Safetensors.of(rest).write(dir.resolve("2.safetensors"));
    Map<String, String> files = new LinkedHashMap<>();
    all.keySet().forEach(n -> files.put(n, n.equals("scale") ? "1.safetensors" : "2.safetensors"));
    Path index = dir.resolve("model.safetensors.index.json");
    Json.write(index, Map.of("weight_map", files));
    Deep loaded = Parameters.load(deep(), index);
    assertThat(loaded.layers().get(1).weight().sameAs(all.get("layers.1.weight"))).isTrue();
  }
}
