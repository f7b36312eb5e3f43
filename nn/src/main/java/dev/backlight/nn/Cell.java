package dev.backlight.nn;

import dev.backlight.core.Tensor;
import java.util.List;

/// One step of a recurrent layer.
///
/// The state is a list of tensors (n, h), of which the first is also the output. What a step reads
/// of its input is [projected][#projected(Tensor)] for all steps at once.
public sealed interface Cell permits RnnCell, LstmCell, GruCell {
  /// How many numbers the output has.
  int hidden();

  /// How many tensors the state has.
  int states();

  /// The inputs (..., in) as every step wants them.
  Tensor projected(Tensor x);

  /// The next state from a projected input and a state.
  List<Tensor> step(Tensor projected, List<Tensor> state);
}
