package dev.backlight.nn.train;

import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Batches;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A search for a learning rate: some steps of training with a rate that grows from hardly any to
/// far too much, watching the loss.
///
/// L. Smith, "Cyclical learning rates for training neural networks" (2017).
///
/// ```java
/// RateFinder.Curve curve = RateFinder.of(AdamW::of).find(trainer, model, x, y);
/// trainer.optimizer(AdamW.of(curve.suggestion()));
/// ```
///
/// @param optimizer from a schedule to an optimiser, as in `AdamW::of`
/// @param low the rate of the first step
/// @param high the rate that the last step comes to
/// @param steps how many, at least 10
public record RateFinder(
    Function<Schedule, Optimizer> optimizer, double low, double high, int steps) {
  /// How much a loss counts that came before, in the smoothed loss.
  private static final double SMOOTH = 0.9;

  public RateFinder {
    if (!(low > 0 && low < high && high < Double.POSITIVE_INFINITY) || steps < 10) {
      throw new IllegalArgumentException(
          "a search needs rates 0 < low < high and at least 10 steps, got %s, %s and %d"
              .formatted(low, high, steps));
    }
  }

  /// A search from 1e-6 to 10 in 100 steps.
  public static RateFinder of(Function<Schedule, Optimizer> optimizer) {
    return new RateFinder(optimizer, 1e-6, 10, 100);
  }

  /// Searches with a trainer's model, loss, batch and key; the model is not changed. It ends early
  /// where the smoothed loss is four times its lowest, or no number.
  public <M> Curve find(Trainer<M> trainer, M model, Tensor x, Tensor y) {
    return find(trainer, model, RowFeed.of(x, y, trainer.batch(), trainer.key));
  }

  /// Searches on batches, as they read and change them.
  public <M> Curve find(Trainer<M> trainer, M model, Batches batches) {
    return find(trainer, model, BatchFeed.of(batches));
  }

  private <M> Curve find(Trainer<M> trainer, M model, Feed feed) {
    Schedule growing = Schedule.exponential(low, high / low, steps - 1);
    Trainer<M> how = trainer.optimizer(optimizer.apply(growing));
    Batches.Batch head = feed.head(feed.batch());
    TrainingStep.Before<M> start = how.before(model, head.x(), head.y());
    Stage<M> stage = new Stage<>(how.record(start), start);
    List<Point> points = new ArrayList<>();
    double mean = 0;
    double least = Double.POSITIVE_INFINITY;
    int whole = feed.rows() / feed.batch();
    Feed.Pass examples = feed.epoch(1);
    for (int step = 0; step < steps; step++) {
      if (step > 0 && step % whole == 0) {
        examples = feed.epoch(step / whole + 1);
      }
      stage.play(examples);
      mean = SMOOTH * mean + (1 - SMOOTH) * stage.loss();
      double smooth = mean / (1 - Math.pow(SMOOTH, step + 1));
      if (!Double.isFinite(smooth) || step > 0 && smooth > 4 * least) {
        break;
      }
      least = Math.min(least, smooth);
      double rate = low * Math.pow(high / low, step / (steps - 1.0));
      points.add(new Point(rate, stage.loss(), smooth));
    }
    if (points.isEmpty()) {
      throw new TrainingException("a search needs a finite loss, got " + stage.loss() + " at once");
    }
    return new Curve(points);
  }

  /// A step of the search.
  ///
  /// @param rate the learning rate of the step
  /// @param loss before it
  /// @param smooth the running mean of such losses
  public record Point(double rate, double loss, double smooth) {}

  /// What a search came to.
  ///
  /// @param points step by step
  public record Curve(List<Point> points) {
    public Curve {
      points = List.copyOf(points);
    }

    /// A tenth of the rate at which the smoothed loss was lowest: past it training begins to fall
    /// apart. A place to begin, not a proof.
    public double suggestion() {
      Point best = points.getFirst();
      for (Point point : points) {
        best = point.smooth() < best.smooth() ? point : best;
      }
      return best.rate() / 10;
    }
  }
}
