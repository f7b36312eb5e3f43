package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.Activation;
import dev.backlight.nn.DecoderBlock;
import dev.backlight.nn.Embedding;
import dev.backlight.nn.GroupNorm;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MultiHeadAttention;
import dev.backlight.nn.Parameters;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.RmsNorm;
import dev.backlight.nn.Sequential;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// State dicts of PyTorch's own layers against what PyTorch answered:
/// `src/test/reference/models_reference.py` wrote both.
class TorchWeightsTest {
  private static final Key KEY = Key.of(1);

  private static Map<String, Tensor> state(String name) throws IOException {
    try (InputStream in = in(name + ".safetensors")) {
      return Safetensors.read(in, name).tensors();
    }
  }

  private static InputStream in(String file) {
    return Objects.requireNonNull(TorchWeightsTest.class.getResourceAsStream("/models/" + file));
  }

  private static List<?> list(String name, String of) throws IOException {
    try (InputStream in = in("models.json")) {
      Map<?, ?> file = (Map<?, ?>) Objects.requireNonNull(Json.parse(in.readAllBytes()));
      Map<?, ?> cases = (Map<?, ?>) Objects.requireNonNull(file.get("cases"));
      Map<?, ?> one = (Map<?, ?>) Objects.requireNonNull(cases.get(name));
      return (List<?>) Objects.requireNonNull(one.get(of));
    }
  }

  private static Tensor answer(String name) throws IOException {
    int[] shape = list(name, "shape").stream().mapToInt(v -> ((Number) v).intValue()).toArray();
    double[] values =
        list(name, "values").stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    return Tensor.of(Shape.of(shape), values);
  }

  private static Tensor tokens() {
    return Tensor.arange(12, DType.I32).square().remainder(7).reshape(2, 6);
  }

  private static Tensor numbers(int... shape) {
    int size = Shape.of(shape).elements();
    return Tensor.arange(size, DType.F64).square().div(100).sin().to(DType.F32).reshape(shape);
  }

  private static <M> void answers(String name, M like, BiFunction<M, Tensor, Tensor> run, Tensor x)
      throws IOException {
    Tensor got = run.apply(TorchWeights.from(like, state(name), name), x);
    Tensor wanted = answer(name);
    assertThat(got.shape()).isEqualTo(wanted.shape());
    double far = got.to(DType.F64).sub(wanted).abs().amax().item();
    assertThat(far).isLessThan(3e-6 * wanted.abs().amax().item());
  }

  private static LstmClassifier reader(Recurrent.Kind kind) {
    return new LstmClassifier(
        Embedding.of(7, 5, KEY),
        Recurrent.of(kind, 5, 4, 2, true, DType.F32, KEY),
        Linear.of(8, 3, KEY));
  }

  @ParameterizedTest
  @CsvSource({"lstm, LSTM", "gru, GRU", "rnn, RNN"})
  void recurrentLayersAnswerAsInPyTorch(String name, Recurrent.Kind kind) throws IOException {
    answers(name, reader(kind), LstmClassifier::apply, tokens());
  }

  @Test
  void transformersAnswerAsInPyTorch() throws IOException {
    TransformerClassifier looker = TransformerClassifier.of(7, 6, 8, 2, 2, 3, KEY);
    answers("transformer", looker, TransformerClassifier::apply, tokens());
    answers("gpt", TinyGpt.of(7, 6, 8, 2, 2, KEY), TinyGpt::apply, tokens());
    answers(
        "decoder",
        Map.of("block", DecoderBlock.of(8, 2, 16, KEY)),
        (model, x) ->
            Objects.requireNonNull(model.get("block")).apply(x.slice(1, 0, 4), x.slice(1, 4, 9)),
        numbers(2, 9, 8));
  }

  @Test
  void aUNetAnswersAsInPyTorch() throws IOException {
    answers("unet", UNet.of(2, 3, 2, 2, KEY), UNet::apply, numbers(2, 2, 8, 12));
  }

  /// What is written has the names and shapes that PyTorch has, and is read back; the two biases of
  /// PyTorch's recurrent layers become one, so that theirs are not ours.
  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn", "transformer", "gpt", "unet"})
  void whatIsWrittenHasPyTorchsFormAndIsReadBack(String name) throws IOException {
    Object like =
        switch (name) {
          case "lstm" -> reader(Recurrent.Kind.LSTM);
          case "gru" -> reader(Recurrent.Kind.GRU);
          case "rnn" -> reader(Recurrent.Kind.RNN);
          case "transformer" -> TransformerClassifier.of(7, 6, 8, 2, 2, 3, KEY);
          case "gpt" -> TinyGpt.of(7, 6, 8, 2, 2, KEY);
          default -> UNet.of(2, 3, 2, 2, KEY);
        };
    Map<String, Tensor> theirs = new LinkedHashMap<>(state(name));
    theirs.keySet().removeIf(key -> key.endsWith("num_batches_tracked"));
    Object model = TorchWeights.from(like, theirs, name);
    Map<String, Tensor> written = TorchWeights.of(model);
    assertThat(written.keySet()).isEqualTo(theirs.keySet());
    theirs.forEach(
        (key, tensor) -> assertThat(written.get(key).spec()).as(key).isEqualTo(tensor.spec()));

    Map<String, Tensor> again = Parameters.of(TorchWeights.from(like, written, name));
    Parameters.of(model)
        .forEach((key, tensor) -> assertThat(again.get(key).sameAs(tensor)).as(key).isTrue());
  }

  @Test
  void otherLayersKeepTheirPaths() {
    Sequential net =
        Sequential.of(
            Linear.of(4, 6, KEY),
            Activation.RELU,
            new GroupNorm(2, Tensor.ones(6), Tensor.zeros(6), 1e-5),
            RmsNorm.of(6),
            Linear.of(6, 2, KEY).withoutBias());
    assertThat(TorchWeights.of(net).keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "4.weight");
    assertThat(TorchWeights.of(Linear.of(4, 6, KEY)).get("weight").shape())
        .isEqualTo(Shape.of(6, 4));
  }

  @Test
  void attentionWithoutBiasesHasNoneInPyTorchEither() {
    MultiHeadAttention of = MultiHeadAttention.of(4, 2, KEY);
    Linear plain = of.query().withoutBias();
    MultiHeadAttention none =
        new MultiHeadAttention(plain, plain, of.value().withoutBias(), of.out(), 2, true, true, 0);
    assertThat(TorchWeights.of(none).keySet())
        .containsExactly("in_proj_weight", "out_proj.weight", "out_proj.bias");
    MultiHeadAttention some =
        new MultiHeadAttention(plain, of.key(), of.value(), of.out(), 2, false, false, 0);
    assertThatThrownBy(() -> TorchWeights.of(Map.of("look", some)))
        .hasMessage(
            "PyTorch's attention needs biases of query, key and value or none, got 2 at look");
  }

  @Test
  void tiedTensorsNeedTheSameNumbers() throws IOException {
    Linear one = Linear.of(2, 2, KEY).withoutBias();
    Sequential tied = Sequential.of(one, one);
    Map<String, Tensor> state = new LinkedHashMap<>(TorchWeights.of(tied));
    Tensor ones = Tensor.ones(Shape.of(2, 2), DType.F32);
    state.put("1.weight", ones);
    assertThatThrownBy(() -> TorchWeights.from(tied, state, "tied"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "tied: parameters that fit the model are needed, got 1.weight is tied to another in the"
                + " model, got other numbers");
    state.put("0.weight", ones);
    Sequential loaded = TorchWeights.from(tied, state, "tied");
    assertThat(Parameters.count(loaded)).isEqualTo(4);
  }
}
