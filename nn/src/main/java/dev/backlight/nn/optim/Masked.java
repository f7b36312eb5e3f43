package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Links for some of the parameters only; the directions of the others pass unchanged.
///
/// @param names which parameters, by component path
/// @param links in the order in which directions pass them
public record Masked(Predicate<String> names, List<Transform> links) implements Transform {
  public Masked {
    links = List.copyOf(links);
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return new Chain(links).start(parameters.at(places(parameters)));
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Integer> places = places(parameters);
    List<Tensor> some = places.stream().map(move.direction()::get).toList();
    Move moved = new Chain(links).apply(new Move(some, move.memory()), parameters.at(places));
    List<Tensor> direction = new ArrayList<>(move.direction());
    for (int i = 0; i < places.size(); i++) {
      direction.set(places.get(i), moved.direction().get(i));
    }
    return new Move(direction, moved.memory());
  }

  @Override
  public List<Tensor> judged(double loss, List<Tensor> memory, Leaves parameters) {
    return new Chain(links).judged(loss, memory, parameters.at(places(parameters)));
  }

  private List<Integer> places(Leaves parameters) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      if (names.test(parameters.names().get(i))) {
        places.add(i);
      }
    }
    return places;
  }
}
