/// Arbitraries for property tests of tensors, ops and gradients, with [jqwik](https://jqwik.net).
///
/// With this module on the test path a property takes tensors as parameters; a failing example is
/// shrunk to few axes, few elements and simple numbers:
///
/// {@snippet class="dev.backlight.testkit.SoftsignProperties" region="property"}
///
/// [dev.backlight.testkit.OpPoints] are points at which an op of your own gets the whole battery in
/// one line, and [dev.backlight.testkit.Programs] functions made of random steps.
///
/// [dev.backlight.testkit.Like] says which tensors; [dev.backlight.testkit.Tensors] and
/// [dev.backlight.testkit.Shapes] are the arbitraries to compose one's own from.
package dev.backlight.testkit;
