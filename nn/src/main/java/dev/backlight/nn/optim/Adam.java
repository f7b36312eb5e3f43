package dev.backlight.nn.optim;

import java.util.List;

/// Adam: steps of about the learning rate in every parameter, see [AdamScaling].
///
/// @param rate the learning rate
/// @param beta1 how long the mean remembers
/// @param beta2 how long the mean square remembers
/// @param epsilon what is added to the root
public record Adam(Schedule rate, double beta1, double beta2, double epsilon) implements Optimizer {
  /// With this learning rate, and the paper's betas 0.9 and 0.999 and epsilon 1e-8.
  public static Adam of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, and the paper's betas 0.9 and 0.999 and epsilon 1e-8.
  public static Adam of(Schedule rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8);
  }

  /// With these betas.
  public Adam betas(double first, double second) {
    return new Adam(rate, first, second, epsilon);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(new AdamScaling(beta1, beta2, epsilon), new LearningRate(rate));
  }
}
