package dev.backlight.cli.demo;

import dev.backlight.autodiff.Tape;
import dev.backlight.cli.Terminal;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Conductance;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Lrp;
import dev.backlight.explain.NodeContributions;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;

/// The network of the literature: a perceptron of 2, 4 and 1 sigmoid nodes that learned exclusive
/// or.
///
/// Its answer is explained as the difference to the answer at (½, ½), which is neither true nor
/// false.
///
/// @param network with the sigmoid of the output, so it answers between 0 and 1
/// @param epochs that training took
/// @param x the four inputs
/// @param flow what every node contributed on the way from (½, ½)
/// @param relevance what every node passed on under epsilon-LRP
/// @param edges what flowed from input to hidden node, `[example][input][hidden]`
/// @param tape the network, as recorded for the four inputs
record XorStudy(
    Sequential network,
    int epochs,
    Tensor x,
    NodeContributions flow,
    NodeContributions relevance,
    double[][][] edges,
    String tape) {
  /// The hidden layer by its label.
  static final String HIDDEN = "sigmoid1";

  /// The output layer by its label.
  static final String OUTPUT = "sigmoid2";

  private static final int TRIES = 20;

  static XorStudy run(Key key, Terminal terminal) {
    Dataset xor = Dataset.xor().to(DType.F64);
    Tensor x = xor.x();
    Fitted<Sequential> fitted = train(key, x, xor.y().to(DType.F64).reshape(4, 1), terminal);
    Sequential network = fitted.model().then(Activation.SIGMOID);
    Baseline middle = Baseline.of(Tensor.of(0.5, 0.5));
    return new XorStudy(
        network,
        fitted.epoch().number(),
        x,
        Conductance.from(middle).contributions(network::apply, x, Target.only()),
        Lrp.epsilon().contributions(network::apply, x, Target.only()),
        edges(network, x, Tensor.of(0.5, 0.5)),
        Tape.record(network::apply, x).toString());
  }

  // From a few starting points four sigmoid nodes get stuck with three right answers.
  private static Fitted<Sequential> train(Key key, Tensor x, Tensor targets, Terminal terminal) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Sequential start = Sequential.mlp(key.fold(attempt), Activation.SIGMOID, DType.F64, 2, 4, 1);
      Fitted<Sequential> fitted =
          Trainer.binary(Sequential::apply)
              .optimizer(Adam.of(0.1))
              .epochs(2000)
              .batch(4)
              .stopWhen(e -> e.train().loss() < 0.02)
              .progress(terminal.progress())
              .fit(start, x, targets);
      if (right(fitted.model().apply(x).sigmoid()) == 4) {
        return fitted;
      }
    }
    throw new IllegalStateException("XOR needs one good start of " + TRIES + ", got none");
  }

  private static int right(Tensor answers) {
    int right = 0;
    for (int i = 0; i < 4; i++) {
      right += answers.at(i, 0) > 0.5 == (i == 1 || i == 2) ? 1 : 0;
    }
    return right;
  }

  /// How many of the four inputs are answered rightly.
  int right() {
    return right(network.apply(x));
  }

  /// The largest difference between what a layer adds up to and `f(x) − f(½, ½)`, relative.
  double residual() {
    return flow.relativeResidual();
  }

  /// The first layer is affine, so a straight way between inputs is one between its sums, too: an
  /// edge carries the mean slope at the sum, times what the edge changed of it.
  private static double[][][] edges(Sequential network, Tensor x, Tensor from) {
    Linear first = (Linear) network.layers().getFirst();
    Sequential rest = new Sequential(network.layers().subList(1, network.layers().size()));
    Tensor slopes =
        IntegratedGradients.from(Baseline.of(first.apply(from.reshape(1, 2))))
            .local()
            .explain(rest::apply, first.apply(x), Target.only())
            .scores();
    double[][][] edges = new double[4][2][4];
    for (int n = 0; n < 4; n++) {
      for (int i = 0; i < 2; i++) {
        for (int h = 0; h < 4; h++) {
          edges[n][i][h] = slopes.at(n, h) * first.weight().at(i, h) * (x.at(n, i) - from.at(i));
        }
      }
    }
    return edges;
  }
}
