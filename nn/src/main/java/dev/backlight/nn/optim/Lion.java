package dev.backlight.nn.optim;

import java.util.List;

/// Steps of the learning rate up or down in every parameter, see [LionSign], with decoupled
/// [WeightDecay].
///
/// @param rate the learning rate, a third to a tenth of Adam's
/// @param beta1 how much of the mean goes into the sign
/// @param beta2 how long the mean remembers
/// @param decay the weight decay
public record Lion(Schedule rate, double beta1, double beta2, double decay) implements Optimizer {
  /// With this learning rate, the paper's betas 0.9 and 0.99 and no decay.
  public static Lion of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, the paper's betas 0.9 and 0.99 and no decay.
  public static Lion of(Schedule rate) {
    return new Lion(rate, 0.9, 0.99, 0);
  }

  /// With this weight decay.
  public Lion decay(double decay) {
    return new Lion(rate, beta1, beta2, decay);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(new LionSign(beta1, beta2), new WeightDecay(decay), new LearningRate(rate));
  }
}
