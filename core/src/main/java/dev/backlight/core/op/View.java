package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the elements of a tensor lie in the memory of another: element (i, j, …) at `start + i·s₀
/// + j·s₁ + …`.
///
/// What [Permute], [Slice], [Expand] and most [Reshape]s make is a view of what they read. A kernel
/// that can read by strides, as that of [MatMul], needs no copy of it.
public record View(Shape shape, int start, List<Integer> strides) {
  public View {
    strides = List.copyOf(strides);
  }

  /// All elements in row-major order.
  public static View of(Shape shape) {
    return new View(shape, 0, boxed(shape.strides()));
  }

  private static List<Integer> boxed(int... strides) {
    return Arrays.stream(strides).boxed().toList();
  }

  /// How far apart neighbours along an axis lie; negative axes count from the end.
  public int stride(int axis) {
    return strides.get(shape.axis(axis));
  }

  /// Whether the elements lie in row-major order from the first place on.
  public boolean isPacked() {
    int[] packed = shape.strides();
    boolean is = start == 0;
    for (int a = 0; a < packed.length; a++) {
      is &= shape.size(a) == 1 || strides.get(a) == packed[a];
    }
    return is;
  }

  /// What an op makes of these elements, in the same memory; `null` if it cannot be seen there.
  public @Nullable View through(Op op) {
    return switch (op) {
      case Permute permute -> permuted(permute.order());
      case Slice slice -> sliced(slice.spans());
      case Expand expand -> expanded(expand.to());
      case Reshape reshape -> reshaped(reshape.to());
      default -> null;
    };
  }

  /// Where an op that makes this view reads its elements, of another shape; `null` if it is no
  /// [Permute] or [Reshape], or if they cannot be seen there.
  public @Nullable View before(Op op, Shape from) {
    return switch (op) {
      case Permute permute -> {
        Integer[] back = new Integer[permute.order().size()];
        for (int a = 0; a < back.length; a++) {
          back[permute.order().get(a)] = a;
        }
        yield permuted(Arrays.asList(back));
      }
      case Reshape _ -> reshaped(from);
      default -> null;
    };
  }

  private View permuted(List<Integer> order) {
    int[] sizes = order.stream().mapToInt(shape::size).toArray();
    return new View(Shape.of(sizes), start, order.stream().map(strides::get).toList());
  }

  private View sliced(List<Span> spans) {
    int begin = start;
    List<Integer> steps = new ArrayList<>();
    for (int a = 0; a < spans.size(); a++) {
      begin += spans.get(a).from() * strides.get(a);
      steps.add(spans.get(a).step() * strides.get(a));
    }
    return new View(Slice.shape(spans), begin, steps);
  }

  private View expanded(Shape to) {
    int lead = to.rank() - shape.rank();
    List<Integer> steps = new ArrayList<>();
    for (int a = 0; a < to.rank(); a++) {
      boolean repeats = a < lead || shape.size(a - lead) != to.size(a);
      steps.add(repeats ? 0 : strides.get(a - lead));
    }
    return new View(to, start, steps);
  }

  /// Axes are split and joined again where neighbours stay equally far apart.
  private @Nullable View reshaped(Shape to) {
    if (shape.elements() == 0) {
      return null;
    }
    int[] steps = new int[to.rank()];
    int from = 0;
    int at = 0;
    while (from < shape.rank() || at < to.rank()) {
      int fromEnd = from;
      int toEnd = at;
      int mine = 1;
      int wanted = 1;
      do {
        if (mine <= wanted && fromEnd < shape.rank()) {
          mine *= shape.size(fromEnd++);
        } else {
          wanted *= to.size(toEnd++);
        }
      } while (mine != wanted);
      // Axes of size 1 belong to those before them.
      while (fromEnd < shape.rank() && shape.size(fromEnd) == 1) {
        fromEnd++;
      }
      while (toEnd < to.rank() && to.size(toEnd) == 1) {
        toEnd++;
      }
      Integer step = step(from, fromEnd);
      if (step == null) {
        return null;
      }
      for (int a = toEnd - 1; a >= at; a--) {
        steps[a] = step;
        step *= to.size(a);
      }
      from = fromEnd;
      at = toEnd;
    }
    return new View(to, start, boxed(steps));
  }

  /// How far apart neighbours along some axes as one lie, or `null` if not equally far.
  private @Nullable Integer step(int from, int to) {
    Integer inner = null;
    int next = 0;
    for (int a = to - 1; a >= from; a--) {
      if (shape.size(a) == 1) {
        continue;
      }
      if (inner == null) {
        inner = strides.get(a);
      } else if (strides.get(a) != next) {
        return null;
      }
      next = strides.get(a) * shape.size(a);
    }
    return inner == null ? 1 : inner;
  }
}
