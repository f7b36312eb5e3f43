package dev.backlight.cli.bench;

import static dev.backlight.cli.bench.Answers.require;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.TensorExplainer;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import dev.backlight.nn.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Networks that are trained and explained.
final class ModelCases {
  private static final Target TARGET = Target.at(3);

  /// After so many steps on one batch the weights begin anew: gradients that have vanished are
  /// subnormal numbers, on which every machine is slow.
  private static final int STEPS = 200;

  private ModelCases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (Models model : Models.values()) {
      Case step =
          Case.of("train_" + lower(model) + "_b" + model.batch, () -> step(model))
              .quickly(model == Models.MLP)
              .asks(Demand.of("torch", model.trained));
      all.add(model == Models.MLP ? step.asks(Demand.of("jax", 1.15)) : step);
    }
    explaining(all);
    return all;
  }

  /// A training step on one batch, again and again.
  static Runnable step(Models of) {
    Sequential model = of.model();
    Tensor x = of.inputs(of.batch);
    Tensor y = of.labels(of.batch);
    Adam adam = Adam.of(1e-4);
    var before = new TrainingStep.Before<>(model, adam.start(model), KeyTensor.of(Key.of(0)), x, y);
    var player =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(adam)
            .step(model, x, y)
            .player()
            .feedback(
                after -> new TrainingStep.Carried<>(after.model(), after.state(), after.key()),
                in -> new TrainingStep.Carried<>(in.model(), in.state(), in.key()));
    player.set(before);
    player.play();
    double first = player.result().loss().item();
    for (int i = 0; i < 30; i++) {
      player.play();
    }
    double later = player.result().loss().item();
    if (!(later < first)) {
      throw new IllegalStateException("training needs a falling loss, got " + first + ", " + later);
    }
    player.set(before);
    int[] steps = new int[1];
    return () -> {
      player.play();
      if (++steps[0] % STEPS == 0) {
        player.set(before);
      }
    };
  }

  private static void explaining(List<Case> all) {
    for (Models model : List.of(Models.MLP, Models.CNN, Models.TRANSFORMER)) {
      String name = lower(model);
      boolean quick = model == Models.MLP;
      for (int inputs : new int[] {1, model.many}) {
        all.add(
            explained("inputgrad_" + name, model, inputs, new Saliency(false))
                .quickly(quick && inputs == 1));
        Case gathered =
            explained("ig50_" + name, model, inputs, gathered(50)).quickly(quick && inputs == 1);
        all.add(inputs == 1 ? one(model, gathered) : many(model, gathered));
      }
      all.add(explained("ig256_" + name, model, 1, gathered(256)));
    }
  }

  private static Case one(Models model, Case what) {
    Case asked = what.asks(Demand.of("torch", model.explained));
    return model == Models.MLP
        ? asked.asks(Demand.of("jax", 2.5)).asks(Demand.of("captum", 12))
        : asked;
  }

  private static Case many(Models model, Case what) {
    return model == Models.MLP ? what.asks(Demand.of("torch", 4)).asks(Demand.of("jax", 2)) : what;
  }

  private static IntegratedGradients gathered(int nodes) {
    return IntegratedGradients.from(Baseline.zeros()).with(Quadrature.midpoint(nodes));
  }

  private static Case explained(String what, Models of, int inputs, TensorExplainer method) {
    String name = what + "_b" + inputs;
    return Case.of(
        name,
        () -> {
          Sequential model = of.model();
          Tensor x = of.inputs(inputs);
          Player<Tensor, Tensor> player =
              Tape.record((Tensor in) -> method.scores(model::apply, in, TARGET), x).player();
          Tensor scores = player.play(x);
          if (of == Models.TRANSFORMER) {
            // From zeros, where normalisation has no slope to speak of, few nodes are far off the
            // integral: the sum itself is asked, in the plain way.
            Tensor plain = method.scores(model::apply, x, TARGET);
            require(name, scores.sub(plain).abs().amax().item(), 0, 1e-3);
          } else if (method instanceof IntegratedGradients) {
            int[] axes = IntStream.range(1, x.rank()).toArray();
            double[] sums = scores.sum(axes).toDoubles();
            double[] here = model.apply(x).slice(1, 3, 4).toDoubles();
            double[] there = model.apply(x.mul(0)).slice(1, 3, 4).toDoubles();
            for (int i = 0; i < inputs; i++) {
              require(name, sums[i], here[i] - there[i], 0.1);
            }
          }
          return player::play;
        });
  }

  private static String lower(Models model) {
    return model.name().toLowerCase(Locale.ROOT);
  }
}
