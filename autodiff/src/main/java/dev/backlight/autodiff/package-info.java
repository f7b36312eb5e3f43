/// Tapes: functions over tensors, recorded once, replayed and derived as often as wanted.
///
/// A [dev.backlight.autodiff.Tape] is recorded from a function and an example. It is an immutable
/// program whose derivative is again a tape, so derivatives of any order need nothing new:
///
/// ```java
/// Tape<Tensor, Tensor> cube = Tape.record(x -> x.mul(x).mul(x).sum(), Tensor.of(2.0));
/// cube.gradient().run(Tensor.of(3.0));        // 27
/// ```
///
/// A [dev.backlight.autodiff.Player] replays a tape without allocating. A backward sweep takes its
/// rule as an argument ([dev.backlight.autodiff.BackwardRule]): the chain rule makes it the
/// gradient, others make it an explanation. Loops, choices and calls are nodes of a tape
/// (`Tape.scan`, `cond`, `whileLoop`, `call`); a [dev.backlight.autodiff.CustomVjp] brings its own
/// derivative; a [dev.backlight.autodiff.TapeCache] records a tape for every shape that comes.
/// Models are records of tensors; [dev.backlight.autodiff.Struct] sees them as flat lists.
package dev.backlight.autodiff;
