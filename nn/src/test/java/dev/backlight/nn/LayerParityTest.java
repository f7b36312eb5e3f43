package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.Interpolation;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Recurrent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every layer with parameters against PyTorch: values, and gradients of inputs and parameters, in
/// both precisions. The cases have the parameters as PyTorch lays them out.
class LayerParityTest {
  private static final Map<String, Parity.Fn> LAYERS = new HashMap<>();

  private interface Made {
    Tensor of(List<Tensor> in);
  }

  private static void one(String name, Made made) {
    LAYERS.put(name, in -> List.of(made.of(in)));
  }

  private static void layer(String name, Layer layer) {
    one(name, p -> layer.apply(p.get(0)));
  }

  private static Linear linear(Tensor weight, Tensor bias) {
    return new Linear(weight.transpose(), bias);
  }

  static {
    one("linear", p -> linear(p.get(1), p.get(2)).apply(p.get(0)));
    one("bilinear", p -> new Bilinear(p.get(2), p.get(3)).apply(p.get(0), p.get(1)));
    one("embedding", p -> new Embedding(p.get(1)).apply(p.get(0)));
    Conv2dOptions strided = Conv2dOptions.of().stride(2).padding(1).groups(2);
    one("conv2d", p -> new Conv2d(p.get(1), p.get(2), strided).apply(p.get(0)));
    ConvOptions plain = ConvOptions.of();
    one("conv1d", p -> new Conv1d(p.get(1), p.get(2), plain.stride(2).padding(1)).apply(p.get(0)));
    one("conv3d", p -> new Conv3d(p.get(1), p.get(2), plain.padding(1)).apply(p.get(0)));
    one(
        "convTranspose1d",
        p -> new ConvTranspose1d(p.get(1), p.get(2), plain.stride(2)).apply(p.get(0)));
    ConvOptions larger = plain.stride(2).padding(1).outputPadding(1);
    one("convTranspose2d", p -> new ConvTranspose2d(p.get(1), p.get(2), larger).apply(p.get(0)));
    one("convTranspose3d", p -> new ConvTranspose3d(p.get(1), p.get(2), plain).apply(p.get(0)));
    one("batchNorm", p -> batchNorm(p).apply(p.get(0)));
    LAYERS.put(
        "batchNorm/training",
        p -> {
          Train pass = Train.with(KeyTensor.of(Key.of(0)));
          BatchNorm norm = batchNorm(p);
          Tensor y = norm.train(p.get(0), pass);
          return List.of(y, pass.latest(norm.mean()), pass.latest(norm.variance()));
        });
    one("layerNorm", p -> new LayerNorm(p.get(1), p.get(2), 1e-5).apply(p.get(0)));
    one("rmsNorm", p -> new RmsNorm(p.get(1), 1e-6).apply(p.get(0)));
    one("groupNorm", p -> new GroupNorm(2, p.get(1), p.get(2), 1e-5).apply(p.get(0)));
    one("instanceNorm", p -> new InstanceNorm(p.get(1), p.get(2), 1e-5).apply(p.get(0)));
    one("prelu", p -> new PRelu(p.get(1)).apply(p.get(0)));
    one("prelu/one", p -> new PRelu(p.get(1)).apply(p.get(0)));
    for (Kind kind : Kind.values()) {
      String name = kind.name().toLowerCase(java.util.Locale.ROOT);
      LAYERS.put(name, p -> recurrent(kind, 1, false, p, null));
      LAYERS.put(name + "/deep", p -> recurrent(kind, 2, true, p, null));
      LAYERS.put(name + "/lengths", p -> recurrent(kind, 2, true, p, Tensor.of(4, 1, 3)));
    }
    one("attention", p -> attention(p, 1).apply(p.get(0)));
    one("attention/causal", p -> attention(p, 1).causally().apply(p.get(0)));
    one(
        "attention/cross",
        p ->
            attention(p, 2)
                .attend(p.get(0), p.get(1), Positions.lengths(Tensor.of(2, 5), 5), null));
    one("transformerBlock", p -> encoder(p).apply(p.get(0)));
    one("transformerBlock/behind", p -> encoder(p).normalisingBehind().apply(p.get(0)));
    one("decoderBlock", p -> decoder(p).apply(p.get(0), p.get(1)));
    one("decoderBlock/behind", p -> decoder(p).normalisingBehind().apply(p.get(0), p.get(1)));
    for (int d = 1; d <= 3; d++) {
      PoolOptions pool = PoolOptions.of(3).stride(2).padding(1);
      Pool2dOptions square = Pool2dOptions.of(3).stride(2).padding(1);
      Layer mean =
          d == 1 ? new AvgPool1d(pool) : d == 2 ? new AvgPool2d(square) : new AvgPool3d(pool);
      Layer most =
          d == 1 ? new MaxPool1d(pool) : d == 2 ? new MaxPool2d(square) : new MaxPool3d(pool);
      int[] many = new int[][] {{3}, {2, 3}, {2, 3, 1}}[d - 1];
      layer("avgPool" + d + "d", mean);
      layer("maxPool" + d + "d", most);
      layer("adaptiveAvgPool/" + d, AdaptiveAvgPool.to(many));
      layer("adaptiveMaxPool/" + d, AdaptiveMaxPool.to(many));
      layer("globalAvgPool/" + d, new GlobalAvgPool());
      layer("globalMaxPool/" + d, new GlobalMaxPool());
      layer("upsample/nearest" + d, Upsample.nearest(2));
      layer("upsample/linear" + d, Upsample.linear(3));
    }
    layer("upsample/cubic", new Upsample(Interpolation.CUBIC, 2));
    layer("lpPool2d", new LpPool2d(3, 2, 1));
    layer("flatten", new Flatten());
    layer("unflatten", Unflatten.to(2, 3));
    one("residual", p -> Residual.of(linear(p.get(1), p.get(2))).apply(p.get(0)));
    one("learnedPositions", p -> new LearnedPositions(p.get(1)).apply(p.get(0)));
    layer("leakyRelu", new LeakyRelu(.2));
    for (Activation activation : Activation.values()) {
      layer("activation/" + activation.kind().replace("_", ""), activation);
    }
    one("sinusoidal", p -> new SinusoidalPositions().apply(p.get(0)));
    one("rotary", p -> Positions.rotary(p.get(0), 2));
  }

