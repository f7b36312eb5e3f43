package dev.backlight.autodiff;

/// The rewrites that every recorded program goes through. Each is a function from programs to
/// programs in a file of its own and keeps every bit of every output.
final class Passes {
  private Passes() {}

  static Program standard(Program program) {
    return DeadCode.remove(CommonSubexpressions.merge(program));
  }
}
