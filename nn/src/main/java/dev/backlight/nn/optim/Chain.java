package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Links one after another, with one flat memory.
record Chain(List<Transform> links) {
  Chain {
    links = List.copyOf(links);
  }

  List<Tensor> start(Leaves parameters) {
    return links.stream().flatMap(link -> link.start(parameters).stream()).toList();
  }

  List<Tensor> judged(double loss, List<Tensor> memory, Leaves parameters) {
    List<Tensor> next = new ArrayList<>();
    for (Transform link : links) {
      int from = next.size();
      int to = from + link.start(parameters).size();
      next.addAll(link.judged(loss, memory.subList(from, to), parameters));
    }
    return next;
  }

  Transform.Move apply(Transform.Move move, Leaves parameters) {
    List<Tensor> direction = move.direction();
    List<Tensor> memory = new ArrayList<>();
    int from = 0;
    for (Transform link : links) {
      int size = link.start(parameters).size();
      List<Tensor> own = move.memory().subList(from, from + size);
      Transform.Move moved = link.apply(new Transform.Move(direction, own), parameters);
      direction = moved.direction();
      memory.addAll(moved.memory());
      from += size;
    }
    return new Transform.Move(direction, memory);
  }
}
