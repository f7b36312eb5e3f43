package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// The value of a scalar function and its gradient, which has the type of what was differentiated.
///
/// @param value the scalar
/// @param grad the gradient, of the same structure as the argument
/// @param <S> the structure of the argument
public record Grad<S>(Tensor value, S grad) {
  /// Value and gradient of a scalar function at a point: runs it once, and back.
  ///
  /// It keeps no more than that needs: no lines, no plan, no tape. Inside of a recording, or where
  /// the function has loops and calls as nodes, it is `Tape.record(f, at).valueAndGrad().run(at)`,
  /// for which the function may run twice. To differentiate many times, record a [Tape] and replay
  /// its gradient.
  public static <S> Grad<S> of(Function<S, Tensor> f, S at) {
    Grad<S> fast = Trail.gradient(f, at);
    return fast != null ? fast : Tape.record(f, at).valueAndGrad().run(at);
  }
}
