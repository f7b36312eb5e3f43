package dev.backlight.cli.demo;

import dev.backlight.cli.Method;
import dev.backlight.cli.Terminal;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Unflatten;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Rows;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Epoch;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A small convolutional network that reads handwritten digits.
///
/// @param network from 64 pixels of ink, 0 to 1, to 10 logits
/// @param held the scans that training never saw
/// @param rows their places in the file, from 0
/// @param predicted the answers to them
/// @param history of training
/// @param right explanations of some right answers: what spoke for the class
/// @param wrong explanations of wrong answers: what spoke for the class rather than the true one
/// @param faithfulness how well methods found what mattered
record DigitsStudy(
    Sequential network,
    Dataset held,
    int[] rows,
    int[] predicted,
    List<Epoch> history,
    List<Case> right,
    List<Case> wrong,
    Faithfulness faithfulness) {
  private static final int SHOWN_RIGHT = 5;
  private static final int SHOWN_WRONG = 6;

  /// The methods that draw heat maps, in the order of the columns.
  static final List<Method> METHODS =
      List.of(Method.SALIENCY, Method.GXI, Method.IG, Method.LRP, Method.OCCLUSION);

  /// One explained scan.
  ///
  /// @param scan its place among those held out
  /// @param maps an explanation by each of the methods
  record Case(int scan, List<Attribution> maps) {}

  static DigitsStudy run(Key key, Demo.Size size, Terminal terminal) throws IOException {
    Key[] keys = key.split(4);
    Dataset all = Samples.digits();
    Rows rows = Rows.stratified(all.y().toInts(), 0.2, keys[0]);
    Dataset held = all.select(rows.held());
    Fitted<Sequential> fitted =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(Adam.of(0.003))
            .epochs(size.digitEpochs())
            .batch(32)
            .key(keys[1])
            .progress(terminal.progress())
            .fit(network(keys[2]), all.select(rows.train()), held);
    Sequential network = fitted.model();
    int[] predicted = network.apply(held.x()).argmax(1).to(DType.I32).toInts();
    int[] truth = held.y().toInts();
    terminal.note("explaining " + size.judgedScans() + " scans by each method");
    return new DigitsStudy(
        network,
        held,
        rows.held(),
        predicted,
        fitted.history(),
        rightCases(network, held.x(), truth, predicted),
        wrongCases(network, held.x(), truth, predicted),
        Faithfulness.of(network, held.x(), predicted, size.judgedScans(), keys[3].key()));
  }

  private static Sequential network(Key key) {
    Key[] keys = key.split(3);
    return Sequential.of(
        Unflatten.to(1, 8, 8),
        Conv2d.of(1, 8, 3, Conv2dOptions.of().padding(1), keys[0]),
        Activation.RELU,
        MaxPool2d.of(2),
        Conv2d.of(8, 16, 3, Conv2dOptions.of().padding(1), keys[1]),
        Activation.RELU,
        MaxPool2d.of(2),
        new Flatten(),
        Linear.of(64, 10, keys[2]));
  }

  /// The first right answer for every other digit.
  private static List<Case> rightCases(Sequential network, Tensor x, int[] truth, int[] predicted) {
    List<Case> cases = new ArrayList<>();
    for (int digit = 0; cases.size() < SHOWN_RIGHT && digit < 10; digit += 2) {
      for (int i = 0; i < truth.length; i++) {
        if (truth[i] == digit && predicted[i] == digit) {
          cases.add(explained(network, x, i, Target.at(digit)));
          break;
        }
      }
    }
    return List.copyOf(cases);
  }

  private static List<Case> wrongCases(Sequential network, Tensor x, int[] truth, int[] predicted) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < truth.length && cases.size() < SHOWN_WRONG; i++) {
      if (predicted[i] != truth[i]) {
        cases.add(explained(network, x, i, Target.difference(predicted[i], truth[i])));
      }
    }
    return List.copyOf(cases);
  }

  private static Case explained(Sequential network, Tensor x, int scan, Target target) {
    Tensor one = x.slice(0, scan, scan + 1);
    return new Case(
        scan,
        METHODS.stream().map(m -> explainer(m).explain(network::apply, one, target)).toList());
  }

  /// The explainer of a method; integrated gradients to a tenth of a percent, which is less than
  /// can be seen. The kinks of ReLUs make every further digit cost ten times as many steps.
  static Explainer explainer(Method method) {
    return method == Method.IG
        ? IntegratedGradients.from(Baseline.zeros()).with(Quadrature.adaptive(5e-4))
        : method.explainer();
  }

  int truth(int scan) {
    return (int) held.y().at(scan);
  }

  /// How many of the scans held out are read rightly.
  int correct() {
    int correct = 0;
    for (int i = 0; i < predicted.length; i++) {
      correct += predicted[i] == truth(i) ? 1 : 0;
    }
    return correct;
  }

  double accuracy() {
    return (double) correct() / predicted.length;
  }
}