  private static BatchNorm batchNorm(List<Tensor> p) {
    Tensor mean = p.get(3).stopGradient();
    return new BatchNorm(p.get(1), p.get(2), mean, p.get(4).stopGradient().abs(), 1e-5, .3);
  }

  private static List<Tensor> recurrent(
      Kind kind, int layers, boolean both, List<Tensor> p, @Nullable Tensor lengths) {
    List<Cell> forward = new ArrayList<>();
    List<Cell> backward = new ArrayList<>();
    for (int i = 0; i < layers * (both ? 2 : 1); i++) {
      List<Tensor> of = p.subList(1 + 4 * i, 5 + 4 * i);
      (both && i % 2 == 1 ? backward : forward).add(cell(kind, of));
    }
    Recurrent.Run run = new Recurrent(forward, backward, 0, false).run(p.getFirst(), lengths, null);
    List<Tensor> last = run.states().stream().map(List::getFirst).toList();
    return List.of(run.outputs(), Tensor.stack(0, last));
  }

  private static Cell cell(Kind kind, List<Tensor> p) {
    Tensor input = p.get(0).transpose();
    Tensor recurrent = p.get(1).transpose();
    Tensor bias = p.get(2).add(p.get(3));
    return switch (kind) {
      case RNN -> new RnnCell(input, recurrent, bias);
      case LSTM -> new LstmCell(input, recurrent, bias);
      case GRU -> {
        Tensor none = Tensor.zeros(p.get(3).slice(0, 4, 6).shape(), bias.dtype());
        Tensor gates = Tensor.concat(0, p.get(3).slice(0, 0, 4), none);
        yield new GruCell(input, recurrent, p.get(2).add(gates), p.get(3).slice(0, 4, 6));
      }
    };
  }

  private static MultiHeadAttention attention(List<Tensor> p, int from) {
    List<Tensor> w = p.get(from).split(0, 4, 4, 4);
    List<Tensor> b = p.get(from + 1).split(0, 4, 4, 4);
    return new MultiHeadAttention(
        linear(w.get(0), b.get(0)),
        linear(w.get(1), b.get(1)),
        linear(w.get(2), b.get(2)),
        linear(p.get(from + 2), p.get(from + 3)),
        2,
        false,
        false,
        0);
  }

  private static TransformerBlock block(List<Tensor> p, int own, int dense, int norm2) {
    return new TransformerBlock(
        attention(p, own),
        new LayerNorm(p.get(dense + 4), p.get(dense + 5), 1e-5),
        linear(p.get(dense), p.get(dense + 1)),
        linear(p.get(dense + 2), p.get(dense + 3)),
        new LayerNorm(p.get(norm2), p.get(norm2 + 1), 1e-5),
        Activation.GELU,
        0,
        true);
  }

  private static TransformerBlock encoder(List<Tensor> p) {
    return block(p, 1, 5, 11);
  }

  private static DecoderBlock decoder(List<Tensor> p) {
    return new DecoderBlock(
        block(p, 2, 10, 18).causally(), attention(p, 6), new LayerNorm(p.get(16), p.get(17), 1e-5));
  }

  static List<Parity.Case> cases() {
    return Parity.cases("layers");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfPyTorch(Parity.Case c) {
    c.check(Objects.requireNonNull(LAYERS.get(c.name()), c.name()));
  }

  /// All but those that draw, which [LayersTest] asks for their distribution, and those that are
  /// made of others, and the standardizer, which [StandardizerTest] asks.
  @Test
  void everyLayerHasACase() throws IOException {
    Set<String> asked =
        LAYERS.keySet().stream()
            .map(name -> name.split("/")[0].toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    asked.addAll(List.of("dropout", "spatialdropout", "alphadropout", "sequential", "classifier"));
    asked.add("standardizer");
    asked.addAll(List.of("multiheadattention", "recurrent", "sinusoidalpositions"));
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/backlight/nn"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        if (Pattern.compile("(record|enum|class) " + name + "\\b[^{]*implements [^{]*\\bLayer\\b")
            .matcher(Files.readString(file))
            .find()) {
          assertThat(asked).as(name).contains(name.toLowerCase(Locale.ROOT));
        }
      }
    }
  }

  @Test
  void everyFunctionHasACase() {
    assertThat(cases().stream().map(Parity.Case::name).collect(Collectors.toSet()))
        .isEqualTo(LAYERS.keySet());
  }
}
