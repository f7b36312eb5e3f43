package dev.backlight.bench.peers;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

/// ND4J with OpenBLAS, and SameDiff for what has gradients.
public final class Nd4jPeer {
  private Nd4jPeer() {}

  /// Times products, elementwise operations, and the perceptron.
  public static void main(String[] args) {
    int threads = Integer.parseInt(args[0]);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Lines lines = new Lines();
    for (int n : new int[] {64, 128, 256, 512, 1024, 2048}) {
      lines.add("sgemm_nn_" + n, () -> product(DataType.FLOAT, n, n, n));
      lines.add("dgemm_nn_" + n, () -> product(DataType.DOUBLE, n, n, n));
    }
    lines.add("sgemm_nn_128x784x512", () -> product(DataType.FLOAT, 128, 784, 512));
    for (int n : new int[] {1_000, 100_000, 10_000_000}) {
      lines.add(
          "add_" + n,
          () -> {
            INDArray x = Nd4j.randn(DataType.FLOAT, n);
            INDArray y = Nd4j.randn(DataType.FLOAT, n);
            INDArray z = Nd4j.create(DataType.FLOAT, n);
            return () -> x.addi(y, z);
          });
      lines.add("exp_" + n, () -> mapped(n, x -> Transforms.exp(x, true).close()));
      lines.add("tanh_" + n, () -> mapped(n, x -> Transforms.tanh(x, true).close()));
      lines.add("sigmoid_" + n, () -> mapped(n, x -> Transforms.sigmoid(x, true).close()));
    }
    lines.add("train_mlp_b128", Nd4jPeer::training);
    lines.add("inputgrad_mlp_b1", () -> inputGradient(1));
    lines.add("inputgrad_mlp_b256", () -> inputGradient(256));
    lines.add("ig50_mlp_b1", () -> gathered(50, 1));
    lines.add("ig256_mlp_b1", () -> gathered(256, 1));
    lines.write(args);
  }

  private static Runnable product(DataType type, int m, int k, int n) {
    INDArray a = Nd4j.randn(type, m, k);
    INDArray b = Nd4j.randn(type, k, n);
    INDArray c = Nd4j.create(type, new long[] {m, n}, 'f');
    return () -> a.mmuli(b, c);
  }

  private static Runnable mapped(int n, java.util.function.Consumer<INDArray> f) {
    INDArray x = Nd4j.randn(DataType.FLOAT, n);
    return () -> f.accept(x);
  }

  private static SameDiff perceptron() {
    SameDiff net = SameDiff.create();
    SDVariable x = net.placeHolder("x", DataType.FLOAT, -1, 784);
    SDVariable y = net.placeHolder("y", DataType.FLOAT, -1, 10);
    int[] sizes = {784, 512, 256, 10};
    SDVariable h = x;
    for (int i = 0; i < 3; i++) {
      INDArray start =
          Nd4j.randn(DataType.FLOAT, sizes[i], sizes[i + 1]).muli(Math.sqrt(2.0 / sizes[i]));
      h = h.mmul(net.var("w" + i, start)).add(net.var("b" + i, Nd4j.zeros(DataType.FLOAT, sizes[i + 1])));
      if (i < 2) {
        h = net.nn().relu(h, 0);
      }
    }
    h.rename("logits");
    net.loss().softmaxCrossEntropy("loss", y, h, null);
    return net;
  }

  private static INDArray labels(int rows) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, rows, 10);
    for (int i = 0; i < rows; i++) {
      labels.putScalar(i, i % 10, 1f);
    }
    return labels;
  }

  private static Runnable training() {
    SameDiff net = perceptron();
    net.setLossVariables("loss");
    net.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new Adam(1e-4))
            .dataSetFeatureMapping("x")
            .dataSetLabelMapping("y")
            .build());
    DataSet data = new DataSet(Nd4j.randn(DataType.FLOAT, 128, 784), labels(128));
    return () -> net.fit(data);
  }

  /// The gradient of the sum of the fourth outputs.
  private static SameDiff explained() {
    SameDiff net = perceptron();
    SDVariable pick = net.constant("pick", column());
    net.getVariable("logits").mmul(pick).sum().rename("picked");
    net.setLossVariables("picked");
    return net;
  }

  private static INDArray column() {
    INDArray column = Nd4j.zeros(DataType.FLOAT, 10, 1);
    column.putScalar(3, 0, 1f);
    return column;
  }

  private static Runnable inputGradient(int rows) {
    SameDiff net = explained();
    Map<String, INDArray> in =
        Map.of("x", Nd4j.randn(DataType.FLOAT, rows, 784), "y", labels(rows));
    return () -> net.calculateGradients(in, "x");
  }

  private static Runnable gathered(int nodes, int rows) {
    SameDiff net = explained();
    INDArray x = Nd4j.randn(DataType.FLOAT, rows, 784);
    INDArray alphas = Nd4j.linspace(DataType.FLOAT, 0.5 / nodes, 1.0 / nodes, nodes).reshape(nodes, 1);
    INDArray y = labels(nodes);
    return () -> {
      INDArray points = alphas.mmul(x);
      INDArray slopes = net.calculateGradients(Map.of("x", points, "y", y), "x").get("x");
      slopes.sum(0).muli(x.reshape(784)).divi(nodes);
    };
  }
}
