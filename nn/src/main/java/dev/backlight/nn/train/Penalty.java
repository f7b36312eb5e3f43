package dev.backlight.nn.train;

import dev.backlight.core.Tensor;
import dev.backlight.nn.Train;

/// What is added to the loss of a training step and looks at more than the predictions: at the
/// model's parameters, or at how it comes to its answers.
///
/// @param <M> the type of the model
@FunctionalInterface
public interface Penalty<M> {
  /// One number, (), in Tensor language; the pass has keys to draw from.
  ///
  /// @param x a batch of inputs
  /// @param y what should come out
  Tensor of(M model, Tensor x, Tensor y, Train pass);
}
