package dev.backlight.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Row by row: softmax, layer normalisation, and its gradient.
///
/// Rerun: `bench/run RowsBench`.
public class RowsBench extends CaseBench {
  @Param({"softmax_1024x1000", "layernorm_1024x768", "layernorm_backward_1024x768"})
  String name;

  @Setup
  public void ready() {
    ready(name);
  }

  @Benchmark
  public void rows() {
    play();
  }
}
