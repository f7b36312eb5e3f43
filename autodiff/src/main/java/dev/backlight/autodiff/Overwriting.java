package dev.backlight.autodiff;

/// Which inputs of a [Fused] node its outputs may be written over.
///
/// Elements of an output are written when those of the same places have been read, block by block;
/// so an output may lie where a dying input of its type and size lies, if
///
/// - nothing is done twice: blocks and vectors divide the elements, so that the last of them does
///   not overlap the one before;
/// - no step reads the input after the one that makes the output, since steps may be loops of their
///   own, each over a block; and not that step itself if it goes along rows.
final class Overwriting {
  /// The most elements that a vector has, in any type and on any machine.
  private static final int LANES = 16;

  private Overwriting() {}

  /// Whether an output may be written where an input lies.
  static boolean isSafe(Fused op, int input, int output) {
    Fused.Read read = op.reads().get(input);
    int from = read.register();
    int to = op.writes().get(output);
    if (!read.isWhole()
        || op.isNarrow(from)
        || op.isNarrow(to)
        || op.registers().get(from).dtype() != op.registers().get(to).dtype()
        || !isDivided(op)) {
      return false;
    }
    int made = made(op, to);
    int last = lastRead(op, from);
    return made > last || made == last && !op.isAlongRows(op.steps().get(made));
  }

  private static boolean isDivided(Fused op) {
    int block = Math.min(FusedLoops.block(op), op.elements());
    int vectors = op.columns() == 0 ? block : op.columns();
    return op.elements() % block == 0 && op.elements() % op.piece() == 0 && vectors % LANES == 0;
  }

  /// The last step that writes a register, -1 if none does.
  private static int made(Fused op, int register) {
    int made = -1;
    for (int s = 0; s < op.steps().size(); s++) {
      made = op.steps().get(s).out().contains(register) ? s : made;
    }
    return made;
  }

  /// The last step that reads what a register holds before any step has written there.
  private static int lastRead(Fused op, int register) {
    int last = 0;
    for (int s = 0; s < op.steps().size(); s++) {
      last = op.steps().get(s).in().contains(register) ? s : last;
      if (op.steps().get(s).out().contains(register)) {
        break;
      }
    }
    return last;
  }
}
