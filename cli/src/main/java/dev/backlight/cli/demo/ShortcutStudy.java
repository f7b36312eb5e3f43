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
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Penalty;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// A network that learned a shortcut, and the same network cured by a prior on its explanations.
///
/// In every scan to train on, the 2 × 2 pixels of a corner hold the number of the digit in binary.
/// The weight of the prior is chosen on scans that are set aside for that: neither trained on nor
/// reported.
///
/// @param honest trained on scans without the patch: what can be reached
/// @param runs by the weight of the prior, the first without
/// @param validated how many scans the weight was chosen on
/// @param held the scans held out, without the patch
/// @param misled the same scans with the patch of another digit
/// @param other which digit the patch says
record ShortcutStudy(
    CureRun honest, List<CureRun> runs, int validated, Dataset held, Tensor misled, int[] other) {
  private static final double[] WEIGHTS = {0, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100};

  /// The pixels of the patch.
  static final List<Integer> PATCH = List.of(0, 1, 8, 9);

  private static final Explainer GRADIENTS =
      IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(16));

  /// What the sum over classes of the log-probabilities owes to a pixel must be nothing where the
  /// patch is: the loss of Ross and others (2017).
  private static final Target ALL_CLASSES =
      Target.of("sum of log-probabilities", logits -> logits.logSoftmax(1).sum(1));

  static ShortcutStudy run(Key key, Demo.Size size, Terminal terminal) throws IOException {
    Key[] keys = key.split(6);
    Dataset.Split digits = Samples.digits().split(0.3, keys[0]);
    Dataset held = digits.held();
    Dataset.Split seen = digits.train().split(0.25, keys[4]);
    int[] other = others(held, keys[1]);
    Tensor misled = patched(held.x(), other);
    Dataset aside = seen.held();
    Tensor asideMisled = patched(aside.x(), others(aside, keys[5]));
    Dataset train = seen.train();
    Tensor x = patched(train.x(), train.y().toInts());

    Trainer<Sequential> trainer =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(AdamW.of(0.003))
            .epochs(size.shortcutEpochs())
            .key(keys[2])
            .silent();
    Sequential first = Sequential.mlp(keys[3], Activation.TANH, 64, 32, 10);
    ToDoubleFunction<Sequential> validated =
        network -> accuracy(network, asideMisled, aside.y()) - share(network, aside);
    Sequential never = trainer.fit(first, train.x(), train.y()).model();
    CureRun honest = judged(0, never, validated.applyAsDouble(never), held, misled);
    List<CureRun> runs = new ArrayList<>();
    for (double weight : WEIGHTS) {
      terminal.note("a prior of weight " + Words.value(weight));
      Trainer<Sequential> how = weight == 0 ? trainer : trainer.penalty(prior(weight));
      Sequential network = how.fit(first, x, train.y()).model();
      runs.add(judged(weight, network, validated.applyAsDouble(network), held, misled));
    }
    return new ShortcutStudy(honest, List.copyOf(runs), aside.rows(), held, misled, other);
  }

  /// Another digit for each.
  private static int[] others(Dataset scans, Key key) {
    int[] truth = scans.y().toInts();
    int[] other = key.integers(Shape.of(truth.length), 1, 10).toInts();
    for (int i = 0; i < truth.length; i++) {
      other[i] = (truth[i] + other[i]) % 10;
    }
    return other;
  }

  private static Penalty<Sequential> prior(double weight) {
    AttributionPrior prior = AttributionPrior.rightReasons(mask(DType.F32)).times(weight);
    return (model, x, _, _) -> prior.of(new Saliency(), model::apply, x, ALL_CLASSES);
  }

  private static CureRun judged(
      double weight, Sequential network, double validated, Dataset held, Tensor misled) {
    return new CureRun(
        weight,
        network,
        validated,
        accuracy(network, held.x(), held.y()),
        accuracy(network, misled, held.y()),
        share(network, held));
  }

  private static double share(Sequential network, Dataset scans) {
    Tensor own = patched(scans.x(), scans.y().toInts());
    Tensor sizes =
        GRADIENTS.explain(network::apply, own, Target.each(scans.y())).scores().to(DType.F64).abs();
    return sizes.mul(mask(DType.F64)).sum(1).div(sizes.sum(1)).mean().item();
  }

  private static double accuracy(Sequential network, Tensor x, Tensor y) {
    return network.apply(x).argmax(1).to(y.dtype()).eq(y).to(DType.F64).mean().item();
  }

  private static Tensor mask(DType dtype) {
    double[] mask = new double[64];
    PATCH.forEach(pixel -> mask[pixel] = 1);
    return Tensor.of(mask).to(dtype);
  }

  /// Scans with these numbers written into the corner, the lowest bit first.
  private static Tensor patched(Tensor scans, int[] numbers) {
    double[] pixels = scans.toDoubles();
    for (int i = 0; i < numbers.length; i++) {
      for (int bit = 0; bit < 4; bit++) {
        pixels[64 * i + PATCH.get(bit)] = numbers[i] >> bit & 1;
      }
    }
    return Tensor.of(scans.shape(), pixels).to(scans.dtype());
  }

  CureRun before() {
    return runs.getFirst();
  }

  /// The one that does best on the scans set aside; of equal ones, that of the least weight.
  CureRun cured() {
    return CureRun.best(runs);
  }

  /// Scans that ink in the patch misleads before and does not after, one for every other digit.
  List<Integer> shown() {
    int[] truth = held.y().toInts();
    int[] before = before().network().apply(misled).argmax(1).to(DType.I32).toInts();
    int[] after = cured().network().apply(misled).argmax(1).to(DType.I32).toInts();
    List<Integer> shown = new ArrayList<>();
    for (int digit = 1; digit < 10; digit += 2) {
      for (int i = 0; i < truth.length; i++) {
        if (truth[i] == digit && other[i] > 0 && before[i] == other[i] && after[i] == digit) {
          shown.add(i);
          break;
        }
      }
    }
    return List.copyOf(shown);
  }

  /// What spoke for the digit that the patch says, rather than for the one that was written.
  Attribution contrast(CureRun run, int scan) {
    return GRADIENTS.explain(
        run.network()::apply,
        misled.slice(0, scan, scan + 1),
        Target.difference(other[scan], truth(scan)));
  }

  int truth(int scan) {
    return (int) held.y().at(scan);
  }
}
