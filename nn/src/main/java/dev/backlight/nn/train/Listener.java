package dev.backlight.nn.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Someone who watches training: told when it begins, after each batch, after each epoch, and at
/// the end.
public interface Listener {
  /// Training begins.
  default void begin(Plan plan) {}

  /// Training goes on from a checkpoint, after these epochs; told after [#begin].
  default void resumed(List<Epoch> history) {}

  /// A step is done: batch `batch` of epoch `epoch`, both counted from 1.
  default void batch(int epoch, int batch) {}

  /// An epoch is done.
  default void epoch(Epoch epoch) {}

  /// Training is over; also told when it ended by an exception, with what is known by then.
  default void end(@Nullable Epoch kept) {}

  /// What is going to happen.
  ///
  /// @param epochs at most so many
  /// @param batches in each epoch
  /// @param metric what is measured beside the loss, if anything
  record Plan(int epochs, int batches, @Nullable Metric metric) {}
}
