package dev.backlight.nn.train;

import org.jspecify.annotations.Nullable;

/// What one pass over the examples came to.
///
/// @param number counted from 1
/// @param train the mean over the steps of the epoch, each before its update
/// @param held on the examples held out, after the epoch; `null` if there are none
public record Epoch(int number, Score train, @Nullable Score held) {
  /// The loss that counts: on the examples held out if there are any, otherwise in training.
  public double loss() {
    return held == null ? train.loss() : held.loss();
  }

  /// The metric that counts, likewise.
  public double metric() {
    return held == null ? train.metric() : held.metric();
  }
}
