package dev.backlight.cli.demo;

import dev.backlight.cli.Terminal;
import dev.backlight.cli.Words;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.AttributionPrior;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// A network that learned from a column that gives the diagnosis away, and the same network cured
/// by a prior on its explanations.
///
/// Beside the 30 measurements, standardised, a patient to train on has a column that is 1 for
/// malignant and -1 for benign. The weight of the prior is chosen on patients that are set aside.
///
/// @param honest trained with 0 in that column: what can be reached
/// @param runs by the weight of the prior, the first without
/// @param validated how many patients the weight was chosen on
/// @param names of all columns
/// @param raw what was measured of those held out, with 0 in the column
/// @param held the same, standardised
/// @param malignant whether the tumour was, 1 or 0
record LeakStudy(
    CureRun honest,
    List<CureRun> runs,
    int validated,
    List<String> names,
    Tensor raw,
    Tensor held,
    Tensor malignant) {
  private static final double[] WEIGHTS = {0, 1e-3, 1e-2, 0.1, 1, 10, 100};

  /// The place of the column.
  static final int LEAK = 30;

  private static final Explainer GRADIENTS = IntegratedGradients.from(Baseline.zeros());

  static LeakStudy run(Key key, Demo.Size size, Terminal terminal) throws IOException {
    Key[] keys = key.split(4);
    Dataset.Split patients = Samples.cancer().split(0.3, keys[0]);
    Dataset.Split seen = patients.train().split(0.25, keys[1]);
    Standardizer scaling = Standardizer.fit(seen.train().x());
    Tensor train = scaling.apply(seen.train().x());
    Tensor labels = malignant(seen.train());
    Tensor aside = scaling.apply(seen.held().x());
    Tensor asideLabels = malignant(seen.held());
    Tensor held = scaling.apply(patients.held().x());
    Tensor heldLabels = malignant(patients.held());

    Trainer<Sequential> trainer =
        Trainer.binary(Sequential::apply)
            .optimizer(AdamW.of(0.003))
            .epochs(size.cancerEpochs())
            .batch(32)
            .key(keys[2])
            .silent();
    Sequential first = Sequential.mlp(keys[3], Activation.TANH, LEAK + 1, 16, 1);
    ToDoubleFunction<Sequential> validated =
        network ->
            right(network, leaked(aside, asideLabels, -1), asideLabels)
                - share(network, aside, asideLabels);
    List<CureRun> runs = new ArrayList<>();
    Sequential never = trainer.fit(first, leaked(train, labels, 0), labels).model();
    runs.add(judged(0, never, validated, held, heldLabels));
    for (double weight : WEIGHTS) {
      terminal.note("a prior of weight " + Words.value(weight));
      AttributionPrior prior = AttributionPrior.rightReasons(mask()).times(weight);
      Trainer<Sequential> how =
          weight == 0
              ? trainer
              : trainer.penalty(
                  (model, x, _, _) -> prior.of(new Saliency(), model::apply, x, Target.only()));
      Sequential network = how.fit(first, leaked(train, labels, 1), labels).model();
      runs.add(judged(weight, network, validated, held, heldLabels));
    }
    List<String> names = new ArrayList<>();
    patients.held().features().forEach(name -> names.add(name.replace('_', ' ')));
    names.add("the column");
    return new LeakStudy(
        runs.getFirst(),
        List.copyOf(runs.subList(1, runs.size())),
        seen.held().rows(),
        List.copyOf(names),
        leaked(patients.held().x(), heldLabels, 0),
        held,
        heldLabels);
  }

  private static Tensor malignant(Dataset patients) {
    return patients.y().to(DType.F32).unsqueeze(1);
  }

  /// With the column that tells the truth, 1, nothing, 0, or the opposite, -1.
  private static Tensor leaked(Tensor x, Tensor malignant, int truth) {
    return Tensor.concat(1, x, malignant.mul(2).sub(1).mul(truth).to(x.dtype()));
  }

  private static Tensor mask() {
    return Tensor.concat(
        0, Tensor.zeros(Shape.of(LEAK), DType.F32), Tensor.ones(Shape.of(1), DType.F32));
  }

  private static CureRun judged(
      double weight,
      Sequential network,
      ToDoubleFunction<Sequential> validated,
      Tensor held,
      Tensor malignant) {
    return new CureRun(
        weight,
        network,
        validated.applyAsDouble(network),
        right(network, leaked(held, malignant, 0), malignant),
        right(network, leaked(held, malignant, -1), malignant),
        share(network, held, malignant));
  }

  private static double right(Sequential network, Tensor x, Tensor malignant) {
    return network.apply(x).gt(0).eq(malignant.gt(0.5)).to(DType.F64).mean().item();
  }

  private static double share(Sequential network, Tensor x, Tensor malignant) {
    Tensor sizes =
        GRADIENTS
            .explain(network::apply, leaked(x, malignant, 1), Target.only())
            .scores()
            .to(DType.F64)
            .abs();
    return sizes.slice(1, LEAK, LEAK + 1).squeeze(1).div(sizes.sum(1)).mean().item();
  }

  CureRun before() {
    return runs.getFirst();
  }

  /// The one that does best on the patients set aside; of equal ones, that of the least weight.
  CureRun cured() {
    return CureRun.best(runs);
  }

  /// The explanation of every patient held out, whose column says the opposite, from the average
  /// patient without a column.
  Attribution misled(CureRun run) {
    return GRADIENTS.explain(run.network()::apply, leaked(held, malignant, -1), Target.only());
  }

  /// Of those whom the column misleads before and not after, the one whom it moves most.
  int shown() {
    Attribution before = misled(before());
    Attribution after = misled(cured());
    return IntStream.range(0, held.size(0))
        .boxed()
        .max(
            Comparator.<Integer, Boolean>comparing(i -> !isRight(before, i) && isRight(after, i))
                .thenComparingDouble(i -> Math.abs(before.scores().at(i, LEAK))))
        .orElseThrow();
  }

  boolean isMalignant(int patient) {
    return malignant.at(patient, 0) == 1;
  }

  private boolean isRight(Attribution explained, int patient) {
    return explained.output().at(patient) > 0 == isMalignant(patient);
  }
}
