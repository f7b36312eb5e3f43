package dev.backlight.cli.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Things that grow, each with the law that its cost should follow.
@SuppressWarnings("ImmutableEnumChecker") // what an enum constant holds is never changed
enum ScalingCases {
  /// A product of two square matrices.
  SIZE(
      "rows and columns of a product",
      "Products of square matrices of floats: n³ multiplications and additions.",
      n -> Math.pow(n, 3) / 1e6,
      32,
      64,
      128,
      256,
      512,
      1024,
      2048) {
    @Override
    Player<?, ?> player(int n) {
      List<Tensor> in =
          Arrays.stream(Key.of(1).split(2))
              .map(key -> key.normal(Shape.of(n, n), DType.F32))
              .toList();
      Player<List<Tensor>, Tensor> player =
          Tape.record((List<Tensor> v) -> v.get(0).matmul(v.get(1)), in).player();
      player.play(in);
      return player;
    }
  },
  /// The gradient of a loss by the model.
  BATCH(
      "examples in a batch",
      "The gradient of a perceptron's loss (784-512-256-10) by its weights.",
      n -> n,
      1,
      4,
      16,
      64,
      256,
      1024) {
    @Override
    Player<?, ?> player(int n) {
      return gradient(Models.MLP.model(), Models.MLP.inputs(n), Models.MLP.labels(n));
    }
  },
  /// The same of ever deeper networks.
  DEPTH(
      "layers",
      "The gradient of the loss of networks with ever more layers of width 128, 64 examples.",
      n -> n,
      1,
      2,
      4,
      8,
      16,
      32,
      64,
      128) {
    @Override
    Player<?, ?> player(int n) {
      int[] widths = IntStream.range(0, n + 2).map(i -> i == n + 1 ? 10 : 128).toArray();
      Key[] keys = Key.of(2).split(2);
      return gradient(
          Sequential.mlp(keys[0], Activation.TANH, widths),
          keys[1].normal(Shape.of(64, 128), DType.F32),
          Models.MLP.labels(64));
    }
  },
  /// Integrated gradients with ever more nodes.
  NODES(
      "nodes of integrated gradients",
      "Integrated gradients of one answer of the perceptron; memory does not grow.",
      n -> n,
      8,
      16,
      32,
      64,
      128,
      256,
      512) {
    @Override
    Player<?, ?> player(int n) {
      Sequential model = Models.MLP.model();
      Tensor x = Models.MLP.inputs(1);
      IntegratedGradients method =
          IntegratedGradients.from(Baseline.zeros()).with(Quadrature.midpoint(n));
      Player<Tensor, Tensor> player =
          Tape.record((Tensor in) -> method.scores(model::apply, in, Target.at(3)), x).player();
      player.play(x);
      return player;
    }
  };

  final String what;
  final String caption;

  /// What the cost should be in proportion to.
  final IntToDoubleFunction units;

  private final int[] sizes;

  ScalingCases(String what, String caption, IntToDoubleFunction units, int... sizes) {
    this.what = what;
    this.caption = caption;
    this.units = units;
    this.sizes = sizes;
  }

  /// What is played again and again.
  abstract Player<?, ?> player(int n);

  private record Fit(Sequential model, Tensor x, Tensor y) {}

  private static Player<?, ?> gradient(Sequential model, Tensor x, Tensor y) {
    Fit fit = new Fit(model, x, y);
    Player<Fit, Sequential> player =
        Tape.record((Fit f) -> Losses.crossEntropy(f.model().apply(f.x()), f.y()), fit)
            .gradient(Fit::model)
            .player();
    player.play(fit);
    return player;
  }

  /// Times all of them and writes a JSON line for each.
  public static final class Main {
    private Main() {}

    /// Times and ends.
    public static void main(String[] args) {
      Clock clock = Clock.brisk();
      for (ScalingCases law : values()) {
        for (int n : law.sizes) {
          Player<?, ?> player = law.player(n);
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("law", law.name());
          line.put("x", n);
          line.put("us", clock.micros(player::play));
          line.put("kilobytes", player.bytes() / 1024.0);
          System.out.println(Json.write(line));
          System.out.flush();
        }
      }
      System.exit(0);
    }
  }
}
