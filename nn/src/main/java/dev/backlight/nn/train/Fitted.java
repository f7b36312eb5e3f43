package dev.backlight.nn.train;

import dev.backlight.nn.optim.OptimizerState;
import java.util.List;

/// What training came to: a model and how it went.
///
/// @param model of the best epoch if there was patience, otherwise of the last
/// @param epoch the epoch that the model is of
/// @param history all epochs, in order
/// @param state what the optimiser remembers after the last epoch: [Average#of(Object,
///   OptimizerState)] takes the running mean of the weights from it
/// @param <M> the type of the model
public record Fitted<M>(M model, Epoch epoch, List<Epoch> history, OptimizerState state) {
  public Fitted {
    history = List.copyOf(history);
  }
}
