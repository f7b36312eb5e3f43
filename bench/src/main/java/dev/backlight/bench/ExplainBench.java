package dev.backlight.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Explanations on tapes that are recorded once: the gradient at the input, and integrated
/// gradients.
///
/// Rerun: `bench/run ExplainBench`.
public class ExplainBench extends CaseBench {
  @Param({
    "inputgrad_mlp_b1",
    "ig50_mlp_b1",
    "ig50_mlp_b256",
    "inputgrad_cnn_b1",
    "ig50_cnn_b1",
    "inputgrad_transformer_b1",
    "ig50_transformer_b1"
  })
  String name;

  @Setup
  public void ready() {
    ready(name);
  }

  @Benchmark
  public void explain() {
    play();
  }
}
