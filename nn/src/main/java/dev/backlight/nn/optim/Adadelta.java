package dev.backlight.nn.optim;

import java.util.List;

/// Steps whose size follows from those before, see [AdadeltaScaling].
///
/// @param rate the learning rate, 1 in the paper
/// @param decay how long the mean squares remember
/// @param epsilon what is added below the roots
public record Adadelta(Schedule rate, double decay, double epsilon) implements Optimizer {
  /// With a learning rate of 1, a decay of 0.9 and an epsilon of 1e-6.
  public static Adadelta of() {
    return of(1);
  }

  /// With this learning rate, a decay of 0.9 and an epsilon of 1e-6.
  public static Adadelta of(double rate) {
    return new Adadelta(Schedule.constant(rate), 0.9, 1e-6);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(new AdadeltaScaling(decay, epsilon), new LearningRate(rate));
  }
}
