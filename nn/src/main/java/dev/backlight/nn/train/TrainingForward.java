package dev.backlight.nn.train;

import dev.backlight.core.Tensor;
import dev.backlight.nn.Train;

/// From a model and a batch of inputs to predictions, as in training: `Sequential::train`.
///
/// @param <M> the type of the model
@FunctionalInterface
public interface TrainingForward<M> {
  /// The predictions; the pass has keys to draw from and takes new statistics.
  Tensor apply(M model, Tensor x, Train pass);
}
