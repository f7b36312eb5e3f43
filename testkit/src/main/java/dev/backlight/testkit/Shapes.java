package dev.backlight.testkit;

import dev.backlight.core.Shape;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary shapes. They shrink to fewer axes and smaller sizes.
public final class Shapes {
  private Shapes() {}

  /// Shapes of up to `maxRank` axes with sizes from `minSize` to `maxSize`; the scalar is among
  /// them.
  public static Arbitrary<Shape> upTo(int maxRank, int minSize, int maxSize) {
    return Arbitraries.integers()
        .between(minSize, maxSize)
        .list()
        .ofMaxSize(maxRank)
        .map(sizes -> Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray()));
  }

  /// Shapes of up to three axes with sizes from 0 to 4: with scalars, single elements and nothing
  /// at all.
  public static Arbitrary<Shape> any() {
    return upTo(3, 0, 4);
  }

  /// Two shapes that NumPy's rule broadcasts together, and the shape that they make.
  ///
  /// Drawn from the wide shape: each operand keeps an axis, has 1 there, or lacks it and all before
  /// it.
  public static Arbitrary<Broadcast> broadcastable() {
    Arbitrary<List<Boolean>> flags = Arbitraries.of(false, true).list().ofSize(6);
    Arbitrary<Integer> lacking = Arbitraries.integers().between(0, 3);
    return Combinators.combine(upTo(3, 1, 4), flags, lacking, lacking)
        .as((wide, ones, lackingLeft, lackingRight) -> {
          // What one operand lacks or has as 1, the other keeps, so that the wide shape is what
          // they make.
          boolean left = lackingLeft > lackingRight;
          Shape a = narrowed(wide, ones.subList(0, 3), List.of(), left ? lackingLeft : 0);
          Shape b = narrowed(wide, ones.subList(3, 6), ones.subList(0, 3), left ? 0 : lackingRight);
          return new Broadcast(a, b, Shape.broadcast(a, b));
        });
  }

  private static Shape narrowed(Shape wide, List<Boolean> ones, List<Boolean> taken, int lacking) {
    List<Integer> sizes = new ArrayList<>();
    for (int axis = Math.min(lacking, wide.rank()); axis < wide.rank(); axis++) {
      boolean one = ones.get(axis) && (taken.isEmpty() || !taken.get(axis));
      sizes.add(one ? 1 : wide.size(axis));
    }
    return Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /// Two shapes and what they broadcast to.
  ///
  /// @param left the first operand's shape
  /// @param right the second operand's shape
  /// @param both the result's shape
  public record Broadcast(Shape left, Shape right, Shape both) {}
}
