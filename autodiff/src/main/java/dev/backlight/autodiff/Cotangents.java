package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a nested op needs to know of a site: which inputs want a cotangent, which outputs got one.
record Cotangents(Site at, int[] roots, int[] arrived) {
  static Cotangents of(Site at) {
    int[] roots =
        IntStream.range(0, at.inputs())
            .filter(i -> at.needs(i) && at.x(i).dtype().isFloat())
            .toArray();
    int[] arrived =
        IntStream.range(0, at.outputs())
            .filter(k -> at.arrived(k) && at.y(k).dtype().isFloat())
            .toArray();
    return new Cotangents(at, roots, arrived);
  }

  @Nullable Tensor[] none() {
    return new Tensor[at.inputs()];
  }

  /// The inputs, then what arrived.
  Tensor[] arguments() {
    Tensor[] all = new Tensor[at.inputs() + arrived.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < at.inputs() ? at.x(i) : at.g(arrived[i - at.inputs()]);
    }
    return all;
  }

  /// Applies an op that answers the cotangents of the roots.
  @Nullable Tensor[] sent(Op back) {
    return sent(Tensor.applyAll(back, arguments()));
  }

  @Nullable Tensor[] sent(Tensor[] made) {
    @Nullable Tensor[] all = none();
    for (int r = 0; r < roots.length; r++) {
      all[roots[r]] = made[r];
    }
    return all;
  }
}
