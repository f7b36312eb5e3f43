package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// All results of a function, and the gradient of one of them, a scalar: a loss with the logits,
/// statistics or states that came along.
///
/// @param value what the function answers
/// @param grad the gradient of the chosen scalar, of the structure of what was differentiated
/// @param <B> the structure of the results
/// @param <S> the structure of what was differentiated
public record WithGrad<B, S>(B value, S grad) {
  /// The results of a function at a point and the gradient of the scalar among them that `loss`
  /// chooses: records, derives and runs once.
  public static <B, S> WithGrad<B, S> of(Function<S, B> f, Function<B, Tensor> loss, S at) {
    return Tape.record(f, at).valueAndGrad(loss, Function.<S>identity()).run(at);
  }
}
