package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The axes in another order: axis `a` of the output is axis `order[a]` of the input. Of any dtype.
public record Permute(List<Integer> order) implements Op.Routing {
  public Permute {
    order = List.copyOf(order);
    for (int a = 0; a < order.size(); a++) {
      if (!order.contains(a)) {
        throw new ShapeException(
            "permute needs every axis of 0.." + (order.size() - 1) + " once, got " + order);
      }
    }
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    if (in[0].shape().rank() != order.size()) {
      throw new ShapeException(
          "permute " + order + " needs rank " + order.size() + ", got " + in[0].shape());
    }
    int[] sizes = new int[order.size()];
    for (int a = 0; a < sizes.length; a++) {
      sizes[a] = in[0].shape().size(order.get(a));
    }
    return new Spec[] {in[0].with(Shape.of(sizes))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.gather(this, in[0], 0, (op, from, axis) -> from.stride(op.order.get(axis)), out[0]);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    if (!at.x().dtype().isFloat()) {
      return null;
    }
    int[] back = new int[order.size()];
    for (int a = 0; a < back.length; a++) {
      back[order.get(a)] = a;
    }
    return at.g().permute(back);
  }

  @Override
  public Tensor[] batch(Batch at) {
    List<Integer> all = new ArrayList<>();
    all.add(0);
    order.forEach(a -> all.add(a + 1));
    return Tensor.applyAll(new Permute(all), at.x(0));
  }
}
