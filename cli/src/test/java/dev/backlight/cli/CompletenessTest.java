package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Conductance;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Lrp;
import dev.backlight.explain.NodeContributions;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Parameters;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.Unflatten;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Explanations of trained networks on the demo's data add up: to 1e-6 in F64, to 1e-3 of the
/// answer in F32, at the input and at every layer that is a cut.
class CompletenessTest {
  private static final int EXPLAINED = 8;

  private record Case(Sequential model, Tensor x, Target target) {}

  private static Sequential withoutBiases(Sequential model) {
    return new Sequential(
        model.layers().stream()
            .map(layer ->
                switch (layer) {
                  case Linear linear -> linear.withoutBias();
                  case Conv2d conv -> conv.withoutBias();
                  default -> layer;
                })
            .map(Layer.class::cast)
            .toList());
  }

  // Each network is trained once; what is explained are its conversions.
  private static final Map<List<Object>, Sequential> TRAINED = new ConcurrentHashMap<>();

  private static Case xor(DType dtype, boolean biases) {
    return xor(dtype, biases, Activation.SIGMOID);
  }

  private static Case xor(DType dtype, boolean biases, Activation activation) {
    Dataset data = Dataset.xor().to(DType.F64);
    Sequential trained =
        TRAINED.computeIfAbsent(
            List.of("xor", biases, activation),
            _ -> {
              Sequential model = Sequential.mlp(Key.of(3), activation, DType.F64, 2, 4, 1);
              return Trainer.<Sequential>binary(Sequential::apply)
                  .optimizer(Adam.of(0.1))
                  .epochs(300)
                  .batch(4)
                  .key(Key.of(1))
                  .silent()
                  .fit(
                      biases ? model : withoutBiases(model),
                      data.x(),
                      data.y().to(DType.F64).unsqueeze(1))
                  .model();
            });
    return new Case(Parameters.to(dtype, trained), data.x().to(dtype), Target.at(0));
  }

  private static Case digits(DType dtype, boolean biases) {
    Key[] keys = Key.of(5).split(2);
    Sequential model =
        Sequential.of(
            Unflatten.to(1, 8, 8),
            Conv2d.of(1, 8, 3, keys[0]),
            Activation.RELU,
            MaxPool2d.of(2),
            new Flatten(),
            Linear.of(72, 10, keys[1]));
    return trained(dtype, biases, model, "digits.csv", "label", 2);
  }

  private static Case cancer(DType dtype, boolean biases) {
    Sequential model = Sequential.mlp(Key.of(6), Activation.RELU, 30, 16, 8, 2);
    return trained(dtype, biases, model, "breast_cancer.csv", "diagnosis", 5);
  }

  private static Case trained(
      DType dtype, boolean biases, Sequential model, String file, String target, int epochs) {
    Dataset raw = Dataset.of(Csv.read(Path.of("..", "data", file)), target);
    Dataset data = raw.with(Standardizer.fit(raw.x())::apply);
    Sequential trained =
        TRAINED.computeIfAbsent(
            List.of(file, biases),
            _ ->
                Trainer.<Sequential>classification(Sequential::apply)
                    .optimizer(Adam.of(3e-3))
                    .epochs(epochs)
                    .batch(64)
                    .key(Key.of(2))
                    .silent()
                    .fit(biases ? model : withoutBiases(model), data)
                    .model());
    Tensor x = data.x().slice(0, 0, EXPLAINED).to(dtype);
    return new Case(Parameters.to(dtype, trained), x, Target.predicted());
  }

  private static List<Case> cases(DType dtype, boolean biases) {
    return List.of(xor(dtype, biases), digits(dtype, biases), cancer(dtype, biases));
  }

  private static void assertComplete(DType dtype, Tensor residual, double relative) {
    if (dtype == DType.F64) {
      assertThat(residual.abs().amax().item()).isLessThan(1e-6);
    } else {
      assertThat(relative).isLessThan(1e-3);
    }
  }

  private static void assertComplete(DType dtype, NodeContributions nodes) {
    assertThat(nodes.cuts()).hasSizeGreaterThan(3);
    for (NodeContributions.Layer cut : nodes.cuts()) {
      assertComplete(dtype, nodes.residual(cut), nodes.relativeResidual());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void integratedGradientsAddUpWithBiases(DType dtype) {
    for (Case each : cases(dtype, true)) {
      Attribution a =
          IntegratedGradients.from(Baseline.zeros())
              .explain(each.model()::apply, each.x(), each.target());
      assertComplete(dtype, a.residual(), a.relativeResidual());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void nodeContributionsOfEveryCutAddUpWithBiases(DType dtype) {
    for (Case each : cases(dtype, true)) {
      assertComplete(
          dtype,
          Conductance.from(Baseline.zeros())
              .contributions(each.model()::apply, each.x(), each.target()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void relevanceIsConservedWithoutBiasesAtEveryCut(DType dtype) {
    // Without biases a sigmoid of nothing is still a half, which no input can answer for: at the
    // origin XOR is
    // asked of tanh, which is zero there; elsewhere of the sigmoid.
    Case sigmoid = xor(dtype, false);
    List<Case> cases =
        List.of(
            xor(dtype, false, Activation.TANH),
            new Case(sigmoid.model(), sigmoid.x().slice(0, 1, 4), sigmoid.target()),
            digits(dtype, false),
            cancer(dtype, false));
    for (Case each : cases) {
      Attribution a = Lrp.epsilon().explain(each.model()::apply, each.x(), each.target());
      assertComplete(dtype, a.residual(), a.relativeResidual());
      assertComplete(
          dtype, Lrp.epsilon().contributions(each.model()::apply, each.x(), each.target()));
    }
  }

  @Test
  void theNetworksAreTrained() {
    Case xor = xor(DType.F64, true);
    double[] logits = xor.model().apply(xor.x()).toDoubles();
    assertThat(logits[0]).isNegative();
    assertThat(logits[1]).isPositive();
    assertThat(logits[2]).isPositive();
    assertThat(logits[3]).isNegative();
  }
}
