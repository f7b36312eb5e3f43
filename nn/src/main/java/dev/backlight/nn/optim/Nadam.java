package dev.backlight.nn.optim;

import java.util.List;

/// Adam with a momentum that looks ahead, see [NadamScaling].
///
/// @param rate the learning rate
/// @param beta1 how long the mean remembers
/// @param beta2 how long the mean square remembers
/// @param epsilon what is added to the root
public record Nadam(Schedule rate, double beta1, double beta2, double epsilon)
    implements Optimizer {
  /// With this learning rate, betas 0.9 and 0.999 and an epsilon of 1e-8.
  public static Nadam of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, betas 0.9 and 0.999 and an epsilon of 1e-8.
  public static Nadam of(Schedule rate) {
    return new Nadam(rate, 0.9, 0.999, 1e-8);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(new NadamScaling(beta1, beta2, epsilon), new LearningRate(rate));
  }
}
