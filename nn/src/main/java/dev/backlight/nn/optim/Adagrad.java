package dev.backlight.nn.optim;

import java.util.List;

/// Steps that become smaller where slopes were large, see [AdagradScaling].
///
/// @param rate the learning rate
/// @param start what the sum of squares begins with
/// @param epsilon what is added to the root
public record Adagrad(Schedule rate, double start, double epsilon) implements Optimizer {
  /// With this learning rate, a start of 0 and an epsilon of 1e-10.
  public static Adagrad of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, a start of 0 and an epsilon of 1e-10.
  public static Adagrad of(Schedule rate) {
    return new Adagrad(rate, 0, 1e-10);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(new AdagradScaling(start, epsilon), new LearningRate(rate));
  }
}
