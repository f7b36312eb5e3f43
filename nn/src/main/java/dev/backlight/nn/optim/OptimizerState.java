package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.List;

/// What an optimiser remembers from step to step: for each of its links some tensors.
public record OptimizerState(List<List<Tensor>> memory) {
  public OptimizerState {
    memory = memory.stream().map(List::copyOf).toList();
  }
}
