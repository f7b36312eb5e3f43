package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The mean direction of several steps, passed through the links in the last of them; in the others
/// the direction is 0, and the links' memory rests.
///
/// @param steps how many
/// @param links in the order in which the mean passes them
public record Accumulate(int steps, List<Transform> links) implements Transform {
  public Accumulate {
    if (steps < 1) {
      throw new IllegalArgumentException("accumulating needs at least 1 step, got " + steps);
    }
    links = List.copyOf(links);
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    List<Tensor> memory = new ArrayList<>();
    memory.add(Leaves.count(0));
    memory.addAll(parameters.zeros());
    memory.addAll(new Chain(links).start(parameters));
    return memory;
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    int n = parameters.size();
    Tensor count = move.memory().getFirst().add(1);
    Tensor full = count.ge(steps);
    List<Tensor> mean = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      mean.add(move.memory().get(1 + i).add(move.direction().get(i).div(steps)));
    }
    List<Tensor> before = move.memory().subList(1 + n, move.memory().size());
    Move moved = new Chain(links).apply(new Move(mean, before), parameters);
    List<Tensor> memory = new ArrayList<>();
    memory.add(full.where(Leaves.count(0), count));
    for (int i = 0; i < n; i++) {
      memory.add(full.where(zero(mean.get(i)), mean.get(i)));
    }
    for (int i = 0; i < before.size(); i++) {
      memory.add(full.where(moved.memory().get(i), before.get(i)));
    }
    return new Move(moved.direction().stream().map(d -> full.where(d, zero(d))).toList(), memory);
  }

  @Override
  public List<Tensor> judged(double loss, List<Tensor> memory, Leaves parameters) {
    int own = 1 + parameters.size();
    List<Tensor> next = new ArrayList<>(memory.subList(0, own));
    next.addAll(new Chain(links).judged(loss, memory.subList(own, memory.size()), parameters));
    return next;
  }

  private static Tensor zero(Tensor like) {
    return Tensor.zeros(like.shape(), like.dtype());
  }
}
