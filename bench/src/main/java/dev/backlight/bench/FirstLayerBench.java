package dev.backlight.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A first layer: a convolution of one channel, ReLU and a pool.
///
/// Rerun: `bench/run FirstLayerBench`.
public class FirstLayerBench extends CaseBench {
  @Param({"conv_relu_pool_N64_1x28x28_32"})
  String name;

  @Setup
  public void ready() {
    ready(name);
  }

  @Benchmark
  public void layer() {
    play();
  }
}
