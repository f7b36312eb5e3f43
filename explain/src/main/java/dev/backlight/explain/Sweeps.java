package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.StaleTape;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The gradient at one point after the other, of one model and one target: recorded at the first,
/// and anew only where a guard answers otherwise or the points have another shape. For one thread.
final class Sweeps {
  private final Function<Tensor, Tensor> model;
  private final Target target;
  private @Nullable Spec spec;
  private @Nullable Tape<Tensor, Trace<Tensor>> tape;

  Sweeps(Function<Tensor, Tensor> model, Target decided) {
    this.model = model;
    target = decided;
  }

  /// The explained scalar and the gradient there.
  Trace<Tensor> at(Tensor point) {
    Tape<Tensor, Trace<Tensor>> known = tape;
    if (known != null && point.spec().equals(spec)) {
      try {
        return known.run(point);
      } catch (StaleTape elsewhere) {
        // It is recorded there, below.
      }
    }
    known =
        Recorded.of(model, point, target)
            .tape()
            .trace(BackwardRule.CHAIN, Function.identity(), List.of());
    tape = known;
    spec = point.spec();
    return known.run(point);
  }
}
