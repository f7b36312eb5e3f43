package dev.backlight.core;

import java.util.function.DoublePredicate;

/// Where operations go while a tape is being written: the door through which an engine sees
/// tensors.
///
/// A tensor that is on a recording carries it; an operation with such an argument is handed to the
/// innermost recording among its arguments, the one with the highest [#serial()]. There are no
/// thread-locals. Users meet it only through `Tape.record`.
public interface Recording {
  /// Grows with time: the recording that began last is the innermost.
  long serial();

  /// Writes an operation down and answers its outputs, one tensor each, on this recording.
  Tensor[] record(Op op, Tensor... inputs);

  /// As [#record] for an operation that [keeps][Op#keepsSpec] the float spec of its one input.
  default Tensor recordOne(Op op, Tensor x) {
    return record(op, x)[0];
  }

  /// As [#record] for an operation that [keeps][Op#keepsSpec] the float spec that both inputs have.
  default Tensor recordOne(Op op, Tensor x, Tensor y) {
    return record(op, x, y)[0];
  }

  /// A value is being read (`item()`, `toArray()`), so the tape holds only for the inputs it was
  /// recorded on.
  void pin(Tensor tensor, String reading);

  /// A yes-or-no question is asked of a scalar; its answer is checked again on every play.
  boolean guard(Tensor tensor, DoublePredicate question);

  /// Gives the node that made this tensor a name for people.
  void label(Tensor tensor, String label);
}
