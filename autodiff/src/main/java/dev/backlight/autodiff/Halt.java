package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a loop with a bound answers, unchanged: an error while its condition, the first input, is
/// still true.
record Halt(int maxSteps) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    if (in.length == 0 || !in[0].equals(Spec.of(Shape.SCALAR, DType.BOOL))) {
      throw new DTypeException("halt needs a BOOL scalar first, got " + Arrays.toString(in));
    }
    return Arrays.copyOfRange(in, 1, in.length);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (in[0].bool()[0]) {
      throw new IllegalStateException(
          "whileLoop needs to end within its "
              + maxSteps
              + " steps, got a condition that is still true then");
    }
    for (int k = 0; k < out.length; k++) {
      out[k].copyFrom(in[k + 1]);
    }
  }

  /// A derivative asks, too: it may need nothing else of the forward pass.
  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i > 0 && at.arrived(i - 1) ? Tensor.apply(this, at.x(0), at.g(i - 1)) : null;
  }

  /// One example that has not ended is an error for all.
  @Override
  public Tensor[] batch(Batch at) {
    Tensor[] all = at.all();
    all[0] = at.isMapped(0) ? at.x(0).to(DType.F32).sum().gt(0) : at.x(0);
    return Tensor.applyAll(this, all);
  }
}
