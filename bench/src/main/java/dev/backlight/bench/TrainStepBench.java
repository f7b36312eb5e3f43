package dev.backlight.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// One training step (forward, loss, gradient, Adam) of a perceptron, a convolutional network, a
/// transformer and an LSTM.
///
/// Rerun: `bench/run TrainStepBench`.
public class TrainStepBench extends CaseBench {
  @Param({"train_mlp_b128", "train_cnn_b64", "train_transformer_b16", "train_lstm_b32"})
  String name;

  @Setup
  public void ready() {
    ready(name);
  }

  @Benchmark
  public void step() {
    play();
  }
}
