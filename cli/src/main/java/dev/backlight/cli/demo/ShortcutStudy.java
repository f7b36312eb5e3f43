package dev.backlight.cli.demo;

import dev.backlight.cli.Terminal;
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
import dev.backlight.nn.data.Rows;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Penalty;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A network that learned a shortcut, and the same network cured by a prior on its explanations.
///
/// In every scan to train on, the 2 × 2 pixels of a corner hold the number of the digit in binary.
///
/// @param honest trained on scans without the patch: what can be reached
/// @param runs by the weight of the prior, the first without
/// @param held the scans held out, without the patch
/// @param misled the same scans with the patch of another digit
/// @param other which digit the patch says
record ShortcutStudy(Run honest, List<Run> runs, Dataset held, Tensor misled, int[] other) {
  private static final double[] WEIGHTS = {0, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100};

  /// The weight that is shown as the cure, chosen on the curve.
  static final double CURE = 1;

  /// The pixels of the patch.
  static final List<Integer> PATCH = List.of(0, 1, 8, 9);

  private static final Explainer GRADIENTS =
      IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(16));

  /// What the sum over classes of the log-probabilities owes to a pixel must be nothing where the
  /// patch is: the loss of Ross and others (2017).
  private static final Target ALL_CLASSES =
      Target.of("sum of log-probabilities", logits -> logits.logSoftmax(1).sum(1));

  /// One training.
  ///
  /// @param weight of the prior
  /// @param clean the share of right answers to scans without a patch
  /// @param fooled to scans with the patch of another digit
  /// @param share of the magnitude of integrated gradients that lies on the patch, the mean over
  ///   scans with their own patch
  record Run(double weight, Sequential network, double clean, double fooled, double share) {}

  static ShortcutStudy run(Key key, Demo.Size size, Terminal terminal) throws IOException {
    Key[] keys = key.split(4);
    Dataset all = Samples.digits();
    Rows rows = Rows.stratified(all.y().toInts(), 0.3, keys[0]);
    Dataset train = all.select(rows.train());
    Dataset held = all.select(rows.held());
    int[] truth = held.y().toInts();
    int[] other = keys[1].integers(Shape.of(truth.length), 1, 10).toInts();
    for (int i = 0; i < truth.length; i++) {
      other[i] = (truth[i] + other[i]) % 10;
    }
    Tensor misled = patched(held.x(), other);
    Tensor x = patched(train.x(), train.y().toInts());

    Trainer<Sequential> trainer =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(AdamW.of(0.003))
            .epochs(size.shortcutEpochs())
            .key(keys[2])
            .silent();
    Sequential first = Sequential.mlp(keys[3], Activation.TANH, 64, 32, 10);
    Run honest = judged(0, trainer.fit(first, train.x(), train.y()).model(), held, misled);
    List<Run> runs = new ArrayList<>();
    for (double weight : WEIGHTS) {
      terminal.note("a prior of weight " + weight);
      Trainer<Sequential> how = weight == 0 ? trainer : trainer.penalty(prior(weight));
      runs.add(judged(weight, how.fit(first, x, train.y()).model(), held, misled));
    }
    return new ShortcutStudy(honest, List.copyOf(runs), held, misled, other);
  }

  private static Penalty<Sequential> prior(double weight) {
    AttributionPrior prior = AttributionPrior.rightReasons(mask(DType.F32)).times(weight);
    return (model, x, _, _) -> prior.of(new Saliency(), model::apply, x, ALL_CLASSES);
  }

  private static Run judged(double weight, Sequential network, Dataset held, Tensor misled) {
    Tensor own = patched(held.x(), held.y().toInts());
    Tensor sizes =
        GRADIENTS.explain(network::apply, own, Target.each(held.y())).scores().to(DType.F64).abs();
    Tensor share = sizes.mul(mask(DType.F64)).sum(1).div(sizes.sum(1)).mean();
    return new Run(
        weight,
        network,
        accuracy(network, held.x(), held.y()),
        accuracy(network, misled, held.y()),
        share.item());
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

  Run before() {
    return runs.getFirst();
  }

  Run cured() {
    return Objects.requireNonNull(
        runs.stream().filter(run -> run.weight() == CURE).findFirst().orElse(null));
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
  Attribution contrast(Run run, int scan) {
    return GRADIENTS.explain(
        run.network()::apply,
        misled.slice(0, scan, scan + 1),
        Target.difference(other[scan], truth(scan)));
  }

  int truth(int scan) {
    return (int) held.y().at(scan);
  }
}
