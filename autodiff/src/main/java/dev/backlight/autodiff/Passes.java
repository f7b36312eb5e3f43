package dev.backlight.autodiff;

/// The rewrites of programs. Each is a function from programs to programs in a file of its own and
/// keeps every bit of every output; [ScaleFolding] says how far it does not.
final class Passes {
  private Passes() {}

  /// Those that every recorded program goes through: what explanations walk stays.
  static Program standard(Program program) {
    return DeadCode.remove(CommonSubexpressions.merge(program));
  }

  /// Those that a program goes through before it is played: only its inputs and outputs stay.
  static Program forPlayers(Program program) {
    Program simple = Simplification.simplify(LoopTransposes.hoist(program));
    Program folded = ScaleFolding.fold(RepeatedConstants.shrink(simple));
    Program fused = Fusion.fuse(ViewFolding.fold(PooledMasks.pull(folded)));
    return ImageFusion.fuse(SingleWrites.keep(fused));
  }
}
