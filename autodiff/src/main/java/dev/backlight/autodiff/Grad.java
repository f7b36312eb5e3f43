package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// The value of a scalar function and its gradient, which has the type of what was differentiated.
///
/// @param value the scalar
/// @param grad the gradient, of the same structure as the argument
/// @param <S> the structure of the argument
public record Grad<S>(Tensor value, S grad) {
  /// Value and gradient of a scalar function at a point: records, derives and runs once.
  ///
  /// To do it many times, record a [Tape] and replay its gradient.
  public static <S> Grad<S> of(Function<S, Tensor> f, S at) {
    return Tape.record(f, at).valueAndGrad().run(at);
  }
}
