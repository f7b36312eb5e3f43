package dev.backlight.bench.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.function.UnaryOperator;

/// DJL on PyTorch's native code.
public final class DjlPeer {
  private static final NDManager BASE;

  static {
    // Read once, when the engine is loaded.
    String threads = System.getenv().getOrDefault("OMP_NUM_THREADS", "1");
    System.setProperty("ai.djl.pytorch.num_threads", threads);
    System.setProperty("ai.djl.pytorch.num_interop_threads", threads);
    BASE = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
  }

  private DjlPeer() {}

  /// Times products, elementwise operations, rows, and the perceptron.
  public static void main(String[] args) {
    Lines lines = new Lines();
    for (int n : new int[] {64, 128, 256, 512, 1024, 2048}) {
      lines.add("sgemm_nn_" + n, () -> product(DataType.FLOAT32, n, n, n));
      lines.add("dgemm_nn_" + n, () -> product(DataType.FLOAT64, n, n, n));
    }
    lines.add("sgemm_nn_128x784x512", () -> product(DataType.FLOAT32, 128, 784, 512));
    for (int n : new int[] {1_000, 100_000, 10_000_000}) {
      Shape shape = new Shape(n);
      lines.add(
          "add_" + n,
          () -> {
            NDArray x = BASE.randomNormal(shape);
            NDArray y = BASE.randomNormal(shape);
            return () -> x.add(y).close();
          });
      lines.add("exp_" + n, () -> mapped(shape, NDArray::exp));
      lines.add("tanh_" + n, () -> mapped(shape, NDArray::tanh));
      lines.add("sigmoid_" + n, () -> mapped(shape, Activation::sigmoid));
    }
    lines.add("softmax_1024x1000", () -> mapped(new Shape(1024, 1000), x -> x.softmax(1)));
    lines.add("train_mlp_b128", DjlPeer::training);
    lines.add("inputgrad_mlp_b1", () -> inputGradient(1));
    lines.add("inputgrad_mlp_b256", () -> inputGradient(256));
    lines.add("ig50_mlp_b1", () -> gathered(50));
    lines.add("ig256_mlp_b1", () -> gathered(256));
    lines.write(args);
  }

  private static Runnable product(DataType type, int m, int k, int n) {
    NDArray a = BASE.randomNormal(new Shape(m, k)).toType(type, false);
    NDArray b = BASE.randomNormal(new Shape(k, n)).toType(type, false);
    return () -> a.matMul(b).close();
  }

  private static Runnable mapped(Shape shape, UnaryOperator<NDArray> f) {
    NDArray x = BASE.randomNormal(shape);
    return () -> f.apply(x).close();
  }

  private static Trainer trainer(int rows) {
    Model model = Model.newInstance("mlp", Device.cpu(), "PyTorch");
    model.setBlock(
        new SequentialBlock()
            .add(Linear.builder().setUnits(512).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(256).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(10).build()));
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(
                    Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-4f)).build()));
    trainer.initialize(new Shape(rows, 784));
    return trainer;
  }

  private static Runnable training() {
    Trainer trainer = trainer(128);
    Loss loss = Loss.softmaxCrossEntropyLoss();
    NDManager manager = trainer.getManager();
    NDArray x = manager.randomNormal(new Shape(128, 784));
    NDArray y =
        manager
            .randomUniform(0f, 9.99f, new Shape(128))
            .toType(DataType.INT32, false)
            .toType(DataType.FLOAT32, false);
    return () -> {
      try (NDManager step = manager.newSubManager()) {
        x.tempAttach(step);
        y.tempAttach(step);
        try (GradientCollector collector = trainer.newGradientCollector()) {
          collector.backward(
              loss.evaluate(new NDList(y), trainer.forward(new NDList(x), new NDList(y))));
        }
        trainer.step();
      }
    };
  }

  private static Runnable inputGradient(int rows) {
    Trainer trainer = trainer(rows);
    NDManager manager = trainer.getManager();
    NDArray x = manager.randomNormal(new Shape(rows, 784));
    x.setRequiresGradient(true);
    return () -> {
      try (NDManager step = manager.newSubManager()) {
        x.tempAttach(step);
        try (GradientCollector collector = trainer.newGradientCollector()) {
          collector.backward(
              trainer.evaluate(new NDList(x)).singletonOrThrow().get(":, 3").sum());
        }
        x.getGradient().close();
      }
    };
  }

  private static Runnable gathered(int nodes) {
    Trainer trainer = trainer(nodes);
    NDManager manager = trainer.getManager();
    NDArray x = manager.randomNormal(new Shape(1, 784));
    NDArray alphas =
        manager.arange(nodes).toType(DataType.FLOAT32, false).add(0.5f).div(nodes).reshape(nodes, 1);
    return () -> {
      try (NDManager step = manager.newSubManager()) {
        x.tempAttach(step);
        alphas.tempAttach(step);
        NDArray points = alphas.matMul(x);
        points.attach(step);
        points.setRequiresGradient(true);
        try (GradientCollector collector = trainer.newGradientCollector()) {
          collector.backward(
              trainer.evaluate(new NDList(points)).singletonOrThrow().get(":, 3").sum());
        }
        points.getGradient().sum(new int[] {0}).mul(x.get(0)).div(nodes).close();
      }
    };
  }
}
