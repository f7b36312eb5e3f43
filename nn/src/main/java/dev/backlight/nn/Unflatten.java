package dev.backlight.nn;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows as examples of another shape: from (n, a·b·...) to (n, a, b, ...), such as pixels in a row
/// to images.
///
/// @param sizes the sizes of one example
public record Unflatten(List<Integer> sizes) implements Layer {
  public Unflatten {
    sizes = List.copyOf(sizes);
  }

  /// Examples of these sizes: `Unflatten.to(1, 8, 8)` makes images of one channel.
  public static Unflatten to(int... sizes) {
    return new Unflatten(Arrays.stream(sizes).boxed().toList());
  }

  @Override
  public Tensor apply(Tensor x) {
    List<Integer> all = new ArrayList<>();
    all.add(x.size(0));
    all.addAll(sizes);
    return x.reshape(Shape.of(all.stream().mapToInt(Integer::intValue).toArray()));
  }
}
