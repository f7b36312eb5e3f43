package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;

/// Runs an op that plans its kernel, for those who call it once.
final class Kernels {
  private Kernels() {}

  static void run(Op op, Block[] in, Block[] out) {
    op.planned(specs(in), specs(out)).run(in, out);
  }

  private static Spec[] specs(Block[] blocks) {
    Spec[] specs = new Spec[blocks.length];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = blocks[i].spec();
    }
    return specs;
  }
}
