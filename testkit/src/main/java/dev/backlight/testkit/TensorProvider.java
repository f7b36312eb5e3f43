package dev.backlight.testkit;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.providers.ArbitraryProvider;
import net.jqwik.api.providers.TypeUsage;

/// Gives jqwik tensors, shapes and broadcastable pairs for `@ForAll` parameters; found as a
/// service.
public final class TensorProvider implements ArbitraryProvider {
  /// For the service loader.
  public TensorProvider() {}

  @Override
  public boolean canProvideFor(TypeUsage target) {
    return target.isOfType(Tensor.class)
        || target.isOfType(Shape.class)
        || target.isOfType(Tensors.Pair.class)
        || target.isOfType(Shapes.Broadcast.class);
  }

  @Override
  public Set<Arbitrary<?>> provideFor(TypeUsage target, SubtypeProvider subtypes) {
    if (target.isOfType(Shapes.Broadcast.class)) {
      return Set.of(Shapes.broadcastable());
    }
    return target
        .findAnnotation(Like.class)
        .map(like -> Set.<Arbitrary<?>>of(wanted(target, like)))
        .orElseGet(() -> Set.of(plain(target)));
  }

  private static Arbitrary<?> plain(TypeUsage target) {
    if (target.isOfType(Shape.class)) {
      return Shapes.any();
    }
    if (target.isOfType(Tensors.Pair.class)) {
      return Tensors.broadcastable(-3, 3, DType.F64);
    }
    return Tensors.between(-3, 3, Shapes.upTo(3, 1, 4), DType.F64);
  }

  private static Arbitrary<?> wanted(TypeUsage target, Like like) {
    Arbitrary<Shape> shapes =
        like.rank() < 0
            ? Shapes.upTo(3, like.minSize(), like.maxSize())
            : Arbitraries.integers()
                .between(like.minSize(), like.maxSize())
                .list()
                .ofSize(like.rank())
                .map(sizes -> Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray()));
    if (target.isOfType(Shape.class)) {
      return shapes;
    }
    if (target.isOfType(Tensors.Pair.class)) {
      return Tensors.broadcastable(like.low(), like.high(), like.dtype());
    }
    return like.special()
        ? Tensors.special(shapes, like.dtype())
        : Tensors.between(like.low(), like.high(), shapes, like.dtype());
  }
}
