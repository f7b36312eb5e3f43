package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a model as a list, each with its component path.
///
/// @param names as in `hidden.weight`; `x` for a model that is one tensor
/// @param tensors as many
public record Leaves(List<String> names, List<Tensor> tensors) {
  public Leaves {
    names = List.copyOf(names);
    tensors = List.copyOf(tensors);
    if (names.size() != tensors.size()) {
      throw new IllegalArgumentException(
          "parameters need a name each, got " + names.size() + " for " + tensors.size());
    }
  }

  /// How many there are.
  public int size() {
    return tensors.size();
  }

  /// The parameter at a place of the list.
  public Tensor get(int i) {
    return tensors.get(i);
  }

  /// Zeros like each: what most memories begin with.
  public List<Tensor> zeros() {
    return full(0);
  }

  /// This number in tensors like each.
  public List<Tensor> full(double value) {
    return tensors.stream().map(p -> Tensor.full(p.shape(), p.dtype(), value)).toList();
  }

  /// Only some of them.
  Leaves at(List<Integer> places) {
    List<String> some = new ArrayList<>();
    List<Tensor> those = new ArrayList<>();
    for (int place : places) {
      some.add(names.get(place));
      those.add(tensors.get(place));
    }
    return new Leaves(some, those);
  }

  /// A scalar of `F64`, as counts are remembered.
  static Tensor count(double value) {
    return Tensor.full(dev.backlight.core.Shape.SCALAR, DType.F64, value);
  }
}
