package dev.backlight.autodiff;

import dev.backlight.core.Block;
import org.jspecify.annotations.Nullable;

/// The state of a loop: it lies in the output blocks of the loop's node, which are the first inputs
/// of the body's player, and is replaced by the body's first outputs after every step.
final class State {
  private final Player<?, ?> player;
  private final Block[] blocks;
  private final @Nullable Block[] aside;
  private final boolean[] stays;

  State(Body body, Player<?, ?> player, Block[] blocks) {
    this.player = player;
    this.blocks = blocks;
    this.aside = new Block[blocks.length];
    this.stays = new boolean[blocks.length];
    for (int i = 0; i < blocks.length; i++) {
      int value = body.program.outputs[i];
      stays[i] = value == i;
      // A state that becomes another one is copied before that one changes.
      if (value < blocks.length && value != i) {
        aside[i] = Block.allocate(blocks[i].spec());
      }
    }
  }

  void begin(Block[] init) {
    for (int i = 0; i < blocks.length; i++) {
      blocks[i].copyFrom(init[i]);
    }
  }

  void advance() {
    for (int i = 0; i < blocks.length; i++) {
      Block copy = aside[i];
      if (copy != null) {
        copy.copyFrom(player.output(i));
      }
    }
    for (int i = 0; i < blocks.length; i++) {
      Block copy = aside[i];
      if (!stays[i]) {
        blocks[i].copyFrom(copy != null ? copy : player.output(i));
      }
    }
  }
}
