package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The steps of a [Scan], one after the other, for all or for some rows of its tensors.
final class Steps implements Op.Kernel {
  private final Scan op;
  private final Block[] in;
  private final Block[] out;
  private final boolean[] slices;
  private final Player<?, ?> player;
  private final Block[] carries;
  private final State state;

  /// Of so many rows that a step has, those from `first` on; a row may be all that a step has.
  private final int rows;

  private final int first;
  private final int some;

  private Steps(
      Scan op,
      Body body,
      Block[] in,
      Block[] out,
      Block[] carries,
      int rows,
      int first,
      int some,
      Workspace workspace) {
    this.op = op;
    this.in = in;
    this.out = out;
    this.carries = carries;
    this.rows = rows;
    this.first = first;
    this.some = some;
    slices = Repeat.flags(op.mapped());
    @Nullable Block[] given = in.clone();
    for (int i = 0; i < in.length; i++) {
      given[i] = i < carries.length ? carries[i] : slices[i] ? null : in[i];
    }
    player = body.player(given, new Block[out.length], workspace);
    state = new State(body, player, carries);
  }

  /// Those for all rows: the carry lies in the blocks of the node.
  static Steps whole(Scan op, Block[] in, Block[] out, Workspace workspace) {
    return new Steps(op, op.body(), in, out, Arrays.copyOf(out, op.carries()), 1, 0, 1, workspace);
  }

  /// Those for some rows, by a body for so many.
  static Steps of(
      Scan op, Body body, Block[] in, Block[] out, int rows, int first, int some, Workspace own) {
    Block[] carries = new Block[op.carries()];
    Arrays.setAll(carries, i -> Block.allocate(body.input(i)));
    return new Steps(op, body, in, out, carries, rows, first, some, own);
  }

  @Override
  public void run(Block[] same, Block[] too) {
    for (int i = 0; i < carries.length; i++) {
      read(in[i], 0, carries[i]);
    }
    for (int step = 0; step < op.length(); step++) {
      int t = op.backwards() ? op.length() - 1 - step : step;
      for (int i = carries.length; i < in.length; i++) {
        if (slices[i]) {
          read(in[i], t, player.input(i));
        }
      }
      player.play();
      for (int k = carries.length; k < out.length; k++) {
        write(player.output(k), out[k], t);
      }
      state.advance();
    }
    for (int i = 0; i < carries.length; i++) {
      write(carries[i], out[i], 0);
    }
  }

  /// Copies the rows of one step out.
  private void read(Block all, int step, Block slice) {
    System.arraycopy(all.array(), place(step, slice), slice.array(), 0, slice.size());
  }

  /// Copies the rows of one step in.
  @SuppressWarnings("ReferenceEquality") // whether two blocks lie in the same memory
  private void write(Block slice, Block all, int step) {
    if (slice.array() != all.array()) {
      System.arraycopy(slice.array(), 0, all.array(), place(step, slice), slice.size());
    }
  }

  private int place(int step, Block slice) {
    return (step * rows + first) * (slice.size() / some);
  }
}
