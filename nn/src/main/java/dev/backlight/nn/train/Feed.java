package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.nn.data.Batches;

/// Where training and judging take their batches from. All have one size but the last of an epoch,
/// which may be smaller.
interface Feed {
  /// How many examples an epoch has.
  int rows();

  /// How many examples a batch has, unless it is a smaller last one.
  int batch();

  /// So many examples, at most a batch, to record a tape on.
  Batches.Batch head(int rows);

  /// The batches of an epoch, counted from 1.
  Pass epoch(int number);

  /// What tells these examples from others, in a few letters.
  String mark();

  /// One way through the examples.
  interface Pass {
    /// Copies the next batch into memory of its size.
    void next(Block x, Block y);
  }

  /// How many examples the last batch has.
  default int last() {
    return rows() % batch() == 0 ? batch() : rows() % batch();
  }

  /// How many batches an epoch has.
  default int batches() {
    return (rows() - 1) / batch() + 1;
  }
}
