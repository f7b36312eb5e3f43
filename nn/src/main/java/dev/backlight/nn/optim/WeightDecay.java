package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction plus `rate` times the parameter, for weights: tensors of two axes or more.
///
/// Biases, scales and statistics have one axis and are left alone: to shrink them towards 0 does
/// not make a model simpler. Before Adam's scaling this is the classic penalty on squares, after it
/// the decoupled decay of AdamW.
public record WeightDecay(double rate) implements Transform {
  public WeightDecay {
    if (!(rate >= 0)) {
      throw new IllegalArgumentException("a weight decay needs to be at least 0, got " + rate);
    }
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor p = parameters.get(i);
      direction.add(p.rank() < 2 ? d : d.add(p.mul(rate)));
    }
    return new Move(direction, move.memory());
  }
}
