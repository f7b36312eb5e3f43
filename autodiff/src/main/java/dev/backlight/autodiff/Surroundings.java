package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rule may see of the tape that is being swept, beyond the node at hand: see
/// [BackwardRule#within].
///
/// Values are numbered as in [Node#inputs()] and [Node#output()].
public interface Surroundings {
  /// Whether a value depends on what the sweep goes to, by float arithmetic.
  boolean active(int value);

  /// A value of the forward pass, in Tensor language.
  Tensor value(int value);

  /// The node that makes a value; `null` for inputs and constants.
  @Nullable Node maker(int value);

  /// All nodes of the tape, in the order of computation.
  List<Node> nodes();
}
